import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { ROLE } from '../../__tests__/support/world.ts'
import type { Services } from './inventory.ts'
import { FUNCTION, REPOSITORY } from './repository.ts'

/** Pull requests whose preview's name is taken by somebody else: they get none. */
export const TAKEN = { functionName: 3, database: 8, functionOfOthers: 13, role: 18 } as const

const PAST = '2020-01-01T00:00:00.000Z'
const OTHER_REPOSITORY = 777

/** Tags as this program writes them, of a preview that has expired. */
const tagsOf = (repository: number, pull: number): Record<string, string> => ({
  'managed-by': 'wsgi-lambda',
  'wsgi-lambda:repository': String(repository),
  'wsgi-lambda:repository-name': 'somebody/else',
  'wsgi-lambda:preview': FUNCTION,
  'wsgi-lambda:pr': String(pull),
  'wsgi-lambda:created': PAST,
  'wsgi-lambda:expires': PAST,
  'wsgi-lambda:database': `postgresql/database/${FUNCTION}_pr_${pull}/${FUNCTION}_pr_${pull}`,
  'wsgi-lambda:role': `${FUNCTION}-pr-${pull}-role`,
  'wsgi-lambda:log-group': `/aws/lambda/${FUNCTION}-pr-${pull}`,
})

const preview = (pull: number): string => `${FUNCTION}-pr-${pull}`

/** Functions by what their tags say. */
const FUNCTIONS: readonly { readonly name: string; readonly tags: Record<string, string> }[] = [
  { name: preview(TAKEN.functionName), tags: {} },
  { name: preview(TAKEN.functionOfOthers), tags: tagsOf(OTHER_REPOSITORY, TAKEN.functionOfOthers) },
  { name: preview(1000), tags: {} },
  { name: preview(1001), tags: tagsOf(OTHER_REPOSITORY, 1001) },
  { name: preview(1002), tags: { 'managed-by': 'wsgi-lambda' } },
  { name: preview(1003), tags: { 'managed-by': 'terraform', pr: '1003' } },
  // Of this repository, but with a name that no preview with these tags has.
  { name: 'shop-payments', tags: tagsOf(REPOSITORY.id, 1004) },
  { name: preview(1005), tags: tagsOf(REPOSITORY.id, 1006) },
  { name: preview(1007), tags: { ...tagsOf(REPOSITORY.id, 1007), 'managed-by': 'somebody' } },
  { name: preview(1008), tags: { ...tagsOf(REPOSITORY.id, 1008), 'wsgi-lambda:pr': '1008; DROP' } },
]
const DATABASES = [`${FUNCTION}_pr_${TAKEN.database}`, 'shop_pr_1000', 'shop_pr_1001', 'shop_production']
const DATABASE_ROLES = [`${FUNCTION}_pr_1001`, 'shop_pr_1009']
const ROLES = [`${preview(TAKEN.role)}-role`, `${preview(1001)}-role`, 'shop-pr-1010-role', 'deploy']
const LOG_GROUPS = [
  ...[1000, 1001, 1002, 1011].map((pull) => `/aws/lambda/${preview(pull)}`),
  ...['/aws/lambda/other', '/shop/shop-pr-1'],
]

/** Things of others, with names as previews have them, and some with half of their tags. */
export async function plantForeign({ lambda, logs, iam, postgres }: Services): Promise<void> {
  const zip = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') // an empty one
  for (const { name, tags } of FUNCTIONS) {
    const configuration = { FunctionName: name, Runtime: 'python3.13', Handler: 'a.b', Role: ROLE } as const
    await lambda.send(new CreateFunctionCommand({ ...configuration, Tags: tags, Code: { ZipFile: zip } }))
  }
  for (const name of LOG_GROUPS) await logs.send(new CreateLogGroupCommand({ logGroupName: name }))
  for (const name of ROLES) await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: '{}' }))
  for (const name of DATABASES) await postgres.createDatabase(name)
  for (const name of DATABASE_ROLES) await postgres.query('postgres', `CREATE ROLE ${name} LOGIN`)
}
