import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ListRoleTagsCommand, paginateListRolePolicies, paginateListRoles } from '@aws-sdk/client-iam'
import {
  ListTagsCommand,
  paginateListAliases,
  paginateListFunctions,
  paginateListLayers,
  paginateListLayerVersions,
} from '@aws-sdk/client-lambda'
import { ListBucketsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { paginateListSecrets } from '@aws-sdk/client-secrets-manager'
import type { FakeGitHub } from '../../__tests__/support/fake-github.ts'
import { databasesOfMariadb, databasesOfPostgres } from './inventory-databases.ts'
import type { Services } from './services.ts'

/** Everything that the services have: a name with its kind, and what would show that somebody has changed it. */
export type Inventory = ReadonlyMap<string, string>

export type Entry = readonly [name: string, state: string]

export async function takeInventory(services: Services, github: FakeGitHub): Promise<Inventory> {
  const { postgres, mariadb } = services
  const parts = await Promise.all([
    functions(services),
    layers(services),
    logGroups(services),
    roles(services),
    objects(services),
    secrets(services),
    databasesOfPostgres(postgres),
    mariadb ? databasesOfMariadb(mariadb) : [],
  ])
  return new Map([...parts.flat(), ...announced(github)])
}

async function functions({ lambda }: Services): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for await (const { Functions: page = [] } of paginateListFunctions({ client: lambda }, {})) {
    const entries = page.map(async ({ FunctionName: name = '', FunctionArn: arn, RevisionId: revision = '' }) => {
      const aliases: (readonly [string | undefined, string | undefined])[] = []
      const [{ Tags: tags = {} }] = await Promise.all([
        lambda.send(new ListTagsCommand({ Resource: arn })),
        (async () => {
          for await (const { Aliases = [] } of paginateListAliases({ client: lambda }, { FunctionName: name }))
            aliases.push(...Aliases.map((alias) => [alias.Name, alias.FunctionVersion] as const))
        })(),
      ])
      return [`function ${name}`, JSON.stringify([revision, Object.entries(tags).toSorted(), aliases])] as const
    })
    found.push(...(await Promise.all(entries)))
  }
  return found
}

async function layers({ lambda }: Services): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for await (const { Layers: page = [] } of paginateListLayers({ client: lambda }, {}))
    for (const { LayerName: name = '' } of page)
      for await (const { LayerVersions = [] } of paginateListLayerVersions({ client: lambda }, { LayerName: name }))
        for (const { Version: version = 0, CreatedDate: created = '' } of LayerVersions)
          found.push([`layer ${name}:${version}`, created])
  return found
}

async function logGroups({ logs }: Services): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for (let nextToken: string | undefined; ; ) {
    const page = await logs.send(new DescribeLogGroupsCommand({ nextToken }))
    for (const { logGroupName: name = '', creationTime: created = 0, retentionInDays: days } of page.logGroups ?? [])
      found.push([`log group ${name}`, `${created} ${days ?? 'for ever'}`])
    nextToken = page.nextToken
    if (nextToken === undefined) return found
  }
}

async function roles({ iam }: Services): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for await (const { Roles: page = [] } of paginateListRoles({ client: iam }, {})) {
    const entries = page.map(async ({ RoleName: name = '', RoleId: id = '', AssumeRolePolicyDocument: trust = '' }) => {
      const { Tags: tags = [] } = await iam.send(new ListRoleTagsCommand({ RoleName: name }))
      const policies: string[] = []
      for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName: name }))
        policies.push(...PolicyNames)
      return [`role ${name}`, JSON.stringify([id, trust, tags, policies])] as const
    })
    found.push(...(await Promise.all(entries)))
  }
  return found
}

async function objects({ s3 }: Services): Promise<readonly Entry[]> {
  const found: Entry[] = []
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  for (const { Name: bucket = '' } of Buckets) {
    found.push([`bucket ${bucket}`, ''])
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
      for (const { Key = '', ETag = '', LastModified } of Contents)
        found.push([`object ${bucket}/${Key}`, `${ETag} ${LastModified?.toISOString() ?? ''}`])
  }
  return found
}

async function secrets({ secrets: client }: Services): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for await (const { SecretList = [] } of paginateListSecrets({ client }, {}))
    for (const { Name = '', LastChangedDate } of SecretList)
      found.push([`secret ${Name}`, LastChangedDate?.toISOString() ?? ''])
  return found
}

/** What GitHub shows to people. */
function announced({ comments, deployments }: FakeGitHub): readonly Entry[] {
  return [
    ...comments.map(({ id, pull, body }) => [`comment of #${pull}, ${id}`, body] as const),
    ...deployments.map(({ id, payload, statuses }) => {
      const { pr = '?' } = payload as { readonly pr?: number }
      return [`deployment of #${pr}, ${id}`, JSON.stringify([payload, statuses])] as const
    }),
  ]
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
