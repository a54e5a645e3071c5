import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, PublishLayerVersionCommand } from '@aws-sdk/client-lambda'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { FakeGitHub } from '../../__tests__/support/fake-github.ts'
import { ROLE } from '../../__tests__/support/world.ts'
import { writeMark } from '../../src/databases/mark.ts'
import { markerOf } from '../../src/preview/announce/marker.ts'
import { previewName } from '../../src/preview/identity.ts'
import { type App, SHOP, STATICS } from './apps.ts'
import { databaseOf } from './owners.ts'
import { type Numbered, REPOSITORY } from './repository.ts'
import type { Services } from './services.ts'

/** Pull requests whose preview's name is taken by somebody else: they get none. */
const TAKEN = { functionName: 3, database: 8, functionOfOthers: 13, role: 18 } as const
/** The same of the second function's databases. */
const TAKEN_SECOND = 12

/** Whether a preview cannot come to be, since something of others has its name. */
export function isTaken(app: App, { number }: Numbered): boolean {
  const taken: readonly number[] = app.name === SHOP.name ? Object.values(TAKEN) : [TAKEN_SECOND]
  return taken.includes(number)
}

const PAST = '2020-01-01T00:00:00.000Z'
const OTHER_REPOSITORY = 777
const OTHER_HOST = 'github.example.org'
const PLACE = '000000000000/eu-west-1'

/** Tags as this program writes them, of a preview that has expired. */
const tagsOf = (
  repository: number,
  pull: number,
  { base = SHOP.name, host, place = PLACE }: { base?: string; host: string; place?: string },
): Record<string, string> => ({
  'managed-by': 'wsgi-lambda',
  'wsgi-lambda:host': host,
  'wsgi-lambda:place': place,
  'wsgi-lambda:repository': String(repository),
  'wsgi-lambda:repository-name': 'somebody/else',
  'wsgi-lambda:preview': base,
  'wsgi-lambda:pr': String(pull),
  'wsgi-lambda:created': PAST,
  'wsgi-lambda:expires': PAST,
  'wsgi-lambda:database': `postgresql/database/${base}_pr_${pull}/${base}_pr_${pull}`,
  'wsgi-lambda:role': `${base}-pr-${pull}-role`,
  'wsgi-lambda:log-group': `/aws/lambda/${base}-pr-${pull}`,
})

const preview = (pull: number): string => previewName(SHOP.name, pull)

/** Functions by what their tags say. */
const functionsOf = (host: string): readonly { readonly name: string; readonly tags: Record<string, string> }[] => [
  { name: preview(TAKEN.functionName), tags: {} },
  { name: preview(TAKEN.functionOfOthers), tags: tagsOf(OTHER_REPOSITORY, TAKEN.functionOfOthers, { host }) },
  { name: preview(1000), tags: {} },
  { name: preview(1001), tags: tagsOf(OTHER_REPOSITORY, 1001, { host }) },
  // The same numbers of pull requests, in another repository.
  { name: 'blog-pr-1', tags: tagsOf(OTHER_REPOSITORY, 1, { base: 'blog', host }) },
  { name: 'blog-pr-4', tags: tagsOf(OTHER_REPOSITORY, 4, { base: 'blog', host }) },
  // The number of this repository, on another host; and made in another region or account.
  { name: 'wiki-pr-2', tags: tagsOf(REPOSITORY.id, 2, { base: 'wiki', host: OTHER_HOST }) },
  { name: preview(1012), tags: tagsOf(REPOSITORY.id, 1012, { host: OTHER_HOST }) },
  { name: preview(1013), tags: tagsOf(REPOSITORY.id, 1013, { host, place: '000000000000/us-east-1' }) },
  { name: preview(1002), tags: { 'managed-by': 'wsgi-lambda' } },
  { name: preview(1003), tags: { 'managed-by': 'terraform', pr: '1003' } },
  // Of this repository, but with a name that no preview with these tags has.
  { name: 'shop-payments', tags: tagsOf(REPOSITORY.id, 1004, { host }) },
  { name: preview(1005), tags: tagsOf(REPOSITORY.id, 1006, { host }) },
  { name: preview(1007), tags: { ...tagsOf(REPOSITORY.id, 1007, { host }), 'managed-by': 'somebody' } },
  { name: preview(1008), tags: { ...tagsOf(REPOSITORY.id, 1008, { host }), 'wsgi-lambda:pr': '1008; DROP' } },
]
const DATABASES = [databaseOf(SHOP, TAKEN.database), 'shop_pr_1000', 'shop_pr_1001', 'shop_production', 'blog_pr_4']
const DATABASE_ROLES = ['shop_pr_1001', 'shop_pr_1009']
const ROLES = [`${preview(TAKEN.role)}-role`, `${preview(1001)}-role`, 'shop-pr-1010-role', 'blog-pr-4-role', 'deploy']
const LOG_GROUPS = [
  ...[1000, 1001, 1002, 1011].map((pull) => `/aws/lambda/${preview(pull)}`),
  ...['/aws/lambda/blog-pr-4', '/aws/lambda/other', '/shop/shop-pr-1'],
]
/** Published by hand: for functions of others, and with the name of one of ours. */
const LAYERS = [`${preview(1000)}-dependencies`, `${preview(2)}-dependencies`, 'fonts']

const recordOf = (folder: string, ...files: readonly string[]): readonly [string, string] => [
  `${folder}/${'0'.repeat(64)}.json`,
  JSON.stringify({ at: PAST, replaces: null, files }),
]

/** Files beside those of main and of previews, and such as another region's release has recorded. */
const OBJECTS = new Map<string, string>([
  ['shop/robots.txt', 'theirs'],
  ['shop-pr-1000/site.css', 'theirs'],
  ['shop-pr-2/theirs.css', 'theirs'],
  ['shop-pr-10/theirs.css', 'theirs'],
  ['shop-pr-4/region.css', 'theirs'],
  recordOf('shop-pr-4/.wsgi-lambda/us-east-1/shop-pr-4/live', 'region.css'),
  ['shop-pr-1001/site.css', 'theirs'],
  recordOf('shop-pr-1001/.wsgi-lambda/eu-west-1/shop-pr-1001/live', 'site.css'),
])

/** Things of others, with names as previews have them, and some with half of their tags. @param second the other function */
export async function plantForeign(services: Services, github: FakeGitHub, second: App | undefined): Promise<void> {
  const { lambda, logs, iam, s3, postgres } = services
  const zip = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') // an empty one
  const host = new URL(github.env.GITHUB_SERVER_URL).host
  for (const { name, tags } of functionsOf(host)) {
    const configuration = { FunctionName: name, Runtime: 'python3.13', Handler: 'a.b', Role: ROLE } as const
    await lambda.send(new CreateFunctionCommand({ ...configuration, Tags: tags, Code: { ZipFile: zip } }))
  }
  for (const name of LAYERS)
    await lambda.send(new PublishLayerVersionCommand({ LayerName: name, Content: { ZipFile: zip } }))
  for (const name of LOG_GROUPS) await logs.send(new CreateLogGroupCommand({ logGroupName: name }))
  for (const name of ROLES) await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: '{}' }))
  for (const [Key, Body] of OBJECTS) await s3.send(new PutObjectCommand({ Bucket: STATICS.bucket, Key, Body }))
  for (const name of DATABASES) await postgres.createDatabase(name)
  for (const name of DATABASE_ROLES) await postgres.query('postgres', `CREATE ROLE ${name} LOGIN`)
  await plantMarked('wiki', { host: OTHER_HOST, place: PLACE }, postgres)
  await plantMarked('news', { host, place: '000000000000/us-east-1' }, postgres)
  if (second) await plantDatabases(second, services)
  await plantAnnouncements(github)
}

/** The database of a preview of another function, as another host or region has made it, for a number that is closed here. */
async function plantMarked(
  preview: string,
  { host, place }: { readonly host: string; readonly place: string },
  { createDatabase, query }: Services['postgres'],
): Promise<void> {
  const [name, mark] = [`${preview}_pr_2`, { host, place, repositoryId: String(REPOSITORY.id), pr: 2, preview }]
  const comment = writeMark({ engine: 'postgresql', scope: 'database', name, user: name, mark })
  await createDatabase(name)
  await query('postgres', `CREATE ROLE ${name} LOGIN; COMMENT ON ROLE ${name} IS '${comment}'`)
}

async function plantDatabases(second: App, { postgres, mariadb }: Services): Promise<void> {
  const taken = databaseOf(second, TAKEN_SECOND)
  if (mariadb) {
    for (const name of [taken, 'shop_reports_pr_1000', 'production'])
      await mariadb.query(`CREATE DATABASE ${name}; CREATE TABLE ${name}.customers (name text)`)
    for (const name of ['shop_reports_pr_1009', 'blog_pr_4']) await mariadb.query(`CREATE USER ${name}@'%'`)
  } else if (second.hasSchema({ number: TAKEN_SECOND })) await postgres.query('postgres', `CREATE SCHEMA ${taken}`)
  else await postgres.createDatabase(taken)
}

/** Somebody quotes a comment of ours, another workflow has written one, and deploys to the same environment. */
async function plantAnnouncements(github: FakeGitHub): Promise<void> {
  const quoted = markerOf({ base: SHOP.name, pull: 1 } as Parameters<typeof markerOf>[0])
  github.addComment(1, 'somebody', `> ${quoted}\n> ### shop-pr-1: ready\n\nWhy?`)
  github.addComment(1, 'somebody', `${quoted}\n### shop-pr-1: ready`)
  github.addComment(4, github.login, '### blog: 7 tests passed')
  const headers = { authorization: `token ${github.token}` }
  const address = `${github.env.GITHUB_API_URL}/repos/${REPOSITORY.name}/deployments`
  for (const payload of [{ pr: 4, preview: 'blog' }, {}]) {
    const asked = { ref: 'f'.repeat(40), environment: 'preview', payload, auto_merge: false, required_contexts: [] }
    const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(asked) })
    const { id } = (await answer.json()) as { id: number }
    const state = JSON.stringify({ state: 'success' })
    await fetch(`${address}/${id}/statuses`, { method: 'POST', headers, body: state })
  }
}
