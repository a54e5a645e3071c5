import type { Engine, OwnDatabase } from '../../databases/server.ts'
import type { DeploySettings } from '../../settings/settings.ts'
import type { PreviewIdentity } from '../identity.ts'
import { databaseNames, hasOwnNames } from './names.ts'

/** Which data a preview has for itself. */
export type DatabaseChoice =
  | { readonly kind: 'none' }
  /** A file that is gone with its environment. */
  | { readonly kind: 'sqlite' }
  /** Made and removed by lines of shell of the user's. */
  | { readonly kind: 'command' }
  | { readonly kind: 'server'; readonly own: Omit<OwnDatabase, 'engine'> }

type Chosen = Pick<DeploySettings, 'previewDatabase' | 'previewDatabaseAdmin' | 'previewDatabaseCreate'>

/** Without a word about the kind: a database, where somebody may create one. */
export function databaseOf(settings: Chosen, identity: PreviewIdentity): DatabaseChoice {
  const { previewDatabase: given, previewDatabaseAdmin: admin, previewDatabaseCreate: create } = settings
  if (create !== undefined) return { kind: 'command' }
  const kind = given ?? (admin === undefined ? 'none' : 'database')
  if (kind !== 'database' && kind !== 'schema') return { kind: kind === 'sqlite' ? 'sqlite' : 'none' }
  return { kind: 'server', own: { scope: kind, ...databaseNames(identity), mark: markOf(identity) } }
}

function markOf({ host, repositoryId, pull, base, place }: PreviewIdentity): OwnDatabase['mark'] {
  return { host, repositoryId, pr: pull, preview: base, place }
}

/** As tags have it: `none`, `sqlite`, `command`, or `postgresql/database/NAME/USER`. */
export function writeDatabase(choice: DatabaseChoice, engine: Engine): string {
  if (choice.kind !== 'server') return choice.kind
  const { scope, name, user } = choice.own
  return [engine, scope, name, user].join('/')
}

/** @throws Error for what this program has not written */
export function readDatabase(tag: string, identity: PreviewIdentity): DatabaseChoice & { readonly engine?: Engine } {
  if (tag === 'none' || tag === 'sqlite' || tag === 'command') return { kind: tag }
  const [, engine, scope, name = '', user = ''] =
    /^(postgresql|mysql)\/(database|schema)\/(\w{1,63})\/(\w{1,32})$/.exec(tag) ?? []
  const own = { scope: scope as OwnDatabase['scope'], name, user, mark: markOf(identity) }
  if (engine === undefined || !hasOwnNames(own)) throw new Error(`a tag says of a database: ${JSON.stringify(tag)}`)
  return { kind: 'server', own, engine: engine as Engine }
}
