import { GetFunctionUrlConfigCommand } from '@aws-sdk/client-lambda'
import { previewName } from '../../src/preview/identity.ts'
import type { Told } from './application.ts'
import { type App, STATICS, staticFilesOf } from './apps.ts'
import { isTaken } from './foreign.ts'
import type { Ground, Place } from './ground.ts'
import type { Inventory } from './inventory.ts'
import { databaseOf } from './owners.ts'
import type { Commit, PullRequest } from './repository.ts'
import type { Ended } from './workflow.ts'

/** What is wrong with a preview that was said to be ready. */
export async function problemsOfPreview(
  { world, services }: Ground,
  { app }: Place,
  pull: PullRequest,
  commit: Commit,
): Promise<string[]> {
  const name = previewName(app.name, pull.number)
  const url = await services.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: name, Qualifier: 'live' }))
  const { status, text } = await world.visit(url.FunctionUrl ?? '')
  if (status !== 200) return [`${name} answers ${status} ${text.slice(0, 300)}`]
  const told = JSON.parse(text) as Told
  const expected: Told = {
    code: commit.code,
    commit: commit.sha,
    site: String(pull.number),
    ...dataOf(app, pull),
    sites: [String(pull.number)],
    isMigrated: true,
  }
  return differences(told, expected).map((difference) => `${name} answers with another ${difference}`)
}

function dataOf(app: App, pull: PullRequest): Pick<Told, 'database' | 'schema'> {
  const own = databaseOf(app, pull.number)
  if (app.server === 'mysql') return { database: own, schema: own }
  return app.hasSchema(pull) ? { database: 'postgres', schema: own } : { database: own, schema: 'public' }
}

/** What is wrong with what main tells; its commit and code may be any. */
export function complaintOfMain({ database, server }: App, body: string): string | undefined {
  const told = JSON.parse(body) as Told
  const schema = server === 'mysql' ? database : 'public'
  const found = differences<Partial<Told>>(told, { site: 'main', database, schema, sites: ['main'], isMigrated: true })
  return found.length === 0 ? undefined : `it has another ${found.join(', ')}`
}

function differences<T extends object>(found: T, expected: T): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const other: unknown = found[name as keyof T]
    return JSON.stringify(other) === JSON.stringify(value) ? [] : [`${name}: ${JSON.stringify(other)}`]
  })
}

/** Static files of a commit that are not in the bucket. @param pull undefined for main */
export function missingStatics(app: App, pull: PullRequest | undefined, { code }: Commit, now: Inventory): string[] {
  if (!app.hasStatics) return []
  const prefix = pull ? `${STATICS.prefix}-pr-${pull.number}` : STATICS.prefix
  const expected = staticFilesOf(app, code).map((file) => `object ${STATICS.bucket}/${prefix}/${file}`)
  return expected.filter((file) => !now.has(file)).map((file) => `${file} is missing`)
}

/** What is wrong with how the run of a preview ended, apart from the preview itself. */
export function problemsOfRun({ app }: Place, pull: PullRequest, { exitCode, outputs, mishap }: Ended): string[] {
  const name = previewName(app.name, pull.number)
  if (isTaken(app, pull)) return exitCode === 0 ? [`${name} came to be although its name is taken`] : []
  if (mishap !== undefined) return []
  if (exitCode !== 0) return [`${name} did not come to be: exit code ${exitCode}`]
  return outputs['skipped'] === 'true' ? [`${name} did not come to be: skipped`] : []
}

/** What is wrong with how a run ended that has nothing to do. */
export function problemsOfSkipped({ app }: Place, pull: PullRequest, { exitCode, outputs, mishap }: Ended): string[] {
  const isSkipped = exitCode === 0 && outputs['skipped'] === 'true'
  if (isSkipped || (exitCode !== 0 && mishap !== undefined)) return []
  return [`the run of ${previewName(app.name, pull.number)} was not skipped: exit code ${exitCode}`]
}
