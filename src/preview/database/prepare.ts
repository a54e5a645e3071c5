import type { OwnDatabase } from '../../databases/server.ts'
import type { Preparation } from '../../release/plan/preparation.ts'
import type { Table } from '../../settings/kinds.ts'
import type { DeploySettings } from '../../settings/settings.ts'
import type { PreviewIdentity } from '../identity.ts'
import { refuseOtherDatabase } from '../other.ts'
import type { PreviewTags } from '../tags.ts'
import { applicationAddress, newPassword, passwordIn, SQLITE_ADDRESS } from './address.ts'
import { type DatabaseChoice, databaseOf, writeDatabase } from './choice.ts'
import { createByHook, deleteByHook, type HookCollaborators } from './hooks.ts'
import { adminTag, type ServerCollaborators, serverOpener, withServer } from './open.ts'

export interface DatabaseCollaborators extends ServerCollaborators, HookCollaborators {}

/** What decides on it. */
export type DatabaseSettings = Pick<
  DeploySettings,
  | 'previewDatabase'
  | 'previewDatabaseAdmin'
  | 'previewDatabaseAccess'
  | 'previewDatabaseVariable'
  | 'previewDatabaseTemplate'
  | 'previewDatabaseCreate'
  | 'previewDatabaseDelete'
  | 'dryRun'
>

/** The data that a preview has for itself, before anything is made. */
export interface PreparedDatabase {
  /** What the preview's tags say of it. */
  readonly tags: Pick<PreviewTags, 'database' | 'databaseAdmin' | 'databaseAccess'>
  /** Where the application finds it. What a line of shell makes is made when this is asked. */
  readonly environment: () => Promise<Table>
  /** Whether that makes something, which only tags will lead to. */
  readonly isMadeByAsking: boolean
  /** Undefined where nothing has to be made. */
  readonly preparation: Preparation | undefined
  /** Removes again what was made before there is a function; undefined where that is nothing. */
  readonly discard: (() => Promise<void>) | undefined
}

type TagsThere = Pick<PreviewTags, 'database' | 'functionName' | 'pull'>

/**
 * Decides on the data of a preview and looks whether its server answers, so that a preview without a database is never begun; made
 * is it by the preparation, when the function is there by whose tags it is found again.
 * @param there the tags of the preview, where it exists
 */
export async function preparePreviewDatabase(
  settings: DatabaseSettings,
  identity: PreviewIdentity,
  there: TagsThere | undefined,
  collaborators: DatabaseCollaborators,
): Promise<PreparedDatabase> {
  const choice = databaseOf(settings, identity)
  if (choice.kind === 'server') return await onServer(choice.own, settings, identity, there, collaborators)
  refuseOtherDatabase(there, choice.kind)
  const { previewDatabaseDelete: line } = settings
  const isMadeByAsking = choice.kind === 'command' && !settings.dryRun
  return {
    tags: { database: choice.kind, databaseAdmin: undefined, databaseAccess: undefined },
    environment: async () => {
      const address = await addressWithoutServer(choice, settings, identity, collaborators)
      return address === undefined ? {} : { [settings.previewDatabaseVariable]: address }
    },
    isMadeByAsking,
    preparation: undefined,
    discard: isMadeByAsking && line !== undefined ? () => deleteByHook(line, identity, collaborators) : undefined,
  }
}

async function addressWithoutServer(
  { kind }: DatabaseChoice,
  { previewDatabaseCreate: line, dryRun }: DatabaseSettings,
  identity: PreviewIdentity,
  collaborators: DatabaseCollaborators,
): Promise<string | undefined> {
  if (kind === 'command' && line !== undefined && !dryRun)
    return await collaborators.report.phase('Database', () => createByHook(line, identity, collaborators))
  if (kind !== 'sqlite') return undefined
  collaborators.report.notice({
    title: 'preview-database is sqlite: each environment of the function has a file of its own',
    detail:
      'Lambda starts one environment for each request at a time, and drops them when nobody asks for them. Commands before traffic run in one of them: in any other the file is empty.',
    hint: 'It is for a look right after the deployment, or for an application that makes its tables when it starts. Anything else needs preview-database: database or schema.',
  })
  return SQLITE_ADDRESS
}

async function onServer(
  chosen: Omit<OwnDatabase, 'engine'>,
  settings: DatabaseSettings,
  { base }: PreviewIdentity,
  there: TagsThere | undefined,
  collaborators: DatabaseCollaborators,
): Promise<PreparedDatabase> {
  const { previewDatabaseAdmin: admin = '', previewDatabaseVariable: variable } = settings
  const { previewDatabaseTemplate: template } = settings
  const access = settings.previewDatabaseAccess === 'function' ? 'function' : 'runner'
  const open = await serverOpener({ admin, access, base }, collaborators)
  const reached = await open()
  await reached.close()
  const { place } = reached
  const own = { ...chosen, engine: place.engine }
  const database = writeDatabase({ kind: 'server', own }, place.engine)
  refuseOtherDatabase(there, database)
  const password = newPassword()
  const address = applicationAddress(place, own, password)
  collaborators.mask({ PREVIEW_DATABASE_PASSWORD: password })
  const prepare = (given: string): Promise<void> =>
    withServer(open, async (server) => {
      const outcome = await server.prepare(own, { template, password: given })
      collaborators.report.info(`${own.scope} ${own.name}: ${outcome === 'created' ? 'created' : 'is there already'}`)
    })
  return {
    tags: { database, databaseAdmin: adminTag(admin), databaseAccess: access },
    environment: () => Promise.resolve({ [variable]: address }),
    isMadeByAsking: false,
    preparation: {
      what: `the ${own.scope} ${own.name} (${place.engine})`,
      carryOut: () => prepare(password),
      giveBack: async (served) => {
        const before = passwordIn(served[variable], own.user)
        if (before !== undefined) await prepare(before)
      },
    },
    discard: undefined,
  }
}
