import { cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import type { Builder, BuilderFacts, Toolchain } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { withoutCredentials } from './credentials.ts'
import { resolutionFailure } from './failure.ts'
import type { RequirementsFile } from './files.ts'
import { type PipOption, uvOptions } from './pip-options.ts'
import { isPublicOnly } from './public-index.ts'
import { isRepository, requirementText } from './requirement.ts'
import type { Entry } from './requirements-list.ts'

/** What is to be resolved. */
export interface Request {
  /** For messages. */
  readonly manifest: string
  readonly entries: readonly Entry[]
  readonly constraints: readonly Entry[]
  readonly options: readonly PipOption[]
  /** Lines that only uv reads. */
  readonly remoteFiles: readonly string[]
  /** What the entries were read from, so that a failure can name a line. */
  readonly files: readonly RequirementsFile[]
  /** Projects of this machine that must be built to tell what they need; normalised names. */
  readonly local: readonly string[]
  /** Texts besides the entries that can change the answer: of local projects that must be built to tell what they need. */
  readonly texts: readonly string[]
}

export interface Collaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  /** The process's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What uv wrote, and whether an earlier build asked it. */
export interface Resolution {
  readonly text: string
  readonly isKept: boolean
}

/** Asks uv once: the answer is kept for as long as nothing changes that it depends on. @throws UserError in uv's words */
export async function resolve(request: Request, collaborators: Collaborators): Promise<Resolution> {
  const { toolchain, store, report, environment } = collaborators
  const key = keyOf('resolution 1', targetOptions(toolchain), inputsOf(request), settingsOfIndexes(environment))
  const kept = await readRecord<{ text: string }>(store, 'resolutions', key)
  if (kept) return { text: kept.text, isKept: true }
  report.progress('resolving the requirements')
  // uv asks repositories by git, which the image of a builder has only where it is asked for.
  const builder = await toolchain.open(/\bgit\+/.test(JSON.stringify(request)) ? ['git'] : [])
  const text = withoutCredentials(await compile(request, builder, environment))
  const asked = request.options.flatMap(({ name, value }) => [name, value])
  const isPrivate = !(await isPublicOnly([...asked, ...text.split(/\s+/)], environment))
  await writeRecord(store, 'resolutions', key, { text }, { isPrivate })
  return { text, isKept: false }
}

/** Only these options of the target and of the builder can change which distributions are chosen. */
function targetOptions({
  kind,
  target,
  pythonVersion,
}: Pick<BuilderFacts, 'kind' | 'target' | 'pythonVersion'>): string[] {
  const wheelsOnly = kind === 'host' ? ['--only-binary', ':all:'] : []
  // The full version: `--python-version 3.13` would mean 3.13.0, which some distributions exclude.
  return ['--python-platform', target.uvPlatform, '--python-version', pythonVersion, ...wheelsOnly]
}

function inputsOf({ entries, constraints, options, remoteFiles, texts }: Request): unknown {
  const plain = (list: readonly Entry[]): unknown =>
    list.map((entry) => withoutCredentials(JSON.stringify({ ...entry, location: undefined })))
  return [
    plain(entries),
    plain(constraints),
    options.map(({ name, value }) => `${name} ${withoutCredentials(value)}`),
    remoteFiles.map(withoutCredentials),
    texts,
  ]
}

/** Variables of pip and uv, apart from those that only say who asks and how long it may take. */
function settingsOfIndexes(environment: Collaborators['environment']): readonly string[] {
  return Object.entries(environment)
    .filter(
      ([name]) =>
        /^(?:PIP|UV)_/.test(name) &&
        !/USERNAME|PASSWORD|TOKEN|CACHE|TIMEOUT|RETRIES|CERT|PROGRESS|COLOR|PUBLISH/.test(name),
    )
    .map(([name, value]) => `${name}=${withoutCredentials(value ?? '')}`)
    .toSorted()
}

async function compile(request: Request, builder: Builder, environment: Collaborators['environment']): Promise<string> {
  const staging = await mkdtemp(join(tmpdir(), 'wsgi-lambda-manifest-'))
  try {
    const command = await stage(request, staging, builder)
    await builder.put(staging, 'manifest')
    const { exitCode, stdout, stderr } = await builder.run(command, { env: referenced(request, environment) })
    if (exitCode !== 0) throw resolutionFailure(stderr, builder, request.files)
    return stdout
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** Writes what uv reads into a folder. @returns the command */
async function stage(request: Request, staging: string, builder: Builder): Promise<string[]> {
  const options = await Promise.all(
    request.options.map((option, index) => stagedOption(option, index, staging, builder)),
  )
  const { lines, words } = uvOptions(options)
  const entries = await Promise.all(request.entries.map((entry, index) => lineOf(entry, index, staging, builder)))
  await writeFile(join(staging, 'requirements.in'), [...lines, ...request.remoteFiles, ...entries, ''].join('\n'))
  const constraints = request.constraints.map(constraintLine)
  await writeFile(join(staging, 'constraints.txt'), [...constraints, ''].join('\n'))
  const command = [await builder.uv(), 'pip', 'compile', 'manifest/requirements.in']
  const limits = constraints.length > 0 ? ['--constraints', 'manifest/constraints.txt'] : []
  // What they need can be told without compiling, and they come from the user.
  const local = builder.kind === 'host' ? request.local.flatMap((name) => ['--no-binary', name]) : []
  const output = ['--generate-hashes', '--no-header', '--annotation-style', 'split', '--no-progress']
  return [...command, ...limits, ...output, ...words, ...targetOptions(builder), ...local, '--python', builder.python]
}

/** Files of this machine are none of a container's. */
async function stagedOption(option: PipOption, index: number, staging: string, builder: Builder): Promise<PipOption> {
  if (option.name !== '--find-links' || !isAbsolute(option.value) || builder.kind === 'host') return option
  await cp(option.value, join(staging, 'links', String(index)), { recursive: true })
  return { ...option, value: `${builder.workspace}/manifest/links/${index}` }
}

/** What a local project is called in the workspace: uv's answer has the path. */
const LOCAL = /manifest\/local\/(\d+)(?:\/|$|#|\?)/

/** The index of the entry that an address in uv's answer stands for. */
export function localEntry(url: string): number | undefined {
  const index = LOCAL.exec(url)?.[1]
  return index === undefined ? undefined : Number(index)
}

const NEVER_BUILT = new Set(['.git', '.venv', 'venv', 'node_modules', '__pycache__', '.tox', '.wsgi-lambda'])

async function lineOf(entry: Entry, index: number, staging: string, builder: Builder): Promise<string> {
  if (entry.path === undefined) return requirementLine(entry)
  const folder = join(staging, 'local', String(index))
  await mkdir(folder, { recursive: true })
  const isFolder = (await stat(entry.path)).isDirectory()
  const target = isFolder ? folder : join(folder, basename(entry.path))
  await cp(entry.path, target, { recursive: true, filter: (file) => !NEVER_BUILT.has(basename(file)) })
  const path = `${builder.workspace}/manifest/local/${index}${isFolder ? '' : `/${basename(entry.path)}`}`
  const extras = entry.extras.length > 0 ? `[${entry.extras.join(',')}]` : ''
  const marker = entry.marker === undefined ? '' : ` ; ${entry.marker}`
  return entry.name === undefined ? `${path}${extras}${marker}` : `${entry.name}${extras} @ file://${path}${marker}`
}

function requirementLine(entry: Entry): string {
  const { name, url, specifier, marker, location } = entry
  if (specifier.includes('||')) {
    throw new UserError({
      title: `${location.file}, line ${location.line}: ${name ?? ''} has alternatives (${specifier}), which only a lock can answer`,
      hint: 'Make a lock: poetry lock.',
      location,
    })
  }
  if (name !== undefined) return requirementText({ ...entry, name })
  return `${url ?? ''}${marker === undefined ? '' : ` ; ${marker}`}`
}

function constraintLine({ name = '', specifier, url, marker }: Entry): string {
  return requirementText({ name, extras: [], specifier, url, marker })
}

/** Variables that addresses name as `${NAME}`: uv fills them in. */
function referenced(
  { entries, options, remoteFiles }: Request,
  environment: Collaborators['environment'],
): Record<string, string> {
  const texts = [...entries.map(({ url }) => url ?? ''), ...options.map(({ value }) => value), ...remoteFiles]
  const names = texts.flatMap((text) => [...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name = '']) => name))
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  )
}

/** A repository's address as it was written (credentials, `${NAME}`s), at the commit that uv found. */
export function atCommit(written: string, resolved: string): string {
  const commit = /@([0-9a-f]{40})(?:#|$)/.exec(resolved)?.[1]
  if (!isRepository(written) || commit === undefined) return written
  // What names a branch stands behind the path; a user stands before the host.
  const [, address, fragment = ''] = /^(\w+\+[a-z+]+:\/\/[^/]*\/[^@#]*)(?:@[^#]*)?(#.*)?$/.exec(written) ?? []
  return address === undefined ? written : `${address}@${commit}${fragment}`
}
