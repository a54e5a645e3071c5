import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { arch, platform, tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/**
 * Runs a JavaScript action as GitHub's runner does: the bundle that `action.yml` names, in a process of its own, with the
 * runner's variables, files and workflow commands, and its post step after it. Behaviour after actions/runner (MIT):
 * `ActionCommandManager.cs`, `FileCommandManager.cs`, `ProcessInvoker.cs`, and GitHub's "Workflow commands" page.
 */
export interface ActionOptions {
  /** The folder of `action.yml`. Default: this repository. */
  readonly action?: string
  /** As in `with:`; an input that `action.yml` does not declare is refused. */
  readonly inputs?: Readonly<Record<string, string>>
  /** More variables, or other values for the runner's own. */
  readonly env?: Readonly<Record<string, string>>
  readonly workspace: string
  readonly eventName?: string // default 'push'
  readonly event?: object
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  readonly title?: string
  readonly file?: string
  readonly line?: number
}

interface Phase {
  /** -1 where a signal ended it. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** From its start to its end. */
  readonly milliseconds: number
}

export interface ActionResult extends Phase {
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
  readonly state: Readonly<Record<string, string>>
  readonly exportedEnv: Readonly<Record<string, string>>
  readonly exportedPath: readonly string[]
  readonly annotations: readonly Annotation[]
  readonly masks: readonly string[]
  /** Both streams as the run's page shows them: commands carried out, secrets masked from `add-mask` on. */
  readonly log: string
  /** The post step; absent where the action has none. */
  readonly post: Phase | undefined
}

export interface RunningAction {
  /** Waits until the main step's output matches. @throws Error when it ends before that. */
  readonly waitFor: (pattern: RegExp) => Promise<void>
  readonly signal: (name: NodeJS.Signals) => void
  /** As the runner cancels: SIGINT, SIGTERM 7.5 s later, SIGKILL 2.5 s after that. */
  readonly cancel: () => void
  readonly result: Promise<ActionResult>
}

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export async function runAction(options: ActionOptions): Promise<ActionResult> {
  return (await startAction(options)).result
}

/** Starts the main step; `result` comes after the post step. @throws Error when `action.yml` does not allow these options. */
export async function startAction(options: ActionOptions): Promise<RunningAction> {
  const folder = options.action ?? REPOSITORY
  const action = await readAction(folder)
  refuseUnknownInputs(options.inputs ?? {}, action)
  const temp = await mkdtemp(join(tmpdir(), 'wsgi-lambda-runner-'))
  const environment = await runnerEnvironment(options, action, temp)
  const runner = new Runner(temp)
  const main = await runner.start(join(folder, action.main), environment)

  async function finish(): Promise<ActionResult> {
    try {
      const phase = await main.ended
      const { exitCode, exported, outputs, state, summary, path } = await runner.collect(phase)
      let post: Phase | undefined
      if (action.post !== undefined && isDue(action.postIf, exitCode)) {
        const saved = Object.entries(state).map(([name, value]): [string, string] => [`STATE_${name}`, value])
        const PATH = [...path.toReversed(), environment['PATH'] ?? ''].join(delimiter)
        const after = await runner.start(join(folder, action.post), {
          ...environment,
          ...exported,
          PATH,
          ...Object.fromEntries(saved),
        })
        const ended = await after.ended
        const { exitCode: postCode } = await runner.collect(ended)
        post = { ...ended, exitCode: postCode }
      }
      const { annotations, masks, log } = runner
      return {
        ...phase,
        exitCode,
        outputs,
        summary,
        state,
        exportedEnv: exported,
        exportedPath: path,
        annotations,
        masks,
        log: log.join('\n'),
        post,
      }
    } finally {
      await rm(temp, { recursive: true, force: true, maxRetries: 5 })
    }
  }
  const result = finish()
  result.catch(() => undefined) // whoever awaits it sees it; until then it is not unhandled
  return { waitFor: main.waitFor, signal: main.signal, cancel: main.cancel, result }
}

// ---- action.yml

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: unknown } | null>>
  readonly main: string
  readonly post: string | undefined
  readonly postIf: string
}

async function readAction(folder: string): Promise<Action> {
  const text = await readFile(join(folder, 'action.yml'), 'utf8')
  const file = parse(text) as { inputs?: Action['inputs'] | null; runs?: Readonly<Record<string, string | undefined>> }
  const { using = '', main, pre, post, 'post-if': postIf = 'always()' } = file.runs ?? {}
  const wanted = /^node(\d+)$/.exec(using)?.[1]
  if (wanted === undefined || main === undefined || pre !== undefined) {
    throw new Error(
      `action.yml: runs.using ${using}, main ${String(main)}, pre ${String(pre)}: only node actions without pre are run`,
    )
  }
  if (process.versions.node.split('.')[0] !== wanted) {
    throw new Error(`action.yml wants Node ${wanted}, and this is Node ${process.versions.node}`)
  }
  return { inputs: file.inputs ?? {}, main, post, postIf }
}

function isDue(condition: string, exitCode: number): boolean {
  switch (condition.replace(/^\$\{\{\s*|\s*\}\}$/g, '').trim()) {
    case 'always()':
      return true
    case 'success()':
      return exitCode === 0
    case 'failure()':
      return exitCode !== 0
    default:
      throw new Error(`action.yml: post-if ${condition} is not understood`)
  }
}

// ---- variables

function refuseUnknownInputs(inputs: Readonly<Record<string, string>>, action: Action): void {
  const declared = lowerKeys(action.inputs)
  const unknown = Object.keys(inputs).filter((name) => !(name.toLowerCase() in declared))
  if (unknown.length > 0) throw new Error(`action.yml declares no input ${unknown.join(', ')}`)
}

async function runnerEnvironment(
  options: ActionOptions,
  action: Action,
  temp: string,
): Promise<Record<string, string>> {
  const { inputs = {}, env = {}, workspace, eventName = 'push', event = {} } = options
  const home = join(temp, 'home')
  const runnerTemp = join(temp, 'temp')
  const eventPath = join(temp, 'event.json')
  await Promise.all([
    mkdir(home),
    mkdir(runnerTemp),
    mkdir(join(temp, 'commands')),
    writeFile(eventPath, JSON.stringify(event)),
  ])
  const pull = (event as { pull_request?: { number: number; head?: { ref?: string }; base?: { ref?: string } } })
    .pull_request
  const refName = pull === undefined ? 'main' : `${pull.number}/merge`
  const environment: Record<string, string> = {
    PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'http://127.0.0.1:9', // nothing listens there: a test that needs the API brings its own
    GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_BASE_REF: pull?.base?.ref ?? '',
    GITHUB_HEAD_REF: pull?.head?.ref ?? '',
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_JOB: 'deploy',
    GITHUB_REF: pull === undefined ? 'refs/heads/main' : `refs/pull/${refName}`,
    GITHUB_REF_NAME: refName,
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: 'octocat/shop',
    GITHUB_REPOSITORY_OWNER: 'octocat',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '4242',
    GITHUB_RUN_NUMBER: '7',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_WORKFLOW: 'Deploy',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: arch().toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'harness',
    RUNNER_OS: platform() === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_TEMP: runnerTemp,
    RUNNER_TOOL_CACHE: join(temp, 'tools'),
    ...env,
  }
  const given = lowerKeys(inputs)
  for (const [name, declared] of Object.entries(action.inputs)) {
    const fallback = declared?.default
    const value =
      given[name.toLowerCase()] ?? (fallback === undefined ? undefined : evaluate(scalar(fallback), environment))
    if (value !== undefined) environment[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value
  }
  return environment
}

function lowerKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]))
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** `${{ github.NAME }}` of a default value: the context has the same words as the variables, and the token. */
function evaluate(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const name = /^github\.(\w+)$/.exec(expression)?.[1]
    if (name === undefined) throw new Error(`action.yml: the expression ${expression} of a default is not understood`)
    return environment[`GITHUB_${name.toUpperCase()}`] ?? ''
  })
}

// ---- the process, its commands and its files

const FILES = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'] as const
const SUMMARY_LIMIT = 1024 * 1024

interface RunningPhase extends Omit<RunningAction, 'result'> {
  readonly ended: Promise<Phase>
}

class Runner {
  readonly annotations: Annotation[] = []
  readonly masks: string[] = []
  readonly log: string[] = []
  private readonly temp: string
  private outputs: Record<string, string> = {}
  private state: Record<string, string> = {}
  private stopToken: string | undefined

  constructor(temp: string) {
    this.temp = temp
  }

  async start(script: string, environment: Readonly<Record<string, string>>): Promise<RunningPhase> {
    const files = Object.fromEntries(FILES.map((name) => [`GITHUB_${name}`, this.file(name)]))
    await Promise.all(Object.values(files).map((path) => writeFile(path, '')))
    this.outputs = {}
    this.stopToken = undefined
    const child = spawn(process.execPath, [script], {
      cwd: environment['GITHUB_WORKSPACE'],
      env: { ...environment, ...files },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return this.follow(child, basename(script))
  }

  private follow(child: ChildProcessByStdio<null, Readable, Readable>, name: string): RunningPhase {
    const started = performance.now()
    const texts = { stdout: '', stderr: '' }
    const watchers = new Set<() => void>()
    const lines = new Map<string, string>()
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8')
      child[stream].on('data', (text: string) => {
        texts[stream] += text
        const parts = `${lines.get(stream) ?? ''}${text}`.split(/\r?\n/)
        lines.set(stream, parts.pop() ?? '')
        for (const line of parts) this.readLine(line)
        for (const watcher of watchers) watcher()
      })
    }
    const closed = new Promise<void>((resolve) =>
      child.once('close', () => {
        resolve()
      }),
    )
    const ended = new Promise<Phase>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => {
        const milliseconds = performance.now() - started
        // What it started may hold the streams open; the runner waits five seconds for them.
        void Promise.race([closed, sleep(5000, undefined, { ref: false })]).then(() => {
          for (const rest of lines.values()) if (rest !== '') this.readLine(rest)
          for (const watcher of watchers) watcher()
          child.stdout.destroy()
          child.stderr.destroy()
          resolve({ exitCode: code ?? -1, ...texts, milliseconds })
        })
      })
    })
    const isRunning = () => child.exitCode === null && child.signalCode === null
    const signal = (which: NodeJS.Signals) => {
      if (isRunning()) child.kill(which)
    }
    return {
      ended,
      signal,
      cancel: () => {
        signal('SIGINT')
        const terminate = setTimeout(() => {
          signal('SIGTERM')
        }, 7500)
        const kill = setTimeout(() => {
          signal('SIGKILL')
        }, 10_000)
        void ended.finally(() => {
          clearTimeout(terminate)
          clearTimeout(kill)
        })
      },
      waitFor: (pattern) =>
        new Promise((resolve, reject) => {
          const watcher = () => {
            if (pattern.test(texts.stdout) || pattern.test(texts.stderr)) resolve()
            else if (isRunning()) return
            else reject(new Error(`${name} ended without ${String(pattern)}:\n${texts.stdout}${texts.stderr}`))
            watchers.delete(watcher)
          }
          watchers.add(watcher)
          watcher()
        }),
    }
  }

  /** One line of either stream: a workflow command is carried out, anything else is shown. */
  private readLine(line: string): void {
    const command = parseCommand(line)
    if (this.stopToken !== undefined) {
      if (command?.name === this.stopToken) this.stopToken = undefined
      this.show(line)
      return
    }
    if (command === undefined || !this.carryOut(command)) this.show(line)
  }

  private carryOut({ name, properties, message }: Command): boolean {
    switch (name) {
      case 'error':
      case 'warning':
      case 'notice': {
        const { title, file, line } = properties
        this.annotations.push({
          level: name,
          message: this.masked(message),
          ...(title === undefined ? {} : { title }),
          ...(file === undefined ? {} : { file }),
          ...(line === undefined ? {} : { line: Number(line) }),
        })
        this.show(`##[${name}]${message}`)
        return true
      }
      case 'add-mask':
        if (message.trim() !== '')
          this.masks.push(message, ...message.split(/\r?\n/).filter((part) => part.trim() !== ''))
        this.show('::add-mask::***')
        return true
      case 'stop-commands':
        this.stopToken = message
        this.show(`::stop-commands::${message}`)
        return true
      case 'set-output':
        if (properties['name'] !== undefined) this.outputs[properties['name']] = message
        return true
      case 'save-state':
        if (properties['name'] !== undefined) this.state[properties['name']] = message
        return true
      case 'group':
      case 'endgroup':
      case 'debug':
        this.show(`##[${name}]${message}`)
        return true
      case 'echo':
      case 'add-matcher':
      case 'remove-matcher':
        return true
      default:
        return false
    }
  }

  private show(line: string): void {
    this.log.push(this.masked(line))
  }

  private masked(text: string): string {
    return this.masks.reduce((result, secret) => result.replaceAll(secret, '***'), text)
  }

  private file(name: string): string {
    return join(this.temp, 'commands', name)
  }

  /** Reads the files that the phase wrote. A file that cannot be read fails the step, as on GitHub. */
  async collect(phase: Phase) {
    let { exitCode } = phase
    const fail = (message: string) => {
      this.annotations.push({ level: 'error', message })
      this.show(`##[error]${message}`)
      exitCode = exitCode === 0 ? 1 : exitCode
    }
    const pairs = async (name: string): Promise<Record<string, string>> => {
      try {
        return parseFileCommands(await readFile(this.file(name), 'utf8'))
      } catch (error) {
        fail(`Unable to process file command '${name.toLowerCase()}' successfully. ${(error as Error).message}`)
        return {}
      }
    }
    this.outputs = { ...this.outputs, ...(await pairs('OUTPUT')) }
    this.state = { ...this.state, ...(await pairs('STATE')) }
    const { NODE_OPTIONS: nodeOptions, ...exported } = await pairs('ENV')
    if (nodeOptions !== undefined) fail("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
    const path = (await readFile(this.file('PATH'), 'utf8')).split(/\r?\n/).filter((line) => line !== '')
    let summary = await readFile(this.file('STEP_SUMMARY'), 'utf8')
    if (Buffer.byteLength(summary) > SUMMARY_LIMIT) {
      const size = Math.ceil(Buffer.byteLength(summary) / 1024)
      this.annotations.push({
        level: 'error',
        message: `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${size}k.`,
      })
      summary = ''
    }
    return { exitCode, outputs: this.outputs, state: this.state, exported, path, summary: this.masked(summary) }
  }
}

interface Command {
  readonly name: string
  readonly properties: Readonly<Record<string, string | undefined>>
  readonly message: string
}

/** `::name key=value,key=value::message`, and the older `##[name key=value;key=value]message`, which counts anywhere in a line. */
export function parseCommand(line: string): Command | undefined {
  const trimmed = line.trimStart()
  const match = /^::([^\s:]+)(?:\s+(.*?))?::([^]*)$/.exec(trimmed)
  if (match !== null) {
    const [, name = '', properties = '', message = ''] = match
    return {
      name: name.toLowerCase(),
      properties: parseProperties(properties, ',', unescapeProperty),
      message: unescape(message),
    }
  }
  const old = /##\[([^\s\]]+)(?:\s+([^\]]*))?\]([^]*)$/.exec(line)
  if (old === null) return undefined
  const [, name = '', properties = '', message = ''] = old
  return {
    name: name.toLowerCase(),
    properties: parseProperties(properties, ';', unescapeOld),
    message: unescapeOld(message),
  }
}

function parseProperties(text: string, separator: string, decode: (value: string) => string): Record<string, string> {
  const pairs = text.split(separator).flatMap((part): [string, string][] => {
    const index = part.indexOf('=')
    return index < 1 ? [] : [[part.slice(0, index).trim(), decode(part.slice(index + 1))]]
  })
  return Object.fromEntries(pairs)
}

function unescape(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}

function unescapeProperty(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}

function unescapeOld(text: string): string {
  return text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%25', '%')
}

/** `name=value` and `name<<DELIMITER … DELIMITER`, as GITHUB_OUTPUT, GITHUB_STATE and GITHUB_ENV have them. */
export function parseFileCommands(text: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new Error(`Invalid format '${line}'. Name must not be empty`)
      pairs[line.slice(0, equals)] = line.slice(equals + 1)
    } else if (heredoc >= 0) {
      const name = line.slice(0, heredoc)
      const mark = line.slice(heredoc + 2)
      if (name === '' || mark === '') {
        throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
      }
      const endIndex = lines.indexOf(mark, index + 1)
      if (endIndex < 0) throw new Error(`Invalid value. Matching delimiter not found '${mark}'`)
      pairs[name] = lines.slice(index + 1, endIndex).join('\n')
      index = endIndex
    } else {
      throw new Error(`Invalid format '${line}'`)
    }
  }
  return pairs
}
