import { GetFunctionUrlConfigCommand } from '@aws-sdk/client-lambda'
import { previewName } from '../../src/preview/identity.ts'
import type { Told } from './application.ts'
import { TAKEN } from './foreign.ts'
import type { Ground } from './ground.ts'
import { type Inventory, lostOrChanged } from './inventory.ts'
import { type Commit, FUNCTION, hasSchema, type PullRequest } from './repository.ts'

const taken: readonly number[] = Object.values(TAKEN)

/** Whether a preview cannot come to be, since something of others has its name. */
export function isTaken({ number }: PullRequest): boolean {
  return taken.includes(number)
}

/** What is wrong with a preview that was said to be ready. */
export async function problemsOfPreview(
  { world, services }: Ground,
  pull: PullRequest,
  commit: Commit,
): Promise<string[]> {
  const name = previewName(FUNCTION, pull.number)
  const url = await services.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: name, Qualifier: 'live' }))
  const { status, text } = await world.visit(url.FunctionUrl ?? '')
  if (status !== 200) return [`${name} answers ${status} ${text.slice(0, 300)}`]
  const told = JSON.parse(text) as Told
  const expected: Told = {
    code: commit.code,
    commit: commit.sha,
    site: String(pull.number),
    ...dataOf(pull),
    sites: [String(pull.number)],
    isMigrated: true,
  }
  return differences(told, expected).map((difference) => `${name} answers with another ${difference}`)
}

function dataOf(pull: PullRequest): Pick<Told, 'database' | 'schema'> {
  const own = `${FUNCTION}_pr_${pull.number}`
  return hasSchema(pull) ? { database: 'postgres', schema: own } : { database: own, schema: 'public' }
}

/** What is wrong with what main tells; its commit and code may be any. */
export function complaintOfMain(body: string): string | undefined {
  const told = JSON.parse(body) as Told
  const expected = { site: 'main', database: 'shop', schema: 'public', sites: ['main'], isMigrated: true }
  const found = differences<Partial<Told>>(told, expected)
  return found.length === 0 ? undefined : `main has another ${found.join(', ')}`
}

function differences<T extends object>(found: T, expected: T): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const other: unknown = found[name as keyof T]
    return JSON.stringify(other) === JSON.stringify(value) ? [] : [`${name}: ${JSON.stringify(other)}`]
  })
}

/** Whether a thing of the inventory belongs to a pull request, by its name. */
export function thingsOf({ number }: PullRequest, inventory: Inventory): string[] {
  const [name, database] = [previewName(FUNCTION, number), `${FUNCTION}_pr_${number}`]
  const own = [
    ...[`function ${name}`, `log group /aws/lambda/${name}`, `role ${name}-role`],
    ...[`database ${database}`, `database role ${database}`, `schema ${database}`],
  ]
  return own.filter((thing) => inventory.has(thing))
}

/** What became of things of others. Main's own function and log group change with its deployments. */
export function foreignProblems(before: Inventory, after: Inventory): string[] {
  const isMain = new Set([`function ${FUNCTION}`, `log group /aws/lambda/${FUNCTION}`])
  const others = new Map([...before].filter(([name]) => !isMain.has(name)))
  return lostOrChanged(others, after)
}
