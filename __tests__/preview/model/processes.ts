import { defaultLogGroup } from '../../../src/aws/function-options.ts'
import { type Closed, destroy } from '../../../src/commands/destroy.ts'
import { type SweepCollaborators, sweep } from '../../../src/commands/sweep.ts'
import { type Problem, UserError } from '../../../src/errors.ts'
import { databaseOf, readDatabase, writeDatabase } from '../../../src/preview/database/choice.ts'
import { GIVEN } from '../../../src/preview/database/open.ts'
import type { PreviewIdentity } from '../../../src/preview/identity.ts'
import type { Repository } from '../../../src/preview/pull.ts'
import { isSamePreview, type PreviewTags, readTags, writeTags } from '../../../src/preview/tags.ts'
import { roleNameOf } from '../../../src/release/current-aside.ts'
import { loadRemovalSettings } from '../../../src/settings/settings.ts'
import { fakeLambda } from '../../release/fake-lambda.ts'
import { fakeOrder, machine } from '../../release/order.ts'
import { fakeLogs } from '../../remote/fake-logs.ts'
import { recordingReporter } from '../../report/recording.ts'
import { type Account, KILLED } from './account.ts'

export const DAY_MS = 24 * 3600 * 1000
const ADMIN = 'postgresql://admin:secret@db/postgres'

/** What runs for a repository, each in a process of its own. */
export interface Processes {
  /** @returns whether there is a preview now, or why not */
  readonly preview: (identity: PreviewIdentity, headSha: string) => Promise<'ready' | 'refused' | 'broken off'>
  /** @param functionName of the one that is meant; undefined for all of the pull request */
  readonly destroy: (pull: Closed, functionName: string | undefined) => Promise<string>
  /** @returns `done`, `broken off`, or why it failed, like destroy */
  readonly sweep: (isGitHubThere: boolean) => Promise<string>
}

export interface Model {
  readonly account: Account
  readonly repository: Repository
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly isOpen: (pull: number) => boolean
}

export function createProcesses({ account, repository, now, isOpen }: Model): Processes {
  let processId = 100

  const collaboratorsOf = (isGitHubThere: boolean): SweepCollaborators => {
    const own = (processId += 1)
    const report = recordingReporter()
    return {
      report,
      previews: account.previews,
      lambda: {
        ...fakeLambda(),
        getAlias: account.getAlias,
        createAlias: (functionName, name, { description }) => account.putAlias(functionName, name, description),
        updateAlias: (functionName, name, { description }) => account.putAlias(functionName, name, description),
      },
      order: {
        ...fakeOrder,
        now,
        // Of those before nobody lives any more.
        readMachine: () => Promise.resolve({ ...machine, processId: own, isAlive: (id) => id === own }),
      },
      logs: fakeLogs(),
      clock: () => 0,
      wait: () => Promise.resolve(),
      signal: new AbortController().signal,
      removeDatabase: async (tags) => {
        const found = readDatabase(tags.database, tags)
        if (found.kind !== 'server') return 'missing'
        const database = { ...found.own, engine: 'postgresql' } as const
        return await account.server.remove(database)
      },
      openServer: () => Promise.resolve(account.server),
      getPull: isGitHubThere ? (number) => Promise.resolve({ isOpen: isOpen(number) }) : undefined,
    }
  }

  const settingsOf = (functionName: string | undefined) =>
    loadRemovalSettings({
      ...{ project: '.', stage: undefined, environment: {} },
      explicit: {
        given: {
          'preview-database-admin': ADMIN,
          ...(functionName !== undefined && { 'function-name': functionName }),
        },
        nameOf: (name) => name,
      },
    })

  return {
    preview: (identity, headSha) => inProcess(account, () => makePreview(identity, headSha, account, now())),
    destroy: (pull, functionName) =>
      inProcess(account, async () => {
        const { exitCode, problems } = await destroy(pull, settingsOf(functionName), collaboratorsOf(true))
        return exitCode === 0 ? 'done' : wordsOf(problems)
      }),
    sweep: (isGitHubThere) =>
      inProcess(account, async () => {
        const { exitCode, problems } = await sweep(repository, settingsOf(undefined), collaboratorsOf(isGitHubThere))
        return exitCode === 0 ? 'done' : wordsOf(problems)
      }),
  }
}

function wordsOf(problems: readonly Problem[]): string {
  return problems.map(({ title, detail }) => `${title} (${detail ?? ''})`).join('; ')
}

/** Nobody is told of what a process does that was killed; whatever it says itself comes from an answer that never came. */
async function inProcess<T>(account: Account, work: () => Promise<T>): Promise<T | 'broken off'> {
  try {
    return await work()
  } catch (error) {
    if (error !== KILLED && !(error instanceof UserError)) throw error
    return 'broken off'
  } finally {
    account.revive()
  }
}

/** In the order of a release: what stands beside the function, the function with all tags, what its commands need. */
async function makePreview(
  identity: PreviewIdentity,
  headSha: string,
  account: Account,
  now: number,
): Promise<'ready' | 'refused'> {
  const { functionName } = identity
  const found = await account.previews.readFunction(functionName)
  const there = found && readTags(functionName, found.tags)
  if (found && !(there && isSamePreview(there, identity))) return 'refused'
  const choice = databaseOf(
    { previewDatabase: undefined, previewDatabaseAdmin: ADMIN, previewDatabaseCreate: undefined },
    identity,
  )
  if (choice.kind !== 'server') return 'refused'
  const tags: PreviewTags = {
    ...identity,
    headSha,
    run: '1',
    created: there?.created ?? new Date(now).toISOString(),
    expires: new Date(now + 7 * DAY_MS).toISOString(),
    database: writeDatabase(choice, 'postgresql'),
    databaseAdmin: GIVEN,
    databaseAccess: 'runner',
    static: undefined,
    role: roleNameOf(functionName),
    logGroup: defaultLogGroup(functionName),
    isSeeded: false,
  }
  const written = writeTags(tags)
  const roles = await account.previews.openRoles()
  const role = await roles.tags(roleNameOf(functionName))
  if (role && !readTags(functionName, role)) return 'refused'
  await account.put('role', roleNameOf(functionName), { tags: written })
  await account.put('log group', defaultLogGroup(functionName), { tags: written })
  await account.put('function', functionName, { tags: written })
  await account.put('database', choice.own.name, { mark: { ...choice.own, engine: 'postgresql' } })
  return 'ready'
}
