import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import { sha256Of } from '../store/hash.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { type Downloaded, downloadWheels, isToBeBuilt, type WheelPath } from '../wheels/download.ts'
import { type Compilation, compileUnits } from './compile.ts'
import { type Draft, draftSlice, type SliceOptions } from './make-slice.ts'
import { openSlice, SLICE_FORMAT, type Slice } from './slice.ts'

export interface SlicesOptions extends SliceOptions {
  /** Name and version of what compresses: another one writes other bytes. */
  readonly compressor: string
  /** Makes wheels of pins that have none. */
  readonly buildWheels: (pins: readonly Pin[]) => Promise<ReadonlyMap<string, WheelPath>>
}

export interface DependencySlices {
  /** In the order of the pins. Owned by the caller. */
  readonly slices: readonly Slice[]
  /** How many of them the store did not have. */
  readonly made: number
}

type Collaborators = Compilation & { readonly store: Store; readonly report: Reporter }

/** Which wheel was chosen for a pin. */
interface Selection {
  readonly filename: string
  /** Hexadecimal. */
  readonly sha256: string
}

/** The slice of every pin: from the store, else made from the wheel that pip brings or a builder makes. */
export async function dependencySlices(
  { pins, pipOptions }: Pick<Pins, 'pins' | 'pipOptions'>,
  options: SlicesOptions,
  collaborators: Collaborators,
): Promise<DependencySlices> {
  const { store, toolchain, report } = collaborators
  const found = new Map<Pin, Slice>()
  try {
    await Promise.all(
      pins.map(async (pin) => {
        const selection = await readRecord<Selection>(store, 'selections', selectionKey(pin, pipOptions, toolchain))
        const slice = selection && (await findSlice(sliceKey(selection, options, toolchain), store))
        if (slice) found.set(pin, slice)
      }),
    )
    const missing = pins.filter((pin) => !found.has(pin))
    if (missing.length > 0) report.progress(`bringing ${missing.length} of ${pins.length} distributions`)
    const make = async (wanted: readonly Pin[], bring: () => Promise<Downloaded>): Promise<readonly Pin[]> => {
      const { wheels, wheelless } = await bring()
      const brought = wanted.filter(({ name }) => wheels.has(name))
      for (const [pin, slice] of await makeSlices(brought, wheels, pipOptions, options, collaborators))
        found.set(pin, slice)
      return [...wheelless, ...wanted.filter((pin) => !brought.includes(pin) && !wheelless.includes(pin))]
    }
    const published = missing.filter(({ name, source }) => source.kind === 'index' && !isToBeBuilt(name, pipOptions))
    const wheelless = await Promise.all(
      halves(published).map((half) =>
        make(half, async () =>
          downloadWheels(half, { builder: await toolchain.open(), pipOptions, temporary: collaborators.temporary }),
        ),
      ),
    )
    const unpublished = [...missing.filter((pin) => !published.includes(pin)), ...wheelless.flat()]
    if (unpublished.length > 0)
      await make(unpublished, async () => ({ wheels: await options.buildWheels(unpublished), wheelless: [] }))
    const slices = pins.map((pin) => {
      const slice = found.get(pin)
      if (!slice) throw new Error(`${pin.name} has no slice`)
      return slice
    })
    return { slices, made: missing.length }
  } catch (error) {
    for (const slice of found.values()) await slice[Symbol.asyncDispose]()
    throw error
  }
}

/** What pip waits for one half, it computes for the other: on two processors that is the time of one. */
function halves(pins: readonly Pin[]): (readonly Pin[])[] {
  if (pins.length < 4) return pins.length === 0 ? [] : [pins]
  return [0, 1].map((half) => pins.filter((_, index) => index % 2 === half))
}

/** Of everything that can change which wheel is chosen. Who asks an index does not change what it answers. */
function selectionKey(
  { name, version, hashes, source }: Pin,
  pipOptions: readonly string[],
  toolchain: Toolchain,
): string {
  const { pythonMinor, architecture, glibc } = toolchain.target
  const where = pipOptions.map((option) => option.replace(/\/\/[^/\s@]+@/g, '//'))
  return keyOf('selection', 1, name, version, hashes.toSorted(), source, where, pythonMinor, architecture, glibc)
}

/** Of everything that can change a byte of the slice. */
function sliceKey(
  { filename, sha256 }: Selection,
  { pythonMinor, bytecode, slim, slimPatterns, strip, compressor }: SlicesOptions,
  { pythonVersion, target }: Toolchain,
): string {
  const compiler = bytecode === 'none' ? '' : pythonVersion
  const { architecture, glibc } = target
  const kind = [pythonMinor, compiler, architecture, glibc, bytecode, slim, slimPatterns, strip, compressor]
  return keyOf('slice', SLICE_FORMAT, filename, sha256, ...kind)
}

async function findSlice(key: string, store: Store): Promise<Slice | undefined> {
  const path = await store.find('slices', key)
  return path === undefined ? undefined : await openSlice(path)
}

async function makeSlices(
  pins: readonly Pin[],
  wheels: ReadonlyMap<string, WheelPath>,
  pipOptions: readonly string[],
  options: SlicesOptions,
  { store, ...compilation }: Collaborators,
): Promise<ReadonlyMap<Pin, Slice>> {
  const slices = new Map<Pin, Slice>()
  const drafts: { pin: Pin; key: string; draft: Draft }[] = []
  try {
    for (const pin of pins) {
      const wheel = wheels.get(pin.name)
      if (!wheel) continue
      const selection = { filename: wheel.filename, sha256: (await sha256Of(wheel.path)).toString('hex') }
      await writeRecord(store, 'selections', selectionKey(pin, pipOptions, compilation.toolchain), selection)
      const key = sliceKey(selection, options, compilation.toolchain)
      const kept = await findSlice(key, store)
      if (kept) slices.set(pin, kept)
      else
        drafts.push({ pin, key, draft: await draftSlice(wheel.path, wheel.filename, compilation.temporary, options) })
    }
    const bytecode = await compileUnits(
      drafts.flatMap(({ draft }) => draft.units),
      compilation,
    )
    for (const { pin, key, draft } of drafts) {
      const path = await store.keep('slices', key, await draft.finish(next(bytecode, draft.units.length)))
      const slice = await openSlice(path)
      if (!slice) throw new Error(`${path} is gone`)
      slices.set(pin, slice)
    }
    return slices
  } finally {
    for (const { draft } of drafts) await draft[Symbol.asyncDispose]()
    for (const { path } of wheels.values())
      if (path.startsWith(join(compilation.temporary, ''))) await rm(path, { force: true })
  }
}

/** The next values of a generator that goes on afterwards. */
async function* next<T>(values: AsyncGenerator<T>, count: number): AsyncGenerator<T> {
  for (let index = 0; index < count; index++) {
    const { value, done } = await values.next()
    if (done) return
    yield value
  }
}
