import type { AliasState } from '../../../src/aws/lambda.ts'
import type { PreviewApi } from '../../../src/aws/previews.ts'
import type { Tags } from '../../../src/aws/tags.ts'
import { isMarkedFor } from '../../../src/databases/mark.ts'
import type { DatabaseServer, OwnDatabase } from '../../../src/databases/server.ts'
import { UserError } from '../../../src/errors.ts'

export type Kind = 'function' | 'log group' | 'role' | 'database'

/** Something that exists. */
interface Thing {
  readonly kind: Kind
  readonly name: string
  readonly tags: Tags
  /** Of a database, what its comment says of whom it was made for. */
  readonly mark?: OwnDatabase
  readonly aliases: Map<string, AliasState>
}

/** What AWS and a server of databases have, in memory. A process can be killed within any change. */
export interface Account {
  readonly previews: PreviewApi
  readonly server: DatabaseServer
  /** As far as locks need it. */
  readonly getAlias: (functionName: string, name: string) => Promise<AliasState | undefined>
  readonly putAlias: (functionName: string, name: string, description: string) => Promise<AliasState>
  readonly put: (kind: Kind, name: string, of: { readonly tags?: Tags; readonly mark?: OwnDatabase }) => Promise<void>
  /** Kinds with names, and what would show that somebody has changed it. */
  readonly inventory: () => ReadonlyMap<string, string>
  /** After so many changes nothing answers whoever asks now any more. */
  readonly killAfter: (changes: number) => void
  /** After so many changes one fails. */
  readonly failAfter: (changes: number) => void
  /** Another process, which lives, and for which all goes well. */
  readonly revive: () => void
}

export const PLACE = '000000000000/eu-west-1'
export const KILLED = new Error('killed')
const ARN = { function: 'arn:aws:lambda:eu-west-1:0:function:', 'log group': 'arn:aws:logs:eu-west-1:0:log-group:' }

export function createAccount(): Account {
  const things = new Map<string, Thing>()
  let [left, leftUntilFailure] = [Infinity, Infinity]
  let revisions = 0
  const find = (kind: Kind, name: string): Thing | undefined => things.get(`${kind} ${name}`)
  const alive = async (): Promise<void> => {
    await Promise.resolve()
    if (left <= 0) throw KILLED
  }
  const change = async <T>(effect: () => T): Promise<T> => {
    await alive()
    left -= 1
    leftUntilFailure -= 1
    if (leftUntilFailure === -1) throw new UserError({ title: 'It went wrong on our side.' })
    return effect()
  }
  const remove = (kind: Kind, name: string): Promise<boolean> => change(() => things.delete(`${kind} ${name}`))
  const named = (kind: Kind): Thing[] => [...things.values()].filter((thing) => thing.kind === kind)

  const previews: PreviewApi = {
    readPlace: () => Promise.resolve(PLACE),
    findTagged: async (type, tags) => {
      await alive()
      const kind = type === 'lambda:function' ? 'function' : 'log group'
      return named(kind)
        .filter((thing) => Object.entries(tags).every(([key, value]) => thing.tags[key] === value))
        .map(({ name, tags: own }) => ({ arn: ARN[kind] + name, tags: own }))
    },
    readFunction: async (name) => {
      await alive()
      const found = find('function', name)
      return found && { arn: ARN.function + name, tags: found.tags }
    },
    removeFunction: (name) => remove('function', name),
    openLogGroups: async () => {
      await alive()
      return {
        tags: async (arn) => {
          await alive()
          return find('log group', arn.split(':')[6] ?? '')?.tags
        },
        remove: (name) => remove('log group', name),
      }
    },
    openRoles: async () => {
      await alive()
      return {
        tags: async (name) => {
          await alive()
          return find('role', name)?.tags
        },
        remove: (name) => remove('role', name),
        list: async () => {
          await alive()
          return named('role').map(({ name }) => name)
        },
      }
    },
    openLayers: async () => {
      await alive()
      return { list: () => Promise.resolve([]), remove: () => Promise.resolve(), names: () => Promise.resolve([]) }
    },
    openStatics: () => Promise.reject(new Error('no preview of the model has static files')),
  }

  const server: DatabaseServer = {
    place: { engine: 'postgresql', host: 'db', port: 5432, database: 'postgres', sslMode: undefined },
    prepare: () => Promise.reject(new Error('the model makes databases itself')),
    remove: async ({ name, mark }) => {
      const found = find('database', name)
      if (found === undefined) return 'missing'
      if (JSON.stringify(found.mark?.mark) !== JSON.stringify(mark))
        throw new UserError({ title: `The database ${name} is not ours` })
      return (await remove('database', name)) ? 'removed' : 'missing'
    },
    list: async (owner) => {
      await alive()
      return named('database').flatMap(({ mark }) => (mark && isMarkedFor(mark, owner) ? [mark] : []))
    },
    close: () => Promise.resolve(),
  }

  return {
    previews,
    server,
    getAlias: async (functionName, name) => {
      await alive()
      return find('function', functionName)?.aliases.get(name)
    },
    putAlias: async (functionName, name, description) => {
      await alive()
      const revisionId = String((revisions += 1))
      const state: AliasState = { arn: '', version: '$LATEST', description, weights: {}, revisionId }
      find('function', functionName)?.aliases.set(name, state)
      return state
    },
    put: (kind, name, { tags = {}, mark }) =>
      change(() => {
        const aliases = find(kind, name)?.aliases ?? new Map<string, AliasState>()
        things.set(`${kind} ${name}`, { kind, name, tags, aliases, ...(mark && { mark }) })
      }),
    inventory: () =>
      new Map(
        [...things].map(([key, { tags, mark }]) => [key, JSON.stringify([Object.entries(tags).toSorted(), mark])]),
      ),
    killAfter: (changes) => {
      left = changes
    },
    failAfter: (changes) => {
      leftUntilFailure = changes
    },
    revive: () => {
      left = Infinity
      leftUntilFailure = Infinity
    },
  }
}
