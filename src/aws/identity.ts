import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

/** Where calls go to, and whose credentials they have. */
export interface CallerPlace {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  readonly region: string
  readonly account: string
}

/** Nobody needs a right to ask that. @throws UserError where advice is possible. */
export async function readPlace({ version, wait, signal }: ClientOptions): Promise<CallerPlace> {
  const client = new STSClient(clientConfig(version))
  const { call } = createCaller(wait, () => '*', 'sts')
  const { Account: account = '', Arn: arn = '' } = await call('GetCallerIdentity', 'the credentials', () =>
    client.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
  )
  return { partition: arn.split(':')[1] ?? 'aws', region: await client.config.region(), account }
}

/** Where calls go to; undefined where neither the variables nor the profile name a region, which the first call complains of. */
export async function readRegion({ version }: Pick<ClientOptions, 'version'>): Promise<string | undefined> {
  return await new STSClient(clientConfig(version)).config.region().catch(() => undefined)
}

/** `ACCOUNT/REGION`, as tags and marks have it. */
export async function readPlaceText(options: ClientOptions): Promise<string> {
  const { account, region } = await readPlace(options)
  return `${account}/${region}`
}

/** Whose credentials are used. */
export async function readAccount(options: ClientOptions): Promise<string> {
  return (await readPlace(options)).account
}
