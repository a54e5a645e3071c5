import { copyFile, mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, posix } from 'node:path'
import { UserError } from '../errors.ts'
import { withoutCredentials } from '../requirements/credentials.ts'
import type { Pin, PinSource } from '../requirements/pins.ts'
import { type Bench, listFolder, nameOf } from './bench.ts'
import { runPip } from './pip.ts'
import { indexLines, requirementLine } from './requirement-lines.ts'

/** A file of a local distribution. */
export interface ProjectFile {
  /** Relative to the folder that was listed, with `/`. */
  readonly path: string
  /** Absolute. */
  readonly file: string
  readonly mode: 0o644 | 0o755
}

/** The folder of the workspace that holds the Python of `docker/`. */
export const SCRIPTS_FOLDER = 'wheel-tools'

/** Whether it comes from a repository that git clones. */
export function isRepository(source: PinSource): boolean {
  return source.kind === 'url' && source.url.startsWith('git+')
}

/** No dependencies, no questions, no advertisement of a newer pip. */
const QUIETLY = ['--no-deps', '--no-input', '--disable-pip-version-check'] as const

interface Fetching extends Bench {
  readonly pipOptions: readonly string[]
  readonly listFiles: (folder: string) => Promise<readonly ProjectFile[]>
}

/** An archive or a folder, relative to the workspace, and the folder that it stands in; or what failed. */
type Fetched = { readonly path: string; readonly folder: string } | { readonly output: string }

/** Brings the source of a pin into the builder's workspace. @throws UserError for a repository that is not git's. */
export async function fetchSource(pin: Pin, fetching: Fetching): Promise<Fetched> {
  const { source } = pin
  if (source.kind === 'local') return await bringLocal(source.path, fetching)
  if (isRepository(source)) return await cloneRepository(pin, source.kind === 'url' ? source.url : '', fetching)
  if (source.kind === 'url' && /^(?:hg|svn|bzr)\+/.test(source.url)) {
    throw new UserError({
      title: `${nameOf(pin)} comes from a repository that is not git's`,
      detail: withoutCredentials(source.url),
      hint: 'Name an archive of it, or a mirror by git.',
      location: pin.location,
    })
  }
  return await download(pin, fetching)
}

async function download(pin: Pin, { builder, run, pipOptions, temporary, workFolder }: Fetching): Promise<Fetched> {
  const { source } = pin
  const folder = `${workFolder}/source`
  const lines = [...indexLines(pipOptions, source), requirementLine(pin)]
  const requirements = await bringText(lines.join('\n'), `${workFolder}/request`, { builder, temporary })
  // `:all:` would build everything that the build requires from its source too.
  const which = source.kind === 'index' ? ['--no-binary', pin.name] : []
  const { exitCode, stdout, stderr } = await runPip(
    [...['download', ...QUIETLY, ...which], ...['--dest', folder, '--requirement', requirements]],
    builder,
    { run },
  )
  if (exitCode !== 0) return { output: `${stdout}\n${stderr}` }
  const [file = ''] = await listFolder(folder, builder)
  return { path: `${folder}/${file}`, folder }
}

async function cloneRepository(
  pin: Pin,
  url: string,
  { builder, run, temporary, workFolder }: Fetching,
): Promise<Fetched> {
  const folder = `${workFolder}/source`
  const address = await bringText(url, `${workFolder}/request`, { builder, temporary })
  const script = `${SCRIPTS_FOLDER}/fetch_repository.py`
  const { exitCode, stdout, stderr } = await run([builder.python, '-I', script, address, folder])
  if (exitCode !== 0) return { output: `${stdout}\n${stderr}` }
  const subdirectory = new URLSearchParams(url.split('#')[1] ?? '').get('subdirectory') ?? '.'
  return { path: posix.join(folder, inside(subdirectory, pin)), folder }
}

function inside(subdirectory: string, pin: Pin): string {
  const normal = posix.normalize(subdirectory)
  if (!normal.startsWith('..') && !posix.isAbsolute(normal)) return normal
  throw new UserError({
    title: `${nameOf(pin)}: its subdirectory leads out of its repository`,
    detail: `#subdirectory=${subdirectory}`,
    location: pin.location,
  })
}

async function bringLocal(path: string, { builder, temporary, workFolder, listFiles }: Fetching): Promise<Fetched> {
  const folder = `${workFolder}/source`
  const staging = await mkdtemp(join(temporary, 'local-'))
  const isArchive = (await stat(path)).isFile()
  const files = isArchive ? [{ path: basename(path), file: path }] : await listFiles(path)
  for (const { path: name, file } of files) {
    await mkdir(dirname(join(staging, name)), { recursive: true })
    await copyFile(file, join(staging, name))
  }
  await builder.put(staging, folder)
  return { path: isArchive ? `${folder}/${basename(path)}` : folder, folder }
}

interface Building extends Bench {
  readonly pipOptions: readonly string[]
  readonly buildConstraints: readonly string[]
  readonly dockerEnv: Readonly<Record<string, string>>
}

/** Builds a wheel of an archive or a folder, isolated as PEP 517 says. */
export async function pipWheel(
  pin: Pin,
  path: string,
  { builder, run, temporary, workFolder, pipOptions, buildConstraints, dockerEnv }: Building,
): Promise<{ readonly folder: string } | { readonly output: string }> {
  const folder = `${workFolder}/built`
  const input = `${workFolder}/build`
  const lines = [...indexLines(pipOptions), `./${path}`]
  const requirements = await bringText(lines.join('\n'), `${input}/request`, { builder, temporary })
  const constraints = await bringText(buildConstraints.join('\n'), `${input}/constraints`, { builder, temporary })
  const env = {
    SOURCE_DATE_EPOCH: BUILD_DATE,
    ...knownVersion(pin),
    ...(buildConstraints.length > 0 ? constrained(posix.join(builder.workspace, constraints)) : {}),
    ...dockerEnv,
  }
  const { exitCode, stdout, stderr } = await runPip(
    ['wheel', ...QUIETLY, '--no-cache-dir', '--wheel-dir', folder, '--requirement', requirements],
    builder,
    { run, env },
  )
  return exitCode === 0 ? { folder } : { output: `${stdout}\n${stderr}` }
}

/** 2000-01-01, for builds that write a date: after 1980, which zip cannot go behind. */
const BUILD_DATE = '946684800'

/** pip 25.3 has an option for what builds require; before it, their pip read the general one. */
const constrained = (file: string): Record<string, string> => ({ PIP_CONSTRAINT: file, PIP_BUILD_CONSTRAINT: file })

/** A folder comes without its history, which some build backends read the version from. */
function knownVersion({ version, source }: Pin): Record<string, string> {
  if (source.kind !== 'local' || version === undefined) return {}
  return { SETUPTOOLS_SCM_PRETEND_VERSION: version, PDM_BUILD_SCM_VERSION: version }
}

/** A text as a file of the workspace: what may hold credentials stands in no command. @returns its path */
async function bringText(
  text: string,
  folder: string,
  { builder, temporary }: Pick<Bench, 'builder' | 'temporary'>,
): Promise<string> {
  const staging = await mkdtemp(join(temporary, 'text-'))
  await writeFile(join(staging, 'input.txt'), `${text}\n`, { mode: 0o600 })
  await builder.put(staging, folder)
  return `${folder}/input.txt`
}
