import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { IAMClient, ListRoleTagsCommand, paginateListRoles } from '@aws-sdk/client-iam'
import { LambdaClient, ListTagsCommand, paginateListFunctions } from '@aws-sdk/client-lambda'
import type { Postgres } from '../environment/postgres.ts'

/** Clients of the emulator that no fault happens to. */
export interface Services {
  readonly lambda: LambdaClient
  readonly logs: CloudWatchLogsClient
  readonly iam: IAMClient
  readonly postgres: Postgres
}

/** Everything that the services have: a name with its kind, and what would show that somebody has changed it. */
export type Inventory = ReadonlyMap<string, string>

export function openServices(
  { endpoint, region }: { readonly endpoint: string; readonly region: string },
  postgres: Postgres,
): Services & Disposable {
  const credentials = { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' }
  const [lambda, logs, iam] = [
    new LambdaClient({ endpoint, region, credentials }),
    new CloudWatchLogsClient({ endpoint, region, credentials }),
    new IAMClient({ endpoint, region, credentials }),
  ]
  return {
    ...{ lambda, logs, iam, postgres },
    [Symbol.dispose]: () => {
      for (const client of [lambda, logs, iam]) client.destroy()
    },
  }
}

export async function takeInventory(services: Services): Promise<Inventory> {
  const parts = await Promise.all([functions(services), logGroups(services), roles(services), databases(services)])
  return new Map(parts.flat())
}

type Entries = readonly (readonly [string, string])[]

async function functions({ lambda }: Services): Promise<Entries> {
  const found: (readonly [string, string])[] = []
  for await (const { Functions: page = [] } of paginateListFunctions({ client: lambda }, {})) {
    const entries = page.map(async ({ FunctionName: name = '', FunctionArn: arn, RevisionId: revision = '' }) => {
      const { Tags: tags = {} } = await lambda.send(new ListTagsCommand({ Resource: arn }))
      return [`function ${name}`, `${revision} ${JSON.stringify(Object.entries(tags).toSorted())}`] as const
    })
    found.push(...(await Promise.all(entries)))
  }
  return found
}

async function logGroups({ logs }: Services): Promise<Entries> {
  const found: (readonly [string, string])[] = []
  for (let nextToken: string | undefined; ; ) {
    const page = await logs.send(new DescribeLogGroupsCommand({ nextToken }))
    for (const { logGroupName: name = '', creationTime: created = 0, retentionInDays: days } of page.logGroups ?? [])
      found.push([`log group ${name}`, `${created} ${days ?? 'for ever'}`])
    nextToken = page.nextToken
    if (nextToken === undefined) return found
  }
}

async function roles({ iam }: Services): Promise<Entries> {
  const found: (readonly [string, string])[] = []
  for await (const { Roles: page = [] } of paginateListRoles({ client: iam }, {})) {
    const entries = page.map(async ({ RoleName: name = '', RoleId: id = '', AssumeRolePolicyDocument: trust = '' }) => {
      const { Tags: tags = [] } = await iam.send(new ListRoleTagsCommand({ RoleName: name }))
      return [`role ${name}`, `${id} ${trust} ${JSON.stringify(tags)}`] as const
    })
    found.push(...(await Promise.all(entries)))
  }
  return found
}

const DATABASES = `
SELECT 'database ' || datname, oid || ' ' || datdba || ' ' || coalesce(shobj_description(oid, 'pg_database'), '')
  || ' ' || coalesce(datacl::text, '') FROM pg_database
UNION ALL SELECT 'database role ' || rolname, oid || ' ' || coalesce(shobj_description(oid, 'pg_authid'), '')
  || ' ' || rolcanlogin FROM pg_roles
UNION ALL SELECT 'schema ' || nspname, oid || ' ' || nspowner || ' ' || coalesce(obj_description(oid, 'pg_namespace'), '')
  FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%'`

async function databases({ postgres }: Services): Promise<Entries> {
  const rows = await postgres.query('postgres', DATABASES)
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const [name = '', ...rest] = row.split('|')
      return [name, rest.join('|')] as const
    })
}

/** What is there and was not before. */
export function added(before: Inventory, after: Inventory): string[] {
  return [...after.keys()].filter((name) => !before.has(name)).toSorted()
}

/** What was there before, and is missing now or changed. */
export function lostOrChanged(before: Inventory, after: Inventory): string[] {
  return [...before]
    .filter(([name, state]) => after.get(name) !== state)
    .map(([name]) => `${name} ${after.has(name) ? 'was changed' : 'is missing'}`)
    .toSorted()
}
