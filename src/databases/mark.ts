import type { Engine, MarkOwner, OwnDatabase } from './server.ts'

/** The comment that says whose a role, a database, a schema or a table is. */
const PREFIX = 'wsgi-lambda '

/** What a comment has to begin with, for a search. */
export const MARK_PATTERN = `${PREFIX}{%`

export function writeMark({ scope, name, user, mark }: OwnDatabase): string {
  const { host, repositoryId: repository, pr, preview, place } = mark
  return PREFIX + JSON.stringify({ host, repository, pr, preview, place, scope, name, user })
}

/** Undefined for a comment of somebody else. */
export function readMark(comment: unknown, engine: Engine): OwnDatabase | undefined {
  if (typeof comment !== 'string' || !comment.startsWith(PREFIX)) return undefined
  const { host, repository, pr, preview, place, scope, name, user } = parsed(comment.slice(PREFIX.length))
  if (typeof host !== 'string' || typeof place !== 'string') return undefined
  if (typeof repository !== 'string' || typeof preview !== 'string' || typeof pr !== 'number') return undefined
  if (typeof name !== 'string' || typeof user !== 'string') return undefined
  if (scope !== 'database' && scope !== 'schema') return undefined
  return { engine, scope, name, user, mark: { host, repositoryId: repository, pr, preview, place } }
}

/** Whether a comment marks just this one. */
export function marks(comment: unknown, database: OwnDatabase): boolean {
  const found = readMark(comment, database.engine)
  return found !== undefined && writeMark(found) === writeMark(database)
}

/** Whether it is marked as this owner's. */
export function isMarkedFor({ mark }: OwnDatabase, { host, repositoryId, place }: MarkOwner): boolean {
  return mark.host === host && mark.repositoryId === repositoryId && mark.place === place
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}
