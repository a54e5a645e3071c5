import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Reporter } from '../report/reporter.ts'
import { withoutCredentials } from '../requirements/credentials.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import { isPublicPin, isWithoutIndex, otherIndexes } from '../requirements/public-index.ts'
import { sha256Of } from '../store/hash.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { KeepOptions, Store } from '../store/store.ts'
import { downloadWheels, isToBeBuilt, type WheelPath } from '../wheels/download.ts'
import { reportFindings } from '../wheels/findings.ts'
import { type Located, locateWheels } from '../wheels/locate.ts'
import { stripperDigest, stripWheels } from '../wheels/strip.ts'
import { type Finding, type VerifiedWheel, verifyBinaries } from '../wheels/verify.ts'
import { type Compilation, compilerDigest, compileUnits } from './compile.ts'
import { type Draft, draftSlice, type SliceOptions } from './make-slice.ts'
import { inParallel } from './parallel.ts'
import { openSlice, SLICE_FORMAT, type Slice, type SliceFacts } from './slice.ts'

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
  /** What was found in the binaries of wheels. */
  readonly findings: Finding[]
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
  const found = { slices: new Map(), made: new Set<Pin>(), findings: [] }
  const context: Context = { pipOptions, options, collaborators, indexes, recipe, ...found }
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
    const located = await locate(missing, context)
    await inParallel(halves(missing, located), 2, async (half) => {
      wheelless.push(...(await sliceDownloads(half, located, context)))
    })
    for (const pin of wheelless) toBuild.add(pin)
    await sliceBuilt(
      pins.filter((pin) => toBuild.has(pin)),
      context,
    )
    // Only now: who was told that a wheel is missing may have published it before the next build.
    for (const pin of wheelless) await remember(pin, 'none', context)
    reportFindings(context.findings, collaborators.report)
    return { slices: pins.map((pin) => present(slices.get(pin), pin.name)), made: made.size }
  } catch (error) {
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
  return selection
}

async function locate(
  pins: readonly Pin[],
  { pipOptions, collaborators: { toolchain, temporary, environment } }: Context,
): Promise<ReadonlyMap<Pin, Located>> {
  if (pins.length === 0 || isWithoutIndex(environment)) return new Map()
  return await locateWheels(pins, { builder: await toolchain.open(), pipOptions, temporary })
}

/** While pip waits for the network for one half, the other one is computed. The halves are of a size, where sizes are known. */
function halves(pins: readonly Pin[], located: ReadonlyMap<Pin, Located>): (readonly Pin[])[] {
  if (pins.length < 4) return pins.length === 0 ? [] : [pins]
  const parts = [0, 1].map(() => ({ bytes: 0, pins: [] as Pin[] }))
  const sizeOf = (pin: Pin): number => located.get(pin)?.bytes ?? 1
  for (const pin of pins.toSorted((a, b) => sizeOf(b) - sizeOf(a))) {
    const [smallest] = parts.toSorted((a, b) => a.bytes - b.bytes)
    smallest?.pins.push(pin)
    if (smallest) smallest.bytes += sizeOf(pin)
  }
  return parts.map((part) => part.pins)
}

/** @returns the pins that no wheel is published of */
async function sliceDownloads(
  pins: readonly Pin[],
  located: ReadonlyMap<Pin, Located>,
  context: Context,
): Promise<readonly Pin[]> {
  const { pipOptions, collaborators } = context
  const { toolchain, temporary } = collaborators
  const builder = await toolchain.open()
  const { wheels, wheelless } = await downloadWheels(pins, { builder, pipOptions, temporary, located })
  const brought = pins.filter((pin) => !wheelless.includes(pin))
  const work = await inParallel(brought, RECORDS_AT_ONCE, async (pin): Promise<SliceWork> => {
    const { filename, path } = present(wheels.get(pin.name), pin.name)
    const chosen = { filename, sha256: (await sha256Of(path)).toString('hex') }
    await remember(pin, chosen, context)
    return { pin, path, chosen }
  })
  await makeSlices(work, context)
  for (const { path } of work) await rm(path, { force: true })
  return wheelless
}

function remember(pin: Pin, selection: Selection, context: Context): Promise<void> {
  const { store } = context.collaborators
  return writeRecord(store, 'selections', selectionKey(pin, context), selection, secrecy(pin, context))
}

async function sliceBuilt(pins: readonly Pin[], context: Context): Promise<void> {
  if (pins.length === 0) return
  const wheels = await context.options.buildWheels(pins)
  const work: SliceWork[] = []
  for (const pin of pins) {
    const { filename, path } = present(wheels.get(pin.name), pin.name)
    work.push({ pin, path, chosen: { filename, sha256: (await sha256Of(path)).toString('hex') } })
  }
  await makeSlices(work, context)
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

async function findSlice(key: string, store: Store): Promise<Slice | undefined> {
  const path = await store.find('slices', key)
  return path === undefined ? undefined : await openSlice(path)
}

interface SliceWork {
  readonly pin: Pin
  /** Of the wheel. */
  readonly path: string
  readonly chosen: Chosen
}

/** Of sources; so much is compiled by one process while the next wheels are read. */
const BATCH_BYTES = 2 << 20
/** Of those, that many are under way: their texts and bytecode are held. */
const BATCHES_AT_ONCE = 2

async function makeSlices(work: readonly SliceWork[], context: Context): Promise<void> {
  const { options, collaborators, slices } = context
  const missing: (SliceWork & { readonly key: string })[] = []
  for (const item of work) {
    const key = sliceKey(item.chosen, context)
    const kept = await findSlice(key, collaborators.store)
    if (kept) slices.set(item.pin, kept)
    else missing.push({ ...item, key })
  }
  const wheels = missing.map(({ path, chosen: { filename } }) => ({ path, filename }))
  const stripped = options.strip ? await stripWheels(wheels, collaborators) : new Map<string, string>()
  // The largest first: it takes longest.
  const inOrder = missing.toSorted((a, b) => wheelBytes(b) - wheelBytes(a))
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  const finish = async (batch: readonly Drafted[]): Promise<void> => {
    if (underWay.size >= BATCHES_AT_ONCE) await Promise.race(underWay)
    const finishing = finishBatch(batch, context)
      .catch((error: unknown) => {
        failures.push(error)
      })
      .finally(() => {
        underWay.delete(finishing)
      })
    underWay.add(finishing)
  }
  let batch: Drafted[] = []
  try {
    for (const { pin, path: original, chosen, key } of inOrder) {
      if (failures.length > 0) break
      const path = stripped.get(chosen.filename) ?? original
      batch.push({ pin, key, draft: await draftSlice(path, chosen.filename, collaborators.temporary, options) })
      if (bytesOf(batch) < BATCH_BYTES) continue
      await finish(batch)
      batch = []
    }
    await finish(batch)
    batch = []
  } finally {
    await Promise.all(underWay)
    for (const { draft } of batch) await draft[Symbol.asyncDispose]()
  }
  if (failures.length > 0) throw failures[0]
}

function wheelBytes({ path }: SliceWork): number {
  return statSync(path).size
}

interface Drafted {
  readonly pin: Pin
  readonly key: string
  readonly draft: Draft
}

function bytesOf(batch: readonly Drafted[]): number {
  const modules = batch.flatMap(({ draft }) => draft.units.flatMap((unit) => unit.modules))
  return modules.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Takes over the drafts. What cannot load on the target becomes no slice, and is told when all wheels were looked at. */
async function finishBatch(batch: readonly Drafted[], context: Context): Promise<void> {
  const { collaborators, slices, made, findings } = context
  const { store, toolchain, temporary, toolsFolder } = collaborators
  const { target } = toolchain
  try {
    const right = batch.filter(({ draft: { facts } }) => {
      const found = verifyBinaries(facts.binaries, target, verified(facts))
      findings.push(...found)
      return !found.some(({ severity }) => severity === 'error')
    })
    const bytecode = compileUnits(
      right.flatMap(({ draft }) => draft.units),
      { toolchain, temporary, toolsFolder },
    )
    try {
      for (const { pin, key, draft } of right) {
        const write = await draft.finish(taken(bytecode, draft.units.length))
        const path = await store.keep('slices', key, write, secrecy(pin, context))
        slices.set(pin, present(await openSlice(path), path))
        made.add(pin)
      }
    } finally {
      await bytecode.return(undefined)
    }
  } finally {
    for (const { draft } of batch) await draft[Symbol.asyncDispose]()
  }
}

/** What a private index has must not go where everybody can read it. */
function secrecy(pin: Pin, { indexes }: Context): KeepOptions {
  return { isPrivate: indexes.length > 0 || !isPublicPin(pin) }
}

/** A slice's wheel, as verification names it. */
export function verified({ distribution, version, tags }: SliceFacts): VerifiedWheel {
  return { name: distribution, version, tags }
}

/** The next values of a generator, which goes on afterwards. */
async function* taken<T>(values: AsyncGenerator<T>, count: number): AsyncGenerator<T> {
  for (let index = 0; index < count; index++) {
    const next = await values.next()
    if (next.done === true) return
    yield next.value
  }
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} is not there`)
  return value
}
