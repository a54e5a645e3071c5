import type { Reporter } from '../report/reporter.ts'
import { withoutCredentials } from '../requirements/credentials.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import { isPublicPin, isWithoutIndex, otherIndexes } from '../requirements/public-index.ts'
import { sha256Of } from '../store/hash.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { KeepOptions, Store } from '../store/store.ts'
import type { DownloadedWheel } from '../wheels/arrivals.ts'
import { downloadWheels, isToBeBuilt, type WheelPath } from '../wheels/download.ts'
import { reportFindings } from '../wheels/findings.ts'
import { type Located, locateWheels } from '../wheels/locate.ts'
import { stripperDigest } from '../wheels/strip.ts'
import { type Compilation, compilerDigest } from './compile.ts'
import type { SliceOptions } from './make-slice.ts'
import { inParallel } from './parallel.ts'
import { SLICE_FORMAT, type Slice } from './slice.ts'
import { createSliceMaker, findSlice, type SliceMaker } from './slice-maker.ts'

export { verified } from './slice-maker.ts'

export interface SlicesOptions extends SliceOptions {
  /** Name and version of what compresses: another one writes other bytes. */
  readonly compressor: string
  /** Makes wheels of pins that have none, or finds those that it made before. */
  readonly buildWheels: (pins: readonly Pin[]) => Promise<ReadonlyMap<string, WheelPath>>
}

export interface DependencySlices {
  /** In the order of the pins. Owned by the caller. */
  readonly slices: readonly Slice[]
  /** How many of them the store did not have. */
  readonly made: number
  /** SHA-256 (hexadecimal) of the wheels that were published, by distribution. */
  readonly wheels: ReadonlyMap<string, string>
}

type Collaborators = Compilation & {
  readonly store: Store
  readonly report: Reporter
  /** The process's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What the steps of one build share. */
interface Context {
  readonly pipOptions: readonly string[]
  readonly options: SlicesOptions
  readonly collaborators: Collaborators
  /** What was found or made so far. */
  readonly slices: Map<Pin, Slice>
  readonly made: Set<Pin>
  /** SHA-256 of the published wheels that were chosen, by distribution. */
  readonly wheels: Map<string, string>
  readonly maker: SliceMaker
  /** Where pip looks besides the public index. */
  readonly indexes: readonly string[]
  /** What makes slices besides the interpreter: programs of ours, and the image that strips. */
  readonly recipe: readonly string[]
}

/** The published wheel that was chosen for a pin, or `none` where there is none for the target. */
type Selection = Chosen | 'none'

interface Chosen {
  readonly filename: string
  /** Hexadecimal. */
  readonly sha256: string
}

const RECORDS_AT_ONCE = 8

/** The slice of every pin: from the store, else made from the wheel that pip brings or a builder makes. */
export async function dependencySlices(
  { pins, pipOptions }: Pick<Pins, 'pins' | 'pipOptions'>,
  options: SlicesOptions,
  collaborators: Collaborators,
): Promise<DependencySlices> {
  const indexes = await otherIndexes(pipOptions, collaborators.environment)
  const recipe = await recipeOf(options, collaborators)
  const maker = createSliceMaker(options, collaborators)
  const found = { slices: new Map(), made: new Set<Pin>(), wheels: new Map<string, string>() }
  const context: Context = { pipOptions, options, collaborators, indexes, recipe, maker, ...found }
  const { slices, made } = context
  const wheelless: Pin[] = []
  try {
    const published = pins.filter(({ name, source }) => source.kind === 'index' && !isToBeBuilt(name, pipOptions))
    const toBuild = new Set(pins.filter((pin) => !published.includes(pin)))
    await inParallel(published, RECORDS_AT_ONCE, async (pin) => {
      if ((await findPublished(pin, context)) === 'none') toBuild.add(pin)
    })
    const missing = published.filter((pin) => !slices.has(pin) && !toBuild.has(pin))
    if (missing.length > 0) collaborators.report.progress(`bringing ${missing.length} of ${pins.length} distributions`)
    for (const pin of await sliceDownloads(missing, context)) wheelless.push(pin)
    for (const pin of wheelless) toBuild.add(pin)
    await sliceBuilt(
      pins.filter((pin) => toBuild.has(pin)),
      context,
    )
    const findings = await maker.finish()
    // Only now: who was told that a wheel is missing may have published it before the next build.
    for (const pin of wheelless) await remember(pin, 'none', context)
    reportFindings(findings, collaborators.report)
    return { slices: pins.map((pin) => present(slices.get(pin), pin.name)), made: made.size, wheels: context.wheels }
  } catch (error) {
    await maker.finish().catch(() => undefined) // The first failure is the one to tell.
    for (const slice of slices.values()) await slice[Symbol.asyncDispose]()
    throw error
  }
}

/** What an earlier build chose; its slice, where the store has it, is added to the others. */
async function findPublished(pin: Pin, context: Context): Promise<Selection | undefined> {
  const { store } = context.collaborators
  const selection = await readRecord<Selection>(store, 'selections', selectionKey(pin, context))
  if (selection === undefined || selection === 'none') return selection
  const slice = await findSlice(sliceKey(selection, context), store)
  if (slice) context.slices.set(pin, slice)
  context.wheels.set(pin.name, selection.sha256)
  return selection
}

async function locate(
  pins: readonly Pin[],
  { pipOptions, collaborators: { toolchain, temporary, environment } }: Context,
): Promise<ReadonlyMap<Pin, Located>> {
  if (pins.length === 0 || isWithoutIndex(environment)) return new Map()
  return await locateWheels(pins, { builder: await toolchain.open(), pipOptions, temporary })
}

/** @returns the pins that no wheel is published of */
async function sliceDownloads(pins: readonly Pin[], context: Context): Promise<readonly Pin[]> {
  if (pins.length === 0) return []
  const { pipOptions, collaborators } = context
  const { toolchain, temporary } = collaborators
  const located = await locate(pins, context)
  const builder = await toolchain.open()
  const brought = new Map<Pin, DownloadedWheel>()
  const onWheel = (pin: Pin, wheel: DownloadedWheel): void => {
    brought.set(pin, wheel)
    context.wheels.set(pin.name, wheel.sha256)
    addWork(pin, wheel, true, context)
  }
  const wheelless = await inParallel(shares(pins, located), 2, (share) =>
    downloadWheels(share, { builder, pipOptions, temporary, located, onWheel }),
  )
  await inParallel([...brought], RECORDS_AT_ONCE, ([pin, wheel]) => remember(pin, chosenBy(wheel), context))
  return wheelless.flat()
}

/** A second pip costs half a second of computing: worth it where there is much to wait for. */
const SHARED_FROM_BYTES = 48 << 20

/**
 * What each pip brings, in that order: first what has most to compile, as far as that is known. The shares are of a size.
 */
function shares(pins: readonly Pin[], located: ReadonlyMap<Pin, Located>): readonly (readonly Pin[])[] {
  const sizeOf = (pin: Pin): number => located.get(pin)?.bytes ?? 1
  const isPure = (pin: Pin): number => Number(located.get(pin)?.filename.endsWith('-none-any.whl') ?? false)
  const bytes = pins.reduce((sum, pin) => sum + sizeOf(pin), 0)
  const count = pins.length > 3 && (located.size < pins.length || bytes > SHARED_FROM_BYTES) ? 2 : 1
  const parts = Array.from({ length: count }, () => ({ bytes: 0, pins: [] as Pin[] }))
  for (const pin of pins.toSorted((a, b) => sizeOf(b) - sizeOf(a))) {
    const [smallest] = parts.toSorted((a, b) => a.bytes - b.bytes)
    smallest?.pins.push(pin)
    if (smallest) smallest.bytes += sizeOf(pin)
  }
  return parts.map((part) => part.pins.toSorted((a, b) => isPure(b) - isPure(a)))
}

function chosenBy({ filename, sha256 }: DownloadedWheel): Chosen {
  return { filename, sha256 }
}

function addWork(pin: Pin, wheel: DownloadedWheel, isSpent: boolean, context: Context): void {
  const { slices, made, maker } = context
  const key = sliceKey(chosenBy(wheel), context)
  const onSlice = (slice: Slice, isNew: boolean): void => {
    slices.set(pin, slice)
    if (isNew) made.add(pin)
  }
  maker.add({ wheel, key, keep: secrecy(pin, context), isSpent, onSlice })
}

function remember(pin: Pin, selection: Selection, context: Context): Promise<void> {
  const { store } = context.collaborators
  return writeRecord(store, 'selections', selectionKey(pin, context), selection, secrecy(pin, context))
}

async function sliceBuilt(pins: readonly Pin[], context: Context): Promise<void> {
  if (pins.length === 0) return
  const wheels = await context.options.buildWheels(pins)
  for (const pin of pins) {
    const wheel = present(wheels.get(pin.name), pin.name)
    const sha256 = (await sha256Of(wheel.path)).toString('hex')
    addWork(pin, { ...wheel, sha256 }, false, context)
  }
}

/** Of everything that can change which wheel is chosen. Who asks an index does not change what it answers. */
function selectionKey(
  { name, version, hashes, source }: Pin,
  { pipOptions, indexes, collaborators }: Pick<Context, 'pipOptions' | 'indexes' | 'collaborators'>,
): string {
  const { pythonMinor, architecture, glibc } = collaborators.toolchain.target
  const where = [pipOptions.map(withoutCredentials), indexes]
  return keyOf('selection', 2, name, version, hashes.toSorted(), source, where, pythonMinor, architecture, glibc)
}

/** Of everything that can change a byte of the slice. */
function sliceKey(
  { filename, sha256 }: Chosen,
  { options, recipe, collaborators }: Pick<Context, 'options' | 'recipe' | 'collaborators'>,
): string {
  const { pythonMinor, bytecode, slim, slimPatterns, strip, compressor } = options
  const { pythonVersion, target } = collaborators.toolchain
  const compiler = bytecode === 'none' ? '' : pythonVersion
  const { architecture, glibc } = target
  const kind = [pythonMinor, compiler, architecture, glibc, bytecode, slim, slimPatterns, strip, compressor, recipe]
  return keyOf('slice', SLICE_FORMAT, filename, sha256, ...kind)
}

async function recipeOf(
  { bytecode, strip }: SlicesOptions,
  { toolchain, toolsFolder }: Collaborators,
): Promise<readonly string[]> {
  return [
    bytecode === 'none' ? '' : await compilerDigest(toolsFolder),
    ...(strip ? [await stripperDigest(toolsFolder), toolchain.identity] : []),
  ]
}

/** What a private index has must not go where everybody can read it. */
function secrecy(pin: Pin, { indexes }: Context): KeepOptions {
  return { isPrivate: indexes.length > 0 || !isPublicPin(pin) }
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} is not there`)
  return value
}
