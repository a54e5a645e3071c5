import { readOptions } from '../../src/aws/function-options.ts'
import type { FunctionUrl, FunctionUrlApi } from '../../src/aws/function-url.ts'
import type {
  AliasState,
  AliasTarget,
  Code,
  FunctionConfiguration,
  Invocation,
  LambdaApi,
  VersionState,
} from '../../src/aws/lambda.ts'
import type { VersionsApi } from '../../src/aws/versions.ts'
import { UserError } from '../../src/errors.ts'

/** `LambdaApi` and `FunctionUrlApi` in memory, for tests of what is done in which order and of what is left after a failure. */

/** What answers invocations of a function: called with its name's qualifier and the event. */
export type Application = (event: Readonly<Record<string, unknown>>, version: VersionState) => Partial<Invocation>

interface FakeFunction {
  latest: VersionState
  readonly versions: VersionState[]
  readonly aliases: Map<string, AliasState>
  readonly urls: Map<string, FunctionUrl>
  readonly statements: Map<string, string[]>
}

export interface FakeLambda extends LambdaApi {
  readonly urls: FunctionUrlApi
  readonly versions: VersionsApi
  /** Every call that was made, as one line: its name and what tells it from others. */
  readonly calls: string[]
  /** A call of another API that changes something, among those of this one. */
  record<T>(line: string, effect: () => T): Promise<T>
  /** Those that change something. */
  writes(): string[]
  /** Throws in the next call whose line matches, or in the one of that number from now: before or after its effect. */
  failAt(call: RegExp | number, error: unknown, when?: 'before' | 'after'): void
  /** Calls `effect` before the next call whose line matches. */
  interruptAt(call: RegExp, effect: () => void): void
  /** How many times a change or a new version is seen as going on. */
  pendingReads: number
  /** Why changes fail after they were taken, as long as it is set. */
  updateFailure: string | undefined
  /** Whether everyone is permitted to call the alias through a URL. */
  isOpen(functionName: string, alias: string): boolean
  versionsOf(functionName: string): readonly VersionState[]
  application: Application
}

const ACCOUNT = 'arn:aws:lambda:eu-west-1:123456789012:function'
const ANSWERS: Application = (event) =>
  '_serverless-wsgi' in event
    ? { payload: JSON.stringify([0, 'done\n']) }
    : { payload: JSON.stringify({ statusCode: 200, body: 'hello' }) }

/**
 * Lambda as far as a release sees it, in memory: versions never change, publishing an unchanged `$LATEST` makes none, an
 * alias has revisions, changes are refused while another one goes on, and nothing exists that was not created.
 */
export function fakeLambda({ sha256Of = textOf } = {}): FakeLambda {
  const functions = new Map<string, FakeFunction>()
  const faults: { call: RegExp | number; error: unknown; when: 'before' | 'after' }[] = []
  const interruptions: { call: RegExp; effect: () => void }[] = []
  const contents = new Map<string, string>()
  const pending = new Map<string, number>()
  const calls: string[] = []
  const written = new Set<string>()
  let revision = 0

  function at(name: string): FakeFunction {
    const found = functions.get(name)
    if (!found) throw named('ResourceNotFoundException', `Function not found: ${name}`)
    return found
  }
  function versionOf(name: string, qualifier: string | undefined): VersionState | undefined {
    const found = functions.get(name)
    if (!found || qualifier === undefined || qualifier === '$LATEST') return found?.latest
    const number = found.aliases.get(qualifier)?.version ?? qualifier
    return found.versions.find(({ version }) => version === number)
  }
  function change(name: string, changes: Partial<VersionState>): void {
    if ((pending.get(name) ?? 0) > 0) throw named('ResourceConflictException', 'An update is in progress')
    const found = at(name)
    const outcome = {
      lastUpdateStatus: fake.updateFailure === undefined ? 'Successful' : 'Failed',
      lastUpdateReason: fake.updateFailure,
      revisionId: `r${++revision}`,
    }
    found.latest = { ...found.latest, ...changes, ...outcome }
    pending.set(name, fake.pendingReads)
  }
  function setAlias(name: string, alias: string, { version, description, weights = {} }: AliasTarget): AliasState {
    if (!versionOf(name, version)) throw named('ResourceNotFoundException', `Function not found: ${name}:${version}`)
    const state = { arn: `${ACCOUNT}:${name}:${alias}`, version, description, weights, revisionId: `r${++revision}` }
    at(name).aliases.set(alias, state)
    return state
  }
  /** One call: its line, then a planned fault or interruption around its effect. */
  async function call<T>(isWrite: boolean, line: string, effect: () => T): Promise<T> {
    calls.push(line)
    if (isWrite) written.add(line)
    for (const { effect: interrupt } of take(interruptions, line, calls.length - 1)) interrupt()
    const [fault] = take(faults, line, calls.length - 1)
    await Promise.resolve()
    if (fault?.when === 'before') throw fault.error
    const result = effect()
    if (fault) throw fault.error
    return result
  }
  const read = <T>(line: string, effect: () => T): Promise<T> => call(false, line, effect)
  const write = <T>(line: string, effect: () => T): Promise<T> => call(true, line, effect)

  const fake: FakeLambda = {
    calls,
    record: write,
    pendingReads: 0,
    updateFailure: undefined,
    application: ANSWERS,
    writes: () => calls.filter((line) => written.has(line)),
    failAt: (which, error, when = 'before') => {
      faults.push({ call: typeof which === 'number' ? calls.length + which : which, error, when })
    },
    interruptAt: (which, effect) => {
      interruptions.push({ call: which, effect })
    },
    isOpen: (name, alias) => {
      const found = functions.get(name)
      const url = found?.urls.get(alias)
      return url?.authType === 'NONE' && found?.statements.get(alias)?.length === 2
    },
    versionsOf: (name) => functions.get(name)?.versions ?? [],

    getVersion: (name, qualifier) =>
      read(`getVersion ${name}${qualifier === undefined ? '' : `:${qualifier}`}`, () => {
        const key = qualifier === undefined ? name : `${name}:${qualifier}`
        const left = pending.get(key) ?? 0
        const found = versionOf(name, qualifier)
        if (left === 0 || !found) return found
        pending.set(key, left - 1)
        return qualifier === undefined ? { ...found, lastUpdateStatus: 'InProgress' } : { ...found, state: 'Pending' }
      }),
    createFunction: (name, configuration, code) =>
      write(`createFunction ${name}`, () => {
        if (functions.has(name)) throw named('ResourceConflictException', `Function already exist: ${name}`)
        functions.set(name, {
          latest: {
            ...configuration,
            arn: `${ACCOUNT}:${name}`,
            version: '$LATEST',
            codeSha256: sha256Of(code),
            architecture: code.architecture,
            layers: layersOf(configuration) ?? [],
            options: { ...readOptions({ FunctionName: name }), ...configuration.options },
            state: 'Active',
            stateReason: undefined,
            lastUpdateStatus: 'Successful',
            lastUpdateReason: undefined,
            revisionId: `r${++revision}`,
          },
          versions: [],
          aliases: new Map(),
          urls: new Map(),
          statements: new Map(),
        })
        pending.set(name, fake.pendingReads)
      }),
    updateCode: (name, code) =>
      write(`updateCode ${sha256Of(code)}`, () => {
        change(name, { codeSha256: sha256Of(code), architecture: code.architecture })
      }),
    updateConfiguration: (name, configuration) =>
      write(`updateConfiguration ${JSON.stringify(configuration.environment)}`, () => {
        const { layers, options, ...rest } = configuration
        const all = { ...at(name).latest.options, ...options }
        change(name, { ...rest, ...(layers && { layers: layersOf(configuration) ?? [] }), options: all })
      }),
    publish: (name, codeSha256, description, revisionId) =>
      write(`publish ${codeSha256}`, () => {
        const { latest, versions } = at(name)
        if ((pending.get(name) ?? 0) > 0) throw named('ResourceConflictException', 'An update is in progress')
        if (latest.codeSha256 !== codeSha256) {
          throw named('InvalidParameterValueException', `CodeSHA256 (${codeSha256}) is different from the current one`)
        }
        if (revisionId !== undefined && latest.revisionId !== revisionId) {
          throw named('PreconditionFailedException', 'The RevisionId provided does not match the latest RevisionId')
        }
        const last = versions.at(-1)
        // With the function's description, which a version replaces by its own.
        const content = `${contentOf(latest)} ${latest.description}`
        if (last && contents.get(`${name}:${last.version}`) === content) return last.version
        const version = String(Number(versions.at(-1)?.version ?? 0) + 1)
        versions.push({ ...latest, arn: `${latest.arn}:${version}`, version, description })
        contents.set(`${name}:${version}`, content)
        pending.set(`${name}:${version}`, fake.pendingReads)
        return version
      }),
    getAlias: (name, alias) => read(`getAlias ${alias}`, () => functions.get(name)?.aliases.get(alias)),
    createAlias: (name, alias, target) =>
      write(`createAlias ${alias} → ${target.version} (${target.description})`, () => {
        if (at(name).aliases.has(alias)) throw named('ResourceConflictException', `Alias already exists: ${alias}`)
        return setAlias(name, alias, target)
      }),
    updateAlias: (name, alias, target, revisionId) =>
      write(`updateAlias ${alias} → ${target.version} (${target.description})${sharesOf(target)}`, () => {
        const state = at(name).aliases.get(alias)
        if (!state) throw named('ResourceNotFoundException', `Alias not found: ${alias}`)
        if (revisionId !== undefined && revisionId !== state.revisionId) {
          throw named('PreconditionFailedException', 'The Revision Id provided does not match the latest Revision Id')
        }
        return setAlias(name, alias, target)
      }),
    urls: {
      get: (name, alias) => read(`getUrl ${alias}`, () => functions.get(name)?.urls.get(alias)),
      create: (name, alias, settings) =>
        write(`createUrl ${settings.authType} ${settings.invokeMode}`, () => {
          if (!at(name).aliases.has(alias)) throw named('ResourceNotFoundException', `Alias not found: ${alias}`)
          const url: FunctionUrl = { address: 'https://abc.lambda-url.eu-west-1.on.aws/', ...settings }
          at(name).urls.set(alias, url)
          return url
        }),
      update: (name, alias, changes) =>
        write(`updateUrl ${Object.values(changes).map(shownChange).join(' ')}`, () => {
          const url = at(name).urls.get(alias)
          if (!url) throw named('ResourceNotFoundException', 'The resource you requested does not exist.')
          const changed = { ...url, ...changes }
          at(name).urls.set(alias, changed)
          return changed
        }),
    },
    versions: {
      list: (name) =>
        read(`listVersions ${name}`, () =>
          functions
            .get(name)
            ?.versions.toReversed()
            .map(({ version, codeSha256, description }) => {
              const published = `2026-11-${version.padStart(2, '0')}T10:00:00.000Z`
              return { version, codeSha256, description, published, zipBytes: 1_000_000 }
            }),
        ),
      listAliases: (name) =>
        read(`listAliases ${name}`, () =>
          [...at(name).aliases].map(([alias, { version, description, weights }]) => ({
            ...{ name: alias, version, description, weights },
          })),
        ),
      remove: (name, version) =>
        write(`removeVersion ${version}`, () => {
          const { versions, aliases } = at(name)
          const users = [...aliases.values()].filter((state) => state.version === version || version in state.weights)
          if (users.length > 0) throw named('ResourceConflictException', `Unable to delete version ${version}`)
          versions.splice(
            versions.findIndex((each) => each.version === version),
            1,
          )
        }),
    },
    getPolicy: (name, alias) =>
      read(`getPolicy ${alias}`, () => {
        const actions = functions.get(name)?.statements.get(alias)
        return (
          actions &&
          JSON.stringify({ Statement: actions.map((Action) => ({ Effect: 'Allow', Principal: '*', Action })) })
        )
      }),
    permitUrl: (name, alias, statement) =>
      write(`permitUrl ${statement}`, () => {
        const action = statement === 'url' ? 'lambda:InvokeFunctionUrl' : 'lambda:InvokeFunction'
        const given = at(name).statements.get(alias) ?? []
        if (given.includes(action)) throw named('ResourceConflictException', 'The statement id provided already exists')
        at(name).statements.set(alias, [...given, action])
      }),
    invoke: (name, qualifier, payload) => {
      const event = JSON.parse(payload) as Readonly<Record<string, unknown>>
      const command = event['_serverless-wsgi'] as { command: string; data: unknown } | undefined
      const what = command ? `${command.command} ${JSON.stringify(command.data)}` : `GET ${String(event['rawPath'])}`
      return read(`invoke ${qualifier} ${what}`, () => {
        const version = versionOf(name, qualifier)
        if (!version) throw named('ResourceNotFoundException', `Function not found: ${name}:${qualifier}`)
        return { payload: 'null', functionError: undefined, logTail: '', ...fake.application(event, version) }
      })
    },
  }
  return fake
}

/** What other versions get, as in ` and 10 % to 2`. */
function sharesOf({ weights = {} }: AliasTarget): string {
  return Object.entries(weights)
    .map(([version, weight]) => ` and ${weight * 100} % to ${version}`)
    .join('')
}

function layersOf({ layers }: Partial<FunctionConfiguration>): VersionState['layers'] | undefined {
  return layers?.map((arn) => ({ arn, zipBytes: 1 }))
}

/** By default the code's text stands for its hash, so that a test can name what it expects. */
function textOf(code: Code): string {
  return 'zip' in code ? Buffer.from(code.zip).toString() : code.object.key
}

/** What makes a version another one. */
function contentOf({
  codeSha256,
  architecture,
  runtime,
  handler,
  role,
  memory,
  timeout,
  environment,
  layers,
  options,
}: VersionState): string {
  const variables = Object.entries(environment).toSorted()
  return JSON.stringify([codeSha256, architecture, runtime, handler, role, memory, timeout, variables, layers, options])
}

/** Removes and gives back what was planned for a call, by its line or its number. */
function take<T extends { readonly call: RegExp | number }>(planned: T[], line: string, number: number): T[] {
  const index = planned.findIndex(({ call }) => (typeof call === 'number' ? call === number : call.test(line)))
  return index < 0 ? [] : planned.splice(index, 1)
}

/** As the client gives errors to a release: advice where there is any. */
function named(name: string, message: string): Error {
  const cause = Object.assign(new Error(message), { name })
  return new UserError({ title: `${name}: ${message}` }, { cause })
}

function shownChange(change: unknown): string {
  return typeof change === 'string' ? change : JSON.stringify(change)
}
