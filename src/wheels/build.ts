import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Builder, Equipment, Toolchain } from '../builder/builder.ts'
import { equipmentRecipe } from '../builder/docker-setup.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { withoutCredentials } from '../requirements/credentials.ts'
import type { Pin } from '../requirements/pins.ts'
import { isPublicPin, otherIndexes } from '../requirements/public-index.ts'
import { sha256Of } from '../store/hash.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { KeepOptions, Store } from '../store/store.ts'
import { type Bench, nameOf, type Run } from './bench.ts'
import { buildProblem, equipmentWanted } from './build-failure.ts'
import { equipmentFor, type Source } from './build-needs.ts'
import { fetchSource, isRepository, type ProjectFile, pipWheel, SCRIPTS_FOLDER } from './build-source.ts'
import { type Attempt, completeWheel, hostRefusal, lastLine, parseWheelName } from './complete-wheel.ts'

/** A wheel that was built since none is published for the target. */
export interface BuiltWheel {
  /** Normalised, PEP 503. */
  readonly name: string
  /** PEP 440. */
  readonly version: string
  /** As PEP 427 writes it: the file in the store has another name. */
  readonly filename: string
  readonly sha256: string
  /** The file in the store. */
  readonly path: string
}

export interface WheelBuildOptions {
  /** Options of pip that decide where distributions come from, as in `Pins`. */
  readonly pipOptions: readonly string[]
  /** Constraints on what builds require, a requirement each. */
  readonly buildConstraints: readonly string[]
  /** Setting `docker-env`, which compilers read. */
  readonly dockerEnv: Readonly<Record<string, string>>
}

export interface WheelBuildCollaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  /** The process's variables, which may name an index. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
  /** The files of a local distribution, as git would keep them. */
  readonly listFiles: (folder: string) => Promise<readonly ProjectFile[]>
}

/** Part of every key: raise it when another wheel would come out of the same input. */
const WHEEL_FORMAT = 2
/** What of `docker/` can change a wheel. */
const RECIPE_FILES = ['fetch_repository.py', 'describe_source.py', 'build-tools.txt', 'equip.sh'] as const

/**
 * Wheels for pins that have none: from the store where they were built before, else built, and made whole with the shared
 * libraries that the runtime lacks. The toolchain is opened only when something is to be built; compilers come to its
 * image only when something is to be compiled.
 *
 * @returns the wheels by the names of the pins
 * @throws UserError when one cannot be built, or needs a newer C library than the target's
 */
export async function buildWheels(
  pins: readonly Pin[],
  options: WheelBuildOptions,
  collaborators: WheelBuildCollaborators,
): Promise<ReadonlyMap<string, BuiltWheel>> {
  const wheels = new Map<string, BuiltWheel>()
  const missing: Work[] = []
  const indexes = await otherIndexes(options.pipOptions, collaborators.environment)
  for (const pin of pins) {
    const key = await wheelKey(pin, { ...options, indexes }, collaborators)
    const kept = await findBuilt(key, collaborators.store)
    if (kept) wheels.set(pin.name, kept)
    else missing.push({ pin, key })
  }
  if (missing.length === 0) return wheels
  const { target } = collaborators.toolchain
  await collaborators.report.phase(
    `Build ${missing.map(({ pin }) => nameOf(pin)).join(', ')} for ${target.runtime} on ${target.architecture}`,
    async () => {
      const failures: UserError[] = []
      for (const work of missing) {
        try {
          wheels.set(work.pin.name, await buildWheel(work, options, collaborators))
        } catch (error) {
          if (!(error instanceof UserError)) throw error
          failures.push(error) // The others are tried too, so that all that is missing is named at once.
        }
      }
      if (failures.length > 0) throw together(failures)
    },
  )
  return wheels
}

function together(failures: readonly UserError[]): UserError {
  const [first] = failures
  if (first !== undefined && failures.length === 1) return first
  return new UserError({
    title: `${failures.length} distributions could not be built`,
    detail: failures.map(({ title, detail, hint }) => [title, detail, hint].filter(Boolean).join('\n')).join('\n\n'),
    hint: failures.map(({ title }) => title).join('; '),
    location: first?.location,
  })
}

interface Work {
  readonly pin: Pin
  readonly key: string
}

/** Of everything that can change the wheel. What a build requires is the index's choice, unless it is constrained. */
async function wheelKey(
  pin: Pin,
  { pipOptions, indexes, buildConstraints, dockerEnv }: WheelBuildOptions & { readonly indexes: readonly string[] },
  { toolchain, toolsFolder, listFiles }: WheelBuildCollaborators,
): Promise<string> {
  const { source } = pin
  const content =
    source.kind === 'local'
      ? await contentOf(source.path, listFiles)
      : withoutCredentials(source.kind === 'url' ? source.url : '')
  const recipe = await Promise.all(RECIPE_FILES.map((name) => readFile(join(toolsFolder, name), 'utf8')))
  const { identity, pythonVersion, target } = toolchain
  const variables = Object.entries(dockerEnv).filter(([name]) => !isCredential(name, pin, pipOptions))
  return keyOf(
    WHEEL_FORMAT,
    [pin.name, pin.version, [...pin.hashes].sort(), content],
    [identity, pythonVersion, target.architecture, target.glibc],
    [pipOptions.map(withoutCredentials), indexes, buildConstraints, variables.sort()],
    [recipe, equipmentRecipe(target.pythonMinor)],
  )
}

/** A variable that an address is filled in with: a token, which is in no key. */
function isCredential(name: string, { source }: Pin, pipOptions: readonly string[]): boolean {
  const addresses = [...pipOptions, source.kind === 'url' ? source.url : '']
  return addresses.some((address) => address.includes(`\${${name}}`))
}

async function contentOf(path: string, listFiles: WheelBuildCollaborators['listFiles']): Promise<string> {
  if ((await stat(path)).isFile()) return (await sha256Of(path)).toString('hex')
  const hash = createHash('sha256')
  for (const { path: name, file, mode } of await listFiles(path))
    hash.update(`${name}\0${mode}\0`).update(await sha256Of(file))
  return hash.digest('hex')
}

type BuiltRecord = Pick<BuiltWheel, 'name' | 'version' | 'filename' | 'sha256'>

async function findBuilt(key: string, store: Store): Promise<BuiltWheel | undefined> {
  const record = await readRecord<BuiltRecord>(store, 'wheels', keyOf('record', key))
  const path = record && (await store.find('wheels', key))
  return path === undefined || record === undefined ? undefined : { ...record, path }
}

async function keepBuilt(
  key: string,
  file: string,
  filename: string,
  { store, ...options }: KeepOptions & { readonly store: Store },
): Promise<BuiltWheel> {
  const path = await store.keep('wheels', key, (temporary) => copyFile(file, temporary), options)
  const { name, version } = parseWheelName(filename)
  const record: BuiltRecord = { name, version, filename, sha256: (await sha256Of(path)).toString('hex') }
  await writeRecord(store, 'wheels', keyOf('record', key), record, options)
  return { ...record, path }
}

/** A builder may see the same name twice: nothing of an earlier try may be left in its folder. */
let tries = 0

async function buildWheel(
  { pin, key }: Work,
  options: WheelBuildOptions,
  collaborators: WheelBuildCollaborators,
): Promise<BuiltWheel> {
  const { store, report, toolchain, environment } = collaborators
  const temporary = await mkdtemp(join(tmpdir(), 'wsgi-lambda-wheel-'))
  try {
    let equipment: readonly Equipment[] = isRepository(pin.source) ? ['git'] : []
    for (;;) {
      const builder = await toolchain.open(equipment)
      const workFolder = `wheels/${++tries}-${pin.name}`
      const bench = { builder, equipment, temporary, workFolder, run: following(pin, builder, report) }
      const attempt = await attemptBuild(pin, bench, options, collaborators)
      if ('filename' in attempt) {
        const isPrivate = !isPublicPin(pin) || (await otherIndexes(options.pipOptions, environment)).length > 0
        const file = join(attempt.folder, attempt.filename)
        const kept = await keepBuilt(key, file, attempt.filename, { store, isPrivate })
        report.info(`${kept.name} ${kept.version}: built as ${kept.filename}`)
        return kept
      }
      equipment = [...equipment, ...attempt.needs]
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** What a program says is progress, and is shown whole where somebody asked for it. */
function following(pin: Pin, builder: Builder, report: Reporter): Run {
  return (command, env = {}) =>
    builder.run(command, {
      env,
      onLine: (line) => {
        const shown = withoutCredentials(line) // git repeats an address as it was given.
        report.progress(`${pin.name}: ${shown}`)
        report.debug(shown)
      },
    })
}

/** One try with a builder. @throws UserError when more equipment would not help. */
async function attemptBuild(
  pin: Pin,
  bench: Bench,
  options: WheelBuildOptions,
  { toolsFolder, listFiles }: WheelBuildCollaborators,
): Promise<Attempt> {
  const { builder, equipment } = bench
  await builder.put(toolsFolder, SCRIPTS_FOLDER)
  const fetched = await fetchSource(pin, { ...bench, ...options, listFiles })
  if ('output' in fetched) return moreEquipment(pin, fetched.output, bench)
  if (fetched.path.endsWith('.whl')) return await completeWheel(pin, fetched.folder, bench)

  const needs = equipmentFor(await describeSource(pin, fetched.path, builder))
  const lacking = needs.filter((piece) => !equipment.includes(piece))
  if (lacking.length > 0) return requireEquipment(pin, lacking, builder)
  const built = await pipWheel(pin, fetched.path, { ...bench, ...options })
  if ('output' in built) return moreEquipment(pin, built.output, bench)
  return await completeWheel(pin, built.folder, bench)
}

async function describeSource(pin: Pin, path: string, builder: Builder): Promise<Source> {
  const { exitCode, stdout, stderr } = await builder.run([
    builder.python,
    '-I',
    `${SCRIPTS_FOLDER}/describe_source.py`,
    path,
  ])
  if (exitCode === 0) return JSON.parse(stdout) as Source
  throw new UserError({
    title: `${nameOf(pin)} could not be built: ${path.split('/').at(-1) ?? path} in its source cannot be read`,
    detail: lastLine(stderr),
    hint: 'Look whether the archive is whole, and whether #subdirectory= names a folder that is there.',
    location: pin.location,
  })
}

function requireEquipment(pin: Pin, needs: readonly Equipment[], builder: Builder): Attempt {
  if (builder.kind === 'docker') return { needs }
  throw hostRefusal(pin, 'It has code to be compiled, and the host builder does not compile.')
}

/** A failure is an answer where a builder with more would get further. */
function moreEquipment(pin: Pin, output: string, { builder, equipment }: Bench): Attempt {
  const wanted = equipmentWanted(output).filter((piece) => !equipment.includes(piece))
  if (wanted.length > 0) return requireEquipment(pin, wanted, builder)
  const isOfBuild = /subprocess-exited-with-error|metadata-generation-failed|Preparing metadata|egg_info/i.test(output)
  if (isOfBuild && builder.kind === 'docker' && !equipment.includes('compilers')) return { needs: ['compilers'] }
  throw new UserError(
    buildProblem(nameOf(pin), withoutCredentials(output), { image: builder.description, location: pin.location }),
  )
}
