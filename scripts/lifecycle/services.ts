import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Mariadb } from '../environment/mariadb.ts'
import type { Postgres } from '../environment/postgres.ts'

/** Clients of the emulator that no fault happens to, and the servers of databases. */
export interface Services {
  readonly lambda: LambdaClient
  readonly logs: CloudWatchLogsClient
  readonly iam: IAMClient
  readonly s3: S3Client
  readonly secrets: SecretsManagerClient
  readonly postgres: Postgres
  readonly mariadb: Mariadb | undefined
}

export function openServices(
  { endpoint, region }: { readonly endpoint: string; readonly region: string },
  postgres: Postgres,
  mariadb: Mariadb | undefined,
): Services & Disposable {
  const credentials = { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' }
  const place = { endpoint, region, credentials }
  const clients = {
    lambda: new LambdaClient(place),
    logs: new CloudWatchLogsClient(place),
    iam: new IAMClient(place),
    s3: new S3Client({ ...place, forcePathStyle: true }),
    secrets: new SecretsManagerClient(place),
  }
  return {
    ...{ ...clients, postgres, mariadb },
    [Symbol.dispose]: () => {
      for (const client of Object.values(clients)) client.destroy()
    },
  }
}
