import { isNotFound } from '../../aws/errors.ts'
import { invocationFate } from '../../aws/invocation-fate.ts'
import type { Invocation, LambdaApi } from '../../aws/lambda.ts'
import type { DatabasePlace, DatabaseServer, OwnDatabase } from '../../databases/server.ts'
import { UserError } from '../../errors.ts'
import { databasesAlias } from '../../release/plan/database-version.ts'
import { invocationFailure } from '../../remote/failure.ts'
import { OWN_CLIENT, parseJson } from '../../remote/protocol.ts'
import { type Pacing, sendOnce } from '../../remote/sending.ts'

/** The only key of the event: runtime/wsgi_lambda/databases/. */
const KEY = '_wsgi-lambda-databases'

/** As long as the version for databases may take at least. */
const SECONDS = 300
const MOST_TRIES = 3

export interface FunctionCollaborators extends Pacing {
  readonly lambda: Pick<LambdaApi, 'invoke'>
}

/** What of the main function is asked: its version for databases, which reaches the server and may read the secret. */
interface Asked {
  readonly base: string
  readonly alias: string
}

/** Databases of a server that only the main function reaches. @throws UserError where it cannot be asked */
export async function openByFunction(asked: Asked, collaborators: FunctionCollaborators): Promise<DatabaseServer> {
  const ask = async <T>(command: string, fields: object = {}): Promise<T> =>
    (await answerOf({ command, ...fields }, asked, collaborators)) as T
  const { sslMode, ...place } = await ask<
    Omit<DatabasePlace, 'sslMode'> & { sslMode: DatabasePlace['sslMode'] | null }
  >('describe')
  return {
    place: { ...place, sslMode: sslMode ?? undefined },
    prepare: (database, options) => ask('prepare', { database, ...options }),
    remove: (database) => ask('remove', { database }),
    list: (owner) => ask<readonly OwnDatabase[]>('list', { owner }),
    close: () => Promise.resolve(),
  }
}

/** Every command may be repeated: where nobody knows whether one has ended, it is sent again. */
async function answerOf(command: object, asked: Asked, collaborators: FunctionCollaborators): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return resultOf(await sendOnce(() => invoke(command, asked, collaborators), collaborators), asked)
    } catch (error) {
      if (isNotFound(error)) throw notDeployed(asked, error)
      if (error instanceof Refusal || tries === MOST_TRIES || invocationFate(error) !== 'unknown') throw error
      collaborators.signal.throwIfAborted()
      collaborators.report.info('it is not known how the database command ended: sent again')
    }
  }
}

async function invoke(command: object, { base, alias }: Asked, { lambda }: FunctionCollaborators): Promise<Invocation> {
  return await lambda.invoke(base, databasesAlias(alias), JSON.stringify({ [KEY]: command }), SECONDS, OWN_CLIENT)
}

function notDeployed({ base, alias }: Asked, cause: unknown): UserError {
  return new UserError(
    {
      title: `${base} has no version for databases (${databasesAlias(alias)})`,
      detail: `With preview-database-access: function, that version makes and removes the databases of previews. A deployment of ${base} publishes it.`,
      hint: `Deploy ${base} once with database-role and these settings, as a push to its main branch does; then run this again. Or check function-name, alias and the region.`,
    },
    { cause },
  )
}

/** What the function has said no to: the next time it would say so too. */
class Refusal extends UserError {}

function resultOf(invocation: Invocation, { base, alias }: Asked): unknown {
  const where = `${base}:${databasesAlias(alias)}`
  const answer = parseJson(invocation.payload) as { result?: unknown; error?: Record<string, unknown> } | null
  if (invocation.functionError === undefined && answer?.result !== undefined) return answer.result
  if (invocation.functionError === undefined && answer?.error !== undefined) {
    const { title, detail, hint } = answer.error
    throw new Refusal({
      title: textOf(title) || 'The database command was refused',
      detail: [textOf(detail), `Said by ${where}.`].filter(Boolean).join('\n'),
      ...(textOf(hint) !== '' && { hint: textOf(hint) }),
    })
  }
  const { title, detail } = invocationFailure(invocation)
  throw new Refusal({
    title: `${where} gives no answer to a database command: ${title}`,
    detail,
    hint: 'Set database-role, and deploy the main function with this version of wsgi-lambda.',
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
