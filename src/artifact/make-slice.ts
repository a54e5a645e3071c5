import { hash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BrokenElf, type ElfFacts, readElf } from '../wheels/elf.ts'
import { type Bytes, bytesOfFile } from '../wheels/file-bytes.ts'
import { sortedByPath } from '../wheels/paths.ts'
import { isDeflated, isLarge, openWheel, type Wheel, type WheelFile } from '../wheels/read-wheel.ts'
import { entryPointScripts, withInterpreter } from '../wheels/scripts.ts'
import { slimmed } from '../wheels/slim.ts'
import { bytecodePath, type CompilationUnit, createTexts, type ModuleText, unitsOf } from './compile.ts'
import { inParallel } from './parallel.ts'
import { type Compressed, compress, type SliceEntry, type SliceFacts, type WriteContent, writeSlice } from './slice.ts'

export interface SliceOptions {
  /** As in `3.13`. */
  readonly pythonMinor: string
  readonly bytecode: 'with-sources' | 'alone' | 'none'
  readonly slim: boolean
  /** In the syntax of `.gitignore`. */
  readonly slimPatterns: readonly string[]
  readonly strip: boolean
}

/** A wheel that was read and checked, whose modules wait to be compiled. */
export interface Draft extends AsyncDisposable {
  readonly facts: SliceFacts
  /** To be compiled; their bytecode is what `finish` takes, in the same order. */
  readonly units: readonly CompilationUnit[]
  /** Compresses the bytecode of the units. @returns what writes the slice, as often as it is called */
  finish(bytecode: AsyncIterable<readonly (Buffer | undefined)[]>): Promise<(path: string) => Promise<void>>
}

/** What modules call that share their package with other distributions (PEP 420, "legacy"). */
const NAMESPACE = /\b(?:extend_path|declare_namespace)\b/

/** What one pass over a wheel's content finds. */
interface Read {
  readonly digests: ReadonlyMap<string, string>
  readonly modules: readonly ModuleText[]
  readonly binaries: SliceFacts['binaries']
  readonly namespaces: readonly string[]
  /** Contents that are installed otherwise than they stand in the wheel. */
  readonly rewritten: ReadonlyMap<string, Buffer>
}

/** The texts of modules, for the question what they import. */
type Texts = ReadonlyMap<string, string>

/**
 * Opens and checks a wheel, and lays out its texts in `temporary`. Owned by the caller until it is disposed.
 * @throws UserError for a wheel that may not be installed
 */
export async function draftSlice(
  wheelPath: string,
  filename: string,
  temporary: string,
  options: SliceOptions,
): Promise<Draft> {
  const wheel = await openWheel(wheelPath, filename)
  try {
    const textsPath = join(temporary, `${hash('sha256', filename)}.texts`)
    const { read, moduleTexts } = await readContents(wheel, textsPath, options)
    const { kept, leftOut } = slim(wheel, moduleTexts, options)
    const files = wheel.files.filter(({ path }) => kept.has(path))
    const compiled = options.bytecode === 'none' ? [] : read.modules.filter(({ path }) => kept.has(path))
    const modules = sortedByPath(compiled, ({ path }) => path)
    const facts: SliceFacts = {
      distribution: wheel.name,
      version: wheel.version,
      tags: wheel.tags,
      binaries: read.binaries.filter(({ path }) => kept.has(path)),
      namespaces: read.namespaces,
      leftOut,
    }
    const units = unitsOf(textsPath, modules)
    return {
      facts,
      units,
      finish: async (bytecode) => {
        const compiled = await compressBytecode(units, bytecode, options)
        return (path) => writeWheelSlice(path, { wheel, files, facts, read, compiled }, options)
      },
      [Symbol.asyncDispose]: () => wheel[Symbol.asyncDispose](),
    }
  } catch (error) {
    await wheel[Symbol.asyncDispose]()
    throw error
  }
}

async function readContents(
  wheel: Wheel,
  textsPath: string,
  options: SliceOptions,
): Promise<{ read: Read; moduleTexts: Texts }> {
  await using texts = await createTexts(textsPath)
  const digests = new Map<string, string>()
  const modules: ModuleText[] = []
  const binaries: { path: string; facts: ElfFacts }[] = []
  const namespaces: string[] = []
  const rewritten = new Map<string, Buffer>()
  const moduleTexts = new Map<string, string>()
  for await (const { file, content, sha256 } of wheel.contents(wheel.files.filter((file) => !isLarge(file)))) {
    const script = file.isScript ? withInterpreter(content, options.pythonMinor) : undefined
    if (script) rewritten.set(file.path, script)
    digests.set(file.path, script ? digestOf(script) : sha256)
    if (file.path.endsWith('.py') && !file.isScript) {
      modules.push(await texts.add(file.path, content))
      if (options.slim) moduleTexts.set(file.path, content.toString('latin1'))
      if (/(?:^|\/)__init__\.py$/.test(file.path) && isNamespace(content)) namespaces.push(file.path)
    }
    const facts = binaryFacts(content)
    if (facts) binaries.push({ path: file.path, facts })
  }
  for (const file of wheel.files.filter(isLarge)) {
    const { digest, facts } = await readLarge(wheel, file, `${textsPath}.large`)
    digests.set(file.path, digest)
    if (facts) binaries.push({ path: file.path, facts })
  }
  return { read: { digests, modules, binaries, namespaces, rewritten }, moduleTexts }
}

async function readLarge(
  wheel: Wheel,
  file: WheelFile,
  path: string,
): Promise<{ digest: string; facts: ElfFacts | undefined }> {
  const { sha256 } = await wheel.unpack(file, path)
  const unpacked = await open(path)
  try {
    const facts = binaryFacts(bytesOfFile(unpacked.fd, file.entry.unzippedBytes))
    return { digest: sha256.toString('base64url'), facts }
  } finally {
    await unpacked.close()
    await rm(path)
  }
}

/** Whether a package's own module says nothing but that others have a part in the package, or nothing at all. */
function isNamespace(content: Buffer): boolean {
  if (content.length > 4096) return false
  const text = content.toString('latin1')
  return NAMESPACE.test(text) || text.replace(/#.*/g, '').trim() === ''
}

/** Only files that may be ELF are looked into: the magic number stands at their start. */
function binaryFacts(content: Bytes): ElfFacts | undefined {
  try {
    return readElf(content)
  } catch (error) {
    if (!(error instanceof BrokenElf)) throw error
    return undefined // Test data of a package that reads such files; what Python loads is checked by name.
  }
}

function slim(
  wheel: Wheel,
  texts: Texts,
  { slim, slimPatterns }: SliceOptions,
): { kept: ReadonlySet<string>; leftOut: Readonly<Record<string, number>> } {
  if (!slim && slimPatterns.length === 0) return { kept: new Set(wheel.files.map(({ path }) => path)), leftOut: {} }
  const { kept, removed } = slimmed(
    wheel.files.map(({ path, entry }) => ({ path, size: entry.unzippedBytes })),
    {
      entryPoints: wheel.entryPoints,
      modules: [...texts].map(([path, text]) => ({ path, text })),
      rules: slim,
      patterns: slimPatterns,
    },
  )
  const leftOut: Record<string, number> = {}
  for (const { rule } of removed) leftOut[rule] = (leftOut[rule] ?? 0) + 1
  return { kept: new Set(kept.map(({ path }) => path)), leftOut }
}

interface Compiled {
  readonly path: string
  readonly compressed: Compressed
}

/** A compressor holds a quarter of a megabyte while it waits for its thread. */
const COMPRESSED_AT_ONCE = 8

async function compressBytecode(
  units: readonly CompilationUnit[],
  bytecode: AsyncIterable<readonly (Buffer | undefined)[]>,
  { pythonMinor, bytecode: kind }: SliceOptions,
): Promise<Compiled[]> {
  const compiled: Compiled[] = []
  let unit = 0
  for await (const contents of bytecode) {
    const modules = units[unit++]?.modules ?? []
    const present = modules.flatMap(({ path }, index) => {
      const content = contents[index]
      return content ? [{ path: bytecodePath(path, pythonMinor, kind === 'alone'), content }] : []
    })
    const compressed = await inParallel(present, COMPRESSED_AT_ONCE, async ({ path, content }) => ({
      path,
      compressed: await compress(content),
    }))
    compiled.push(...compressed)
  }
  return compiled
}

interface Contents {
  readonly wheel: Wheel
  readonly files: readonly WheelFile[]
  readonly facts: SliceFacts
  readonly read: Read
  readonly compiled: readonly Compiled[]
}

/** A file that is not copied from the wheel. */
interface Made {
  readonly mode: SliceEntry['mode']
  readonly compressed: Compressed
}

async function writeWheelSlice(
  path: string,
  { wheel, files, facts, read, compiled }: Contents,
  { bytecode, pythonMinor }: SliceOptions,
): Promise<void> {
  const compiledModules = new Set(compiled.map(({ path }) => path))
  const isDropped = ({ path }: WheelFile): boolean =>
    bytecode === 'alone' && path.endsWith('.py') && compiledModules.has(bytecodePath(path, pythonMinor, true))
  const shipped = files.filter((file) => !isDropped(file))
  const shippedPaths = new Set(shipped.map((file) => file.path))
  const digests = new Map(read.digests)
  const made = new Map<string, Made>()
  const add = async (path: string, mode: SliceEntry['mode'], content: Buffer): Promise<void> => {
    made.set(path, { mode, compressed: await compress(content) })
  }
  for await (const { file, content } of wheel.contents(shipped.filter((file) => !isDeflated(file) && !isLarge(file))))
    await add(file.path, file.mode, content)
  for (const [scriptPath, content] of read.rewritten)
    if (shippedPaths.has(scriptPath)) await add(scriptPath, 0o755, content)
  for (const { name, content } of entryPointScripts(wheel.entryPoints, pythonMinor)) {
    if (shippedPaths.has(`bin/${name}`)) continue
    digests.set(`bin/${name}`, digestOf(content))
    await add(`bin/${name}`, 0o755, content)
  }
  for (const { path, compressed } of compiled) {
    digests.delete(path)
    made.set(path, { mode: 0o644, compressed })
  }
  // The rest is copied as it is deflated in the wheel.
  const copied = shipped.filter((file) => !made.has(file.path))
  const record = recordOf(wheel.infoFolder, [...copied.map(sizeOfFile), ...[...made].map(sizeOfMade)], digests)
  await add(`${wheel.infoFolder}/RECORD`, 0o644, record)
  const entries = [...copied.map(copiedEntry), ...[...made].map(madeEntry)]
  const byEntryPath = new Map(entries.map((entry) => [entry.path, entry]))
  const entryOf = (path: string): SliceEntry => {
    const entry = byEntryPath.get(path)
    if (!entry) throw new Error(`${path} has no entry`)
    return entry
  }
  await writeSlice(path, facts, entries, async (write: WriteContent) => {
    for (const [path, { compressed }] of made) await write(entryOf(path), compressed.bytes)
    const held = copied.filter((file) => !isLarge(file))
    for await (const [file, compressed] of wheel.compressed(held)) await write(entryOf(file.path), compressed)
    for (const file of copied.filter(isLarge)) await write(entryOf(file.path), await wheel.place(file))
  })
}

function copiedEntry({ path, mode, entry }: WheelFile): SliceEntry {
  const { method, crc, zippedBytes, unzippedBytes } = entry
  return { path, mode, method, crc, zippedBytes, unzippedBytes }
}

function madeEntry([path, { mode, compressed }]: readonly [string, Made]): SliceEntry {
  const { method, crc, zippedBytes, unzippedBytes } = compressed
  return { path, mode, method, crc, zippedBytes, unzippedBytes }
}

interface Size {
  readonly path: string
  readonly bytes: number
}

const sizeOfFile = ({ path, entry }: WheelFile): Size => ({ path, bytes: entry.unzippedBytes })
const sizeOfMade = ([path, { compressed }]: readonly [string, Made]): Size => ({
  path,
  bytes: compressed.unzippedBytes,
})

/** What is shipped, as installers record it: bytecode without a hash, the record itself without anything (PEP 376). */
function recordOf(infoFolder: string, sizes: readonly Size[], digests: ReadonlyMap<string, string>): Buffer {
  const lines = sortedByPath(sizes, ({ path }) => path).map(({ path, bytes }) => {
    const digest = digests.get(path)
    const name = /[",\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path
    return digest === undefined ? `${name},,\n` : `${name},sha256=${digest},${bytes}\n`
  })
  return Buffer.from(`${lines.join('')}${infoFolder}/RECORD,,\n`)
}

function digestOf(content: Buffer): string {
  return hash('sha256', content, 'base64url')
}
