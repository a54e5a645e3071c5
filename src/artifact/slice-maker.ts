import { rm } from 'node:fs/promises'
import type { KeepOptions, Store } from '../store/store.ts'
import type { DownloadedWheel } from '../wheels/arrivals.ts'
import { stripWheels } from '../wheels/strip.ts'
import { type Finding, type VerifiedWheel, verifyBinaries } from '../wheels/verify.ts'
import { type Compilation, compileUnits, createTurns } from './compile.ts'
import { type Draft, draftSlice, type SliceOptions } from './make-slice.ts'
import { letGoEarly } from './memory.ts'
import { openSlice, type Slice, type SliceFacts } from './slice.ts'

/** A slice that the store may not have. */
export interface SliceWork {
  readonly wheel: DownloadedWheel
  readonly key: string
  readonly keep: KeepOptions
  /** Whether nobody needs the wheel afterwards. */
  readonly isSpent: boolean
  /** Called once with a slice, which is the caller's then; never where its binaries cannot load on the target. */
  readonly onSlice: (slice: Slice, isNew: boolean) => void
}

/** Makes slices of wheels as they come, one after the other, while earlier ones are compiled. */
export interface SliceMaker {
  add(work: SliceWork): void
  /** When nothing is under way any more. @returns what was found in the binaries @throws what went wrong first */
  finish(): Promise<readonly Finding[]>
}

type Collaborators = Compilation & { readonly store: Store }

/** Of sources; so much is compiled by one process while the next wheels are read. */
const BATCH_BYTES = 2 << 20
/** Of those, that many are under way: one is compiled, the others are compressed and written. */
const BATCHES_AT_ONCE = 3

interface Drafted extends SliceWork {
  readonly draft: Draft
}

export function createSliceMaker(options: SliceOptions, given: Collaborators): SliceMaker {
  const collaborators = { ...given, turns: createTurns() }
  const { store, temporary } = given
  const findings: Finding[] = []
  const failures: unknown[] = []
  const underWay = new Set<Promise<void>>()
  const unstripped: SliceWork[] = []
  let batch: Drafted[] = []
  let drafting = Promise.resolve()

  const compileBatch = async (): Promise<void> => {
    if (underWay.size >= BATCHES_AT_ONCE) await Promise.race(underWay)
    const finishing = finishBatch(batch, findings, collaborators)
      .catch((error: unknown) => {
        failures.push(error)
      })
      .finally(() => {
        underWay.delete(finishing)
      })
    underWay.add(finishing)
    batch = []
  }
  const draft = async (work: SliceWork, path: string): Promise<void> => {
    batch.push({ ...work, draft: await draftSlice(path, work.wheel.filename, temporary, options) })
    if (work.isSpent) await rm(work.wheel.path)
    if (bytesOf(batch) >= BATCH_BYTES) await compileBatch()
  }
  const make = async (work: SliceWork): Promise<void> => {
    const kept = await findSlice(work.key, store)
    if (kept) work.onSlice(kept, false)
    else if (options.strip) unstripped.push(work)
    else await draft(work, work.wheel.path)
  }
  const then = (next: () => Promise<void>): void => {
    drafting = drafting
      .then(() => (failures.length === 0 ? next() : undefined))
      .catch((error: unknown) => {
        failures.push(error)
      })
  }
  const strip = async (): Promise<void> => {
    const stripped = await stripWheels(
      unstripped.map(({ wheel }) => wheel),
      collaborators,
    )
    for (const work of unstripped) await draft(work, stripped.get(work.wheel.filename) ?? work.wheel.path)
  }
  return {
    add: (work) => {
      letGoEarly()
      then(() => make(work))
    },
    finish: async () => {
      // The builder of stripped wheels is opened once.
      then(strip)
      then(compileBatch)
      await drafting
      await Promise.all(underWay)
      for (const { draft } of batch) await draft[Symbol.asyncDispose]()
      if (failures.length > 0) throw failures[0]
      return findings
    },
  }
}

function bytesOf(batch: readonly Drafted[]): number {
  const modules = batch.flatMap(({ draft }) => draft.units.flatMap((unit) => unit.modules))
  return modules.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Takes over the drafts. What cannot load on the target becomes no slice, and is told when all wheels were looked at. */
async function finishBatch(
  batch: readonly Drafted[],
  findings: Finding[],
  { store, ...compilation }: Collaborators,
): Promise<void> {
  const { target } = compilation.toolchain
  try {
    const right = batch.filter(({ draft: { facts } }) => {
      const found = verifyBinaries(facts.binaries, target, verified(facts))
      findings.push(...found)
      return !found.some(({ severity }) => severity === 'error')
    })
    const bytecode = compileUnits(
      right.flatMap(({ draft }) => draft.units),
      compilation,
    )
    try {
      for (const { key, keep, draft, onSlice } of right) {
        const write = await draft.finish(taken(bytecode, draft.units.length))
        const path = await store.keep('slices', key, write, keep)
        const slice = await openSlice(path)
        if (!slice) throw new Error(`${path} is not there`)
        onSlice(slice, true)
      }
    } finally {
      await bytecode.return(undefined)
    }
  } finally {
    for (const { draft } of batch) await draft[Symbol.asyncDispose]()
  }
}

export async function findSlice(key: string, store: Store): Promise<Slice | undefined> {
  const path = await store.find('slices', key)
  return path === undefined ? undefined : await openSlice(path)
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
