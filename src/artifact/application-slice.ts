import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'
import { UserError } from '../errors.ts'
import { sha256Of } from '../store/hash.ts'
import type { Store } from '../store/store.ts'
import { DEFLATED } from '../wheels/zip-format.ts'
import { bytecodePath, type Compilation, compileUnits, createTexts, type ModuleText } from './compile.ts'
import type { Entry } from './entry.ts'
import { inParallel } from './parallel.ts'
import {
  compress,
  openSlice,
  type PlacedEntry,
  type Slice,
  type SliceEntry,
  type SliceFacts,
  writeSlice,
} from './slice.ts'
import { writeAll } from './write.ts'
import { localHeader } from './zip-records.ts'

/** A larger file is read and compressed as a stream. */
const STREAM_BYTES = 16 << 20
const FILES_AT_ONCE = 16

export interface ApplicationOptions {
  /** Of the project and of everything but its files that can change the slice. */
  readonly key: string
  readonly pythonMinor: string
  readonly bytecode: 'with-sources' | 'alone' | 'none'
}

/** Compressed content that waits in a file for its place. */
interface Spooled {
  readonly entry: SliceEntry
  readonly from: FileHandle
  readonly offset: number
}

/**
 * The application's own files as a slice. Of the slice of the last build, what did not change is taken over: only changed
 * files are compressed, and only changed modules compiled, each in a process of its own. Owned by the caller.
 */
export async function applicationSlice(
  files: readonly Entry[],
  options: ApplicationOptions,
  { store, ...compilation }: Compilation & { readonly store: Store },
): Promise<Slice> {
  const kept = await store.find('applications', options.key)
  const last = kept === undefined ? undefined : await openSlice(kept)
  try {
    const contents = await contentKeys(files)
    const isSame = (path: string): boolean => last !== undefined && last.facts.contents?.[path] === contents.get(path)
    const changed = files.filter(({ path }) => !isSame(path))
    if (last && changed.length === 0 && Object.keys(last.facts.contents ?? {}).length === files.length) return last
    const spoolPath = join(compilation.temporary, 'application.spool')
    const spool = await open(spoolPath, 'wx+')
    try {
      const unchanged = last ? reused(last, files, isSame, options) : []
      const compressed = await spoolAll(changed, contents, spool)
      const bytecode = await compileChanged(changed, contents, spool, compressed, options, compilation)
      const made = settle([...unchanged, ...compressed.entries, ...bytecode], options)
      const facts: SliceFacts = { ...APPLICATION, contents: Object.fromEntries(contents) }
      const entries = made.map(({ entry }) => entry)
      const path = await store.keep('applications', options.key, (path) =>
        writeSlice(path, facts, entries, async (write) => {
          for (const { entry, from, offset } of made) await write(entry, { file: from, offset })
        }),
      )
      await last?.[Symbol.asyncDispose]()
      const slice = await openSlice(path)
      if (!slice) throw new Error(`${path} is gone`)
      return slice
    } finally {
      await spool.close()
      await rm(spoolPath, { force: true })
    }
  } catch (error) {
    await last?.[Symbol.asyncDispose]()
    throw error
  }
}

const APPLICATION = { distribution: '', version: '', tags: [], binaries: [], namespaces: [], leftOut: {} } as const

/** What a file is known by: the same key, the same record. */
async function contentKeys(files: readonly Entry[]): Promise<Map<string, string>> {
  const keys = await inParallel(files, FILES_AT_ONCE, async (entry) => {
    const digest = await whileUnchanged(entry, () => digestOf(entry))
    return [entry.path, `${entry.mode === 0o755 ? 'x' : '-'}${digest}`] as const
  })
  return new Map(keys)
}

async function digestOf({ content }: Entry): Promise<string> {
  if ('bytes' in content) return createHash('sha256').update(content.bytes).digest('base64url')
  const { size } = await stat(content.file)
  if (size > STREAM_BYTES) return (await sha256Of(content.file)).toString('base64url')
  return createHash('sha256')
    .update(await readFile(content.file))
    .digest('base64url')
}

/** The records of files that did not change, with those of their bytecode. */
function reused(
  last: Slice,
  files: readonly Entry[],
  isSame: (path: string) => boolean,
  { pythonMinor, bytecode }: ApplicationOptions,
): Spooled[] {
  const placed = new Map(last.entries.map((entry) => [entry.path, entry]))
  const take = (entry: PlacedEntry | undefined): Spooled[] => {
    if (!entry) return []
    return [{ entry, from: last.file, offset: entry.offset + localHeader.bytes(entry) }]
  }
  return files
    .filter(({ path }) => isSame(path))
    .flatMap(({ path }) => [
      ...take(placed.get(path)),
      ...(path.endsWith('.py') ? take(placed.get(bytecodePath(path, pythonMinor, bytecode === 'alone'))) : []),
    ])
}

interface Spool {
  readonly entries: Spooled[]
  /** Where the next content goes. */
  end: number
}

async function spoolAll(
  changed: readonly Entry[],
  contents: ReadonlyMap<string, string>,
  file: FileHandle,
): Promise<Spool> {
  const spool: Spool = { entries: [], end: 0 }
  await inParallel(changed, FILES_AT_ONCE, async (entry) => {
    const { content, path, mode } = entry
    await whileUnchanged(entry, async () => {
      if ('file' in content && (await stat(content.file)).size > STREAM_BYTES) return // One after the other, below.
      const bytes = 'file' in content ? await readFile(content.file) : content.bytes
      refuseChanged(entry, createHash('sha256').update(bytes).digest('base64url'), contents)
      const { bytes: compressed, ...sizes } = await compress(bytes)
      await addToSpool(spool, file, { path, mode, ...sizes }, compressed)
    })
  })
  const done = new Set(spool.entries.map(({ entry }) => entry.path))
  for (const entry of changed)
    if (!done.has(entry.path)) await whileUnchanged(entry, () => spoolStream(entry, contents, spool, file))
  return spool
}

async function addToSpool(spool: Spool, file: FileHandle, entry: SliceEntry, compressed: Uint8Array): Promise<void> {
  const offset = spool.end
  spool.end += compressed.length
  await writeAll(file, compressed, offset)
  spool.entries.push({ entry, from: file, offset })
}

async function spoolStream(
  entry: Entry,
  contents: ReadonlyMap<string, string>,
  spool: Spool,
  file: FileHandle,
): Promise<void> {
  if (!('file' in entry.content)) throw new Error(`${entry.path} is no file`)
  const hash = createHash('sha256')
  let crc = 0
  let unzippedBytes = 0
  const offset = spool.end
  const measured = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk)
      crc = crc32(chunk, crc)
      unzippedBytes += chunk.length
      done(null, chunk)
    },
  })
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      const at = spool.end
      spool.end += chunk.length
      writeAll(file, chunk, at).then(() => {
        done()
      }, done)
    },
  })
  await pipeline(createReadStream(entry.content.file), measured, createDeflateRaw({ level: 6 }), sink)
  refuseChanged(entry, hash.digest('base64url'), contents)
  const sizes = { method: DEFLATED, crc, zippedBytes: spool.end - offset, unzippedBytes } as const
  spool.entries.push({ entry: { path: entry.path, mode: entry.mode, ...sizes }, from: file, offset })
}

/** Bytecode of the changed modules, each compiled alone: what one of them becomes does not depend on the others. */
async function compileChanged(
  changed: readonly Entry[],
  contents: ReadonlyMap<string, string>,
  file: FileHandle,
  spool: Spool,
  { bytecode: kind, pythonMinor }: ApplicationOptions,
  compilation: Compilation,
): Promise<Spooled[]> {
  const sources = kind === 'none' ? [] : changed.filter(({ path }) => path.endsWith('.py'))
  if (sources.length === 0) return []
  const modules: ModuleText[] = []
  await using texts = await createTexts(join(compilation.temporary, 'application.texts'))
  for (const source of sources) {
    const { path, content } = source
    const text =
      'file' in content ? await whileUnchanged(source, () => readFile(content.file)) : Buffer.from(content.bytes)
    refuseChanged(source, createHash('sha256').update(text).digest('base64url'), contents)
    modules.push(await texts.add(path, text))
  }
  const units = modules.map((module) => ({ texts: texts.path, modules: [module] }))
  const before = spool.entries.length
  let index = 0
  for await (const [bytecode] of compileUnits(units, compilation)) {
    const module = modules[index++]
    if (!module || !bytecode) continue
    const { bytes, ...sizes } = await compress(bytecode)
    const path = bytecodePath(module.path, pythonMinor, kind === 'alone')
    await addToSpool(spool, file, { path, mode: 0o644, ...sizes }, bytes)
  }
  return spool.entries.splice(before)
}

/** Without sources, a module's text is left out as soon as there is bytecode of it. */
function settle(all: readonly Spooled[], { bytecode, pythonMinor }: ApplicationOptions): Spooled[] {
  if (bytecode !== 'alone') return [...all]
  const paths = new Set(all.map(({ entry }) => entry.path))
  return all.filter(({ entry: { path } }) => !path.endsWith('.py') || !paths.has(bytecodePath(path, pythonMinor, true)))
}

function refuseChanged({ path, mode }: Entry, digest: string, contents: ReadonlyMap<string, string>): void {
  if (contents.get(path) !== `${mode === 0o755 ? 'x' : '-'}${digest}`) throw changedMeanwhile(path)
}

/** It was a file when the project was listed. */
const IS_ANOTHER = new Set(['ENOENT', 'EISDIR', 'ENOTDIR'])

async function whileUnchanged<T>({ path }: Entry, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!IS_ANOTHER.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw changedMeanwhile(path)
  }
}

function changedMeanwhile(path: string): UserError {
  return new UserError({
    title: `${path} changed while it was read`,
    hint: 'Something else writes into the project during the build: end it, or leave the file out with exclude.',
  })
}
