import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import { sha256Of } from '../store/hash.ts'
import { type ContextFile, contextFiles } from './docker-context.ts'
import { type Engine, engineCall } from './docker-engine.ts'
import { diskFull, lastLines, messageOf, saysDiskFull, stepAdvice } from './docker-errors.ts'
import { imageIfThere } from './docker-pull.ts'
import type { RunProcess } from './process.ts'

const REPOSITORY = 'wsgi-lambda-dockerfile'
const BUILD_MINUTES = 60

export interface Dockerfile {
  /** Setting `dockerfile`, absolute. Its folder is the context. */
  readonly file: string
  /** Setting `docker-build-args`. */
  readonly buildArgs: Readonly<Record<string, string>>
  /** Setting `docker-secrets`, read. */
  readonly secrets: ReadonlyMap<string, Buffer>
  /** Setting `docker-ssh`. */
  readonly isWithSsh: boolean
  readonly run: RunProcess
  /** The process's variables, for the docker command. */
  readonly environment: Readonly<Record<string, string>>
}

export interface MadeImage {
  readonly tag: string
  /** Of all that it was made from: the same on every machine. */
  readonly key: string
}

/**
 * The image of a Dockerfile: the one that was made of the same files and arguments before, else a new one. The docker
 * command with BuildKit makes it where there is one, since only it takes secrets and the SSH agent; else the engine itself.
 *
 * @throws UserError when the build fails, or needs what is not there
 */
export async function ensureDockerfileImage(
  engine: Engine,
  target: Target,
  dockerfile: Dockerfile,
  report: Reporter,
): Promise<MadeImage> {
  const { file } = dockerfile
  if (!(await stat(file).catch(() => undefined))?.isFile())
    throw new UserError(
      { title: `dockerfile: ${file} is not a file`, hint: 'The path is relative to the project.' },
      { exitCode: 2 },
    )
  const files = await contextFiles(dirname(file))
  const key = await dockerfileKey(target, dockerfile, files)
  const tag = `${REPOSITORY}:${key}`
  if (await imageIfThere(engine, tag)) return { tag, key }
  await report.phase(`Build ${basename(file)}`, async () => {
    const command = await buildKitCommand(dockerfile, engine)
    if (command) await buildByCommand(command, tag, target, dockerfile, engine, report)
    else await buildByEngine(engine, tag, target, dockerfile, files, report)
  })
  return { tag, key }
}

/** Of the content of all that can change the image; what secrets hold is in no key. */
async function dockerfileKey(
  { architecture }: Target,
  { file, buildArgs, secrets }: Dockerfile,
  files: readonly ContextFile[],
): Promise<string> {
  const parts = [architecture, basename(file), Object.entries(buildArgs).sort(), [...secrets.keys()].sort()]
  const hash = createHash('sha256').update(JSON.stringify(parts))
  hash.update(await readFile(file))
  for (const { path, file: content } of files) {
    hash.update(`\0${path}\0`).update(await sha256Of(content))
  }
  return hash.digest('hex').slice(0, 32)
}

interface BuildCommand {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The docker command, where it has BuildKit: as a plugin, or within itself up to version 22. */
async function buildKitCommand({ run, environment }: Dockerfile, engine: Engine): Promise<BuildCommand | undefined> {
  // For the engine that was found, whatever context the command is set to.
  const env = { ...environment, DOCKER_HOST: engine.address, DOCKER_BUILDKIT: '1' }
  const ask = (...args: string[]) => run(['docker', ...args], { cwd: '/', env }).catch(() => undefined)
  if ((await ask('buildx', 'version'))?.exitCode === 0)
    return { command: ['docker', 'buildx', 'build', '--builder', 'default', '--load', '--progress', 'plain'], env }
  const version = (await ask('version', '--format', '{{.Client.Version}}'))?.stdout ?? ''
  const major = Number.parseInt(version, 10)
  return major >= 19 && major < 23 ? { command: ['docker', 'build', '--progress', 'plain'], env } : undefined
}

async function buildByCommand(
  { command, env }: BuildCommand,
  tag: string,
  { architecture }: Target,
  { file, buildArgs, secrets, isWithSsh, run }: Dockerfile,
  engine: Engine,
  report: Reporter,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-secrets-'))
  try {
    for (const [id, content] of secrets) await writeFile(join(folder, id), content, { mode: 0o600 })
    const given = argumentsOf(buildArgs)
    const options = [
      ...['--platform', platformOf(architecture), '--tag', tag, '--file', file],
      ...given.options,
      ...[...secrets.keys()].flatMap((id) => ['--secret', `id=${id},src=${join(folder, id)}`]),
      ...(isWithSsh ? ['--ssh', 'default'] : []),
    ]
    const { exitCode, stdout, stderr } = await run([...command, ...options, dirname(file)], {
      cwd: dirname(file),
      env: { ...env, ...given.env },
      onLine: follow(report),
    })
    if (exitCode !== 0) throw buildFailure(file, `${stdout}\n${stderr}`)
    if (!(await imageIfThere(engine, tag)))
      throw buildFailure(file, `The docker command made no image at ${engine.address}.`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the docker command heeds itself: another program or another engine would be what runs. */
const HEEDED = new RegExp(
  `^(?:${[
    ...[
      'PATH',
      'HOME',
      'TMPDIR',
      'GODEBUG',
      '(?:LD|DYLD|BUILDX|BUILDKIT|XDG)_.*',
      'SSL_CERT_.*',
      'SSH_(?:AUTH_SOCK|ASKPASS)',
    ],
    'DOCKER_(?:HOST|CONFIG|CONTEXT|CERT_PATH|TLS.*|API_VERSION|BUILDKIT|DEFAULT_PLATFORM|CUSTOM_HEADERS|CLI_.*)',
    'GIT_(?:EXEC_PATH|SSH|SSH_COMMAND|ASKPASS|PROXY_COMMAND|CONFIG.*|DIR|WORK_TREE|TRACE.*)',
  ].join('|')})$`,
  'i',
)

/** Values by the environment, since everybody may read a command, but for names that mean something to it. */
export function argumentsOf(buildArgs: Readonly<Record<string, string>>): {
  readonly options: readonly string[]
  readonly env: Readonly<Record<string, string>>
} {
  const all = Object.entries(buildArgs)
  return {
    options: all.flatMap(([name, value]) => ['--build-arg', HEEDED.test(name) ? `${name}=${value}` : name]),
    env: Object.fromEntries(all.filter(([name]) => !HEEDED.test(name))),
  }
}

async function buildByEngine(
  engine: Engine,
  tag: string,
  { architecture }: Target,
  { file, buildArgs, secrets, isWithSsh }: Dockerfile,
  files: readonly ContextFile[],
  report: Reporter,
): Promise<void> {
  if (/^\s*RUN\b.*--mount=type=(?:secret|ssh)/m.test(await readFile(file, 'utf8')) && (secrets.size > 0 || isWithSsh))
    throw new UserError({
      title: `${basename(file)} mounts a secret or the SSH agent, which needs the docker command with BuildKit`,
      detail: 'Only that command hands them over; the engine itself was found without it.',
      hint: 'Install the docker command with its buildx plugin on this machine.',
    })
  const archive = pack()
  const packing = packContext(archive, files, file)
  const stream = await engineCall(
    engine,
    `build ${basename(file)}`,
    () =>
      engine.docker.buildImage(archive as unknown as NodeJS.ReadableStream, {
        t: tag,
        dockerfile: basename(file),
        buildargs: { ...buildArgs },
        platform: platformOf(architecture),
        rm: true,
        forcerm: true,
      }),
    BUILD_MINUTES * 60,
  )
  await packing
  const said: string[] = []
  let failure: string | undefined
  await new Promise<void>((resolve, reject) => {
    engine.docker.modem.followProgress(
      stream,
      (error: Error | null) => {
        if (error) reject(error)
        else resolve()
      },
      (record: { readonly stream?: string; readonly error?: string }) => {
        failure ??= record.error
        const line = (record.stream ?? record.error ?? '').trim()
        if (line === '') return
        said.push(line)
        follow(report)(line)
      },
    )
  }).catch((error: unknown) => {
    failure ??= messageOf(error)
  })
  if (failure !== undefined) throw buildFailure(file, said.join('\n'))
}

/** Whatever is ignored, an engine gets the Dockerfile. */
async function packContext(archive: Pack, files: readonly ContextFile[], dockerfile: string): Promise<void> {
  const all = new Map([[basename(dockerfile), dockerfile], ...files.map(({ path, file }) => [path, file] as const)])
  try {
    for (const [name, file] of all) {
      const { size, mode } = await stat(file)
      await pipeline(createReadStream(file), archive.entry({ name, size, mode: mode & 0o777 }))
    }
    archive.finalize()
  } catch (error) {
    archive.destroy(error as Error) // Not finalized, the engine would wait for the rest for ever.
  }
}

const platformOf = (architecture: Target['architecture']): string =>
  architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64'

const follow = (report: Reporter) => (line: string) => {
  report.progress(line)
  report.debug(line)
}

function buildFailure(file: string, output: string): UserError {
  if (saysDiskFull(output)) return diskFull(lastLines(output))
  return new UserError({
    title: `${basename(file)} could not be built`,
    detail: lastLines(output),
    hint: /requires BuildKit/i.test(output)
      ? 'It uses what only BuildKit has (RUN --mount): install the docker command with its buildx plugin on this machine.'
      : stepAdvice(output),
    output,
  })
}
