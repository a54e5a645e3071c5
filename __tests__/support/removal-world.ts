import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListLayersCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  type Runtime,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type Emulator, startEmulator } from '../../scripts/environment/emulator.ts'
import { type FaultProxy, startFaultProxy } from '../../scripts/environment/fault-proxy.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { createAwsApis } from '../../src/aws/apis.ts'
import type { Tags } from '../../src/aws/tags.ts'
import { removalParts } from '../../src/commands/preview-parts.ts'
import type { SweepCollaborators } from '../../src/commands/sweep.ts'
import { readAdminAddress } from '../../src/databases/address.ts'
import { openDatabaseServer } from '../../src/databases/open.ts'
import { databaseNames } from '../../src/preview/database/names.ts'
import { identityOf, type PreviewIdentity } from '../../src/preview/identity.ts'
import { previewMark } from '../../src/preview/mark.ts'
import { type PreviewTags, writeTags } from '../../src/preview/tags.ts'
import { roleNameOf } from '../../src/release/current-aside.ts'
import type { RemovalSettings } from '../../src/settings/removal.ts'
import { loadRemovalSettings } from '../../src/settings/settings.ts'
import { keyOfMark, keyOfRecord, writeStaticRecord } from '../../src/static/keeping.ts'
import { fakeOrder } from '../release/order.ts'
import { type RecordingReporter, recordingReporter } from '../report/recording.ts'
import { rawZip } from './wheels.ts'

export const REPOSITORY_ID = '4711'
export const BUCKET = 'statics'
const ROLE = 'arn:aws:iam::000000000000:role/wsgi-lambda-test'
/** Answers a remote command with its own text, and `fail` with exit code 3. */
const HANDLER = `
def handler(event, context):
    command = event["_serverless-wsgi"]
    failed = command["data"] == "fail"
    return [3 if failed else 0, "ran " + command["data"] + "\\n"]
`

/** What is left out of a preview, as if its creation had ended before, or somebody had taken it away. */
type Part = 'function' | 'alias' | 'database' | 'role' | 'log group' | 'static'

export interface MakeOptions {
  readonly pull: number
  readonly base?: string
  readonly repositoryId?: string
  readonly without?: readonly Part[]
  readonly tags?: Partial<PreviewTags>
  /** The descriptions of the versions of the layer of its dependencies, each with a version of its own; MARK is that of the preview. */
  readonly layers?: readonly string[]
  /** Instead of those of a preview, on the function. */
  readonly functionTags?: Tags
}

/** The emulator with S3, a real PostgreSQL, and previews made by hand. */
export interface RemovalWorld extends AsyncDisposable {
  readonly proxy: FaultProxy
  /** Variables of a program that works in this world. */
  readonly env: Readonly<Record<string, string>>
  readonly postgres: Postgres
  readonly lambda: LambdaClient
  readonly s3: S3Client
  readonly make: (options: MakeOptions) => Promise<PreviewIdentity>
  /** All that there is, each thing by its kind and name. */
  readonly everything: () => Promise<readonly string[]>
  readonly settings: (given?: Readonly<Record<string, unknown>>) => RemovalSettings
  readonly collaborators: (
    settings: RemovalSettings,
  ) => Omit<SweepCollaborators, 'report'> & { readonly report: RecordingReporter }
}

export async function startRemovalWorld(): Promise<RemovalWorld> {
  await using stack = new AsyncDisposableStack()
  const [postgres, emulator] = await Promise.all([startPostgres(), startEmulator({ runtimeClient: true })])
  stack.defer(() => postgres.stop())
  stack.defer(() => emulator.stop())
  const proxy = await startFaultProxy(emulator.endpoint)
  stack.defer(() => proxy.stop())
  const variables = { ...process.env }
  // A call that fails is not repeated by the SDK: what fails then is what the test wants to fail.
  Object.assign(process.env, emulator.env, { AWS_ENDPOINT_URL: proxy.endpoint, AWS_MAX_ATTEMPTS: '1' })
  stack.defer(() => {
    process.env = variables
  })
  const making = await openMaking(emulator, postgres)
  const end = stack.move()
  return {
    env: { ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint },
    ...{ proxy, postgres, lambda: making.lambda, s3: making.s3 },
    make: (options) => makePreview(options, making),
    everything: () => listEverything(making),
    settings: (given = {}) =>
      loadRemovalSettings({
        project: '.',
        stage: undefined,
        environment: {},
        explicit: {
          given: { 'lock-wait': '0', 'preview-database-admin': postgres.url, ...given },
          nameOf: (name) => name,
        },
      }),
    collaborators: (settings) => {
      const report = recordingReporter()
      const signal = new AbortController().signal
      const clients = { version: '1.2.3', wait: () => Promise.resolve(), signal }
      const environment = { AWS_ENDPOINT_URL: proxy.endpoint }
      const parts = removalParts(settings, {
        ...{ clients, environment, report, cwd: '.', mask: () => undefined, clock: () => performance.now() },
        run: () => Promise.reject(new Error('no line of shell was expected')),
      })
      return {
        ...createAwsApis(clients),
        ...parts,
        ...{ report, signal, wait: () => Promise.resolve(), clock: () => performance.now() },
        order: fakeOrder,
        getPull: undefined,
      }
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  }
}

interface Making {
  readonly lambda: LambdaClient
  readonly logs: CloudWatchLogsClient
  readonly iam: IAMClient
  readonly s3: S3Client
  readonly postgres: Postgres
  readonly region: string
  /** One that this machine has an interpreter for. */
  readonly runtime: Runtime
}

async function openMaking({ endpoint, region, runtimes }: Emulator, postgres: Postgres): Promise<Making> {
  const credentials = { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' }
  const options = { endpoint, region, credentials }
  const s3 = new S3Client({ ...options, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  return {
    ...{ s3, postgres, region, runtime: runtimes.at(-1) as Runtime },
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    iam: new IAMClient(options),
  }
}

async function makePreview(options: MakeOptions, making: Making): Promise<PreviewIdentity> {
  const { pull, base = 'shop', repositoryId = REPOSITORY_ID, without = [] } = options
  const has = (part: Part): boolean => !without.includes(part)
  const identity = identityOf(
    base,
    { number: pull, host: 'github.com', repositoryId, repository: 'octocat/shop' },
    `000000000000/${making.region}`,
  )
  const { name, user } = databaseNames(identity)
  const tags: PreviewTags = {
    ...{ ...identity, headSha: 'abc', run: '1', isSeeded: false },
    created: '2026-11-20T10:00:00.000Z',
    expires: '2026-11-27T10:00:00.000Z',
    database: `postgresql/database/${name}/${user}`,
    databaseAdmin: 'given',
    databaseAccess: 'runner',
    static: `s3://${BUCKET}/${base}-pr-${pull}`,
    role: roleNameOf(identity.functionName),
    logGroup: `/aws/lambda/${identity.functionName}`,
    ...options.tags,
  }
  const written = writeTags(tags)
  if (has('role')) await makeRole(roleNameOf(identity.functionName), written, making)
  if (has('log group'))
    await making.logs.send(
      new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${identity.functionName}`, tags: { ...written } }),
    )
  if (has('function')) await makeFunction(identity, options.functionTags ?? written, has('alias'), making)
  for (const description of options.layers ?? []) {
    const Description = description.replace('MARK', previewMark(identity))
    const layer = { LayerName: `${identity.functionName}-dependencies`, Description, Content: { ZipFile: rawZip([]) } }
    await making.lambda.send(new PublishLayerVersionCommand(layer))
  }
  if (has('database')) await makeDatabase(identity, making)
  if (has('static')) await makeStatics(identity, making)
  return identity
}

async function makeRole(RoleName: string, tags: Tags, { iam }: Making): Promise<void> {
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' }],
  })
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, Tags }))
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'wsgi-lambda', PolicyDocument: trust }))
  const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole'
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
}

async function makeFunction(
  { functionName: FunctionName }: PreviewIdentity,
  tags: Tags,
  hasAlias: boolean,
  { lambda, runtime }: Making,
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role: ROLE, Runtime: runtime, Handler: 'hooks.handler', Timeout: 10 },
      Code: { ZipFile: rawZip([{ name: 'hooks.py', content: HANDLER, mode: 0o100644 }]) },
      Tags: { ...tags },
    }),
  )
  if (!hasAlias) return
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.2 }, { FunctionName })
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }))
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: Version }))
}

async function makeDatabase(identity: PreviewIdentity, { postgres }: Making): Promise<void> {
  const { host, repositoryId, pull: pr, base: preview, place } = identity
  const server = await openDatabaseServer(await readAdminAddress(postgres.url))
  const mark = { host, repositoryId, pr, preview, place }
  const database = { engine: 'postgresql', scope: 'database', ...databaseNames(identity), mark } as const
  await server.prepare(database, { password: 'secret-of-preview', template: undefined })
  await server.close()
}

async function makeStatics(identity: PreviewIdentity, making: Making): Promise<void> {
  const { functionName, base, pull } = identity
  const record = {
    ...{ owner: `${making.region}/${functionName}/live`, code: 'c'.repeat(64), at: 0, replaces: undefined },
    files: ['site.css', 'img/dot.svg'],
  }
  const objects = [
    ...record.files.map((file) => ({ key: file, body: 'content' })),
    { key: keyOfRecord(record), body: writeStaticRecord(record) },
    { key: keyOfMark({ region: making.region, functionName, mark: previewMark(identity) }), body: '{}' },
  ]
  for (const { key, body: Body } of objects)
    await making.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${base}-pr-${pull}/${key}`, Body }))
}

/** From the services themselves, past the proxy. */
async function listEverything({ lambda, logs, iam, s3, postgres }: Making): Promise<readonly string[]> {
  const [{ Functions = [] }, { Layers = [] }, { logGroups = [] }, { Roles = [] }, { Contents = [] }, databases, users] =
    await Promise.all([
      lambda.send(new ListFunctionsCommand({})),
      lambda.send(new ListLayersCommand({})),
      logs.send(new DescribeLogGroupsCommand({})),
      iam.send(new ListRolesCommand({ MaxItems: 1000 })),
      s3.send(new ListObjectsV2Command({ Bucket: BUCKET })),
      postgres.query('postgres', "SELECT datname FROM pg_database WHERE datname NOT LIKE 'template%' ORDER BY 1"),
      postgres.query('postgres', "SELECT rolname FROM pg_roles WHERE rolname LIKE '%\\_pr\\_%' ORDER BY 1"),
    ])
  return [
    ...Functions.map(({ FunctionName = '' }) => `function ${FunctionName}`),
    ...Layers.map(({ LayerName = '' }) => `layer ${LayerName}`),
    ...logGroups.map(({ logGroupName = '' }) => `log group ${logGroupName}`),
    ...Roles.map(({ RoleName = '' }) => `role ${RoleName}`),
    ...Contents.map(({ Key = '' }) => `object ${Key}`),
    ...databases
      .trim()
      .split('\n')
      .map((name) => `database ${name}`),
    ...users
      .split('\n')
      .filter(Boolean)
      .map((name) => `user ${name}`),
  ].toSorted()
}
