import { stat } from 'node:fs/promises'
import { posix, resolve } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../../errors.ts'
import { RUNTIME_NAMES } from '../../platform/runtimes.ts'
import { ARCHITECTURES, type Architecture } from '../../platform/target.ts'
import { sha256Of } from '../../store/hash.ts'
import { BrokenElf, type ElfFacts, readElf } from '../../wheels/elf.ts'
import { BadZip, inflated, type OpenZip, openZip, type ZipEntry } from '../../wheels/read-zip.ts'
import { CONFIGURATION } from '../runtime.ts'
import { type BytecodeHeader, MAGIC_NUMBERS, readHeader } from './bytecode-header.ts'
import { sourceHash } from './source-hash.ts'

/** What is read of a zip, in one pass over it: everything that the rest of an inspection is made of. */
export interface Contents {
  /** Absolute. */
  readonly path: string
  readonly sha256: string
  readonly zipBytes: number
  /** Sorted by path. */
  readonly files: readonly ZippedFile[]
  readonly told: Told
  /** As in `3.13`: what the artifact says of itself, else what is assumed, else what most compiled files are named after. */
  readonly pythonMinor: string | undefined
  /** `METADATA`, `RECORD` and `WHEEL` of each distribution, by the name of its `.dist-info` folder. */
  readonly distInfos: ReadonlyMap<string, DistInfo>
  readonly bytecode: ReadonlyMap<string, BytecodeHeader>
  /** Of each source, as hash-based bytecode has it. */
  readonly sourceHashes: ReadonlyMap<string, string>
  readonly binaries: ReadonlyMap<string, Binary>
}

export interface ZippedFile {
  /** Below `/var/task`. */
  readonly path: string
  readonly crc: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
  /** Seconds since 1970. */
  readonly modified: number
}

export interface DistInfo {
  readonly metadata: string
  readonly record: string
  readonly wheel: string
}

/** What `wsgi_lambda.json` says; nothing in a zip of another program. */
export interface Told {
  readonly app?: string | undefined
  readonly runtime?: (typeof RUNTIME_NAMES)[number] | undefined
  readonly architecture?: Architecture | undefined
  /** Of wsgi-lambda. */
  readonly version?: string | undefined
}

/** A file that begins like an ELF file; `broken` says why it cannot be one. */
export type Binary = { readonly facts: ElfFacts } | { readonly broken: string }

/** Lambda takes 250 MB: what says that it unpacks to more than this is no artifact but a trap. */
const MOST_BYTES = 4e9
const MOST_BYTES_OF_A_FILE = 5e8

/** The target of an artifact that does not tell its own. */
export type Assumed = Pick<Told, 'runtime' | 'architecture'>

/** @throws UserError with exit code 2 for what is no zip, is damaged, or would write outside of its folder. */
export async function readContents(given: string, assumed: Assumed): Promise<Contents> {
  const path = resolve(given)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) {
    throw new UserError(
      {
        title: `The artifact ${given} ${found ? 'is not a file' : 'does not exist'}`,
        hint: 'Make it with: wsgi-lambda build, or name another: wsgi-lambda inspect FILE',
      },
      { exitCode: 2 },
    )
  }
  try {
    await using zip = await openZip(path)
    const files = checkedFiles(zip.entries)
    const told = await readTold(zip)
    const pythonMinor = (told.runtime ?? assumed.runtime)?.slice('python'.length) ?? commonMinor(files)
    const read = await readFiles(zip, files, pythonMinor)
    const digest = await sha256Of(path)
    return {
      path,
      sha256: digest.toString('hex'),
      zipBytes: found.size,
      files,
      told: withAssumed(told, assumed),
      pythonMinor,
      ...read,
    }
  } catch (error) {
    if (!(error instanceof BadZip)) throw error
    throw new UserError(
      {
        title: `${given} cannot be inspected`,
        detail: `As a zip, ${error.message}.`,
        hint: 'Make it anew, or check that all of it was copied.',
      },
      { exitCode: 2, cause: error },
    )
  }
}

function withAssumed(told: Told, { runtime, architecture }: Assumed): Told {
  return { ...told, runtime: told.runtime ?? runtime, architecture: told.architecture ?? architecture }
}

function checkedFiles(entries: readonly ZipEntry[]): ZipEntry[] {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  let total = 0
  for (const [index, { path, unzippedBytes }] of sorted.entries()) {
    if (path.startsWith('/') || path.includes('\0') || path.split('/').includes('..'))
      throw new BadZip(`a path in it leads elsewhere: ${JSON.stringify(path)}`)
    if (path === sorted[index + 1]?.path) throw new BadZip(`it has ${JSON.stringify(path)} twice`)
    total += unzippedBytes
  }
  const both = fileAndFolder(sorted)
  if (both !== undefined) throw new BadZip(`its ${JSON.stringify(both)} is a file and a folder`)
  if (total > MOST_BYTES) throw new BadZip(`it would unpack to ${Math.round(total / 1e9)} GB`)
  return sorted
}

function fileAndFolder(files: readonly ZipEntry[]): string | undefined {
  const folders = new Set<string>()
  for (const { path } of files) {
    for (let parent = posix.dirname(path); parent !== '.' && !folders.has(parent); parent = posix.dirname(parent))
      folders.add(parent)
  }
  return files.find(({ path }) => folders.has(path))?.path
}

async function readTold(zip: OpenZip): Promise<Told> {
  const entry = zip.entries.find(({ path }) => path === CONFIGURATION)
  if (entry === undefined) return {}
  const told = v.object({
    app: v.optional(v.fallback(v.optional(v.string()), undefined)),
    runtime: v.optional(v.fallback(v.optional(v.picklist(RUNTIME_NAMES)), undefined)),
    architecture: v.optional(v.fallback(v.optional(v.picklist(ARCHITECTURES)), undefined)),
    version: v.optional(v.fallback(v.optional(v.string()), undefined)),
  })
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), told), (await zip.content(entry)).toString())
  return read.success ? read.output : {}
}

/** CPython names bytecode and extension modules after the version that loads them (PEP 3147, PEP 3149). */
function commonMinor(files: readonly ZippedFile[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { path } of files) {
    const [, major = '', minor = ''] = /\.cpython-(\d)(\d+)(?:-[\w-]+)?\.(?:pyc|so)$/.exec(path) ?? []
    if (major !== '') counts.set(`${major}.${minor}`, (counts.get(`${major}.${minor}`) ?? 0) + 1)
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0]
}

const DIST_INFO = /^([^/]+\.dist-info)\/(METADATA|RECORD|WHEEL)$/
const MAY_BE_BINARY = /\.so(?:\.[\d.]+)?$|^bin\/[^/]+$|^[^.]+$/

/** One pass in the order in which the files are stored. */
async function readFiles(zip: OpenZip, files: readonly ZipEntry[], pythonMinor: string | undefined) {
  const distInfos = new Map<string, DistInfo>()
  const bytecode = new Map<string, BytecodeHeader>()
  const sourceHashes = new Map<string, string>()
  const binaries = new Map<string, Binary>()
  const magic = MAGIC_NUMBERS[pythonMinor ?? '']
  const wanted = files.filter(({ path }) => DIST_INFO.test(path) || /\.pyc?$/.test(path) || MAY_BE_BINARY.test(path))
  const large = wanted.find(({ unzippedBytes }) => unzippedBytes > MOST_BYTES_OF_A_FILE)
  if (large) throw new BadZip(`its ${large.path} would unpack to ${Math.round(large.unzippedBytes / 1e6)} MB`)
  for await (const [entry, compressed] of zip.compressed(wanted)) {
    const { path } = entry
    const content = await inflated(entry, compressed)
    const [, folder = '', name] = DIST_INFO.exec(path) ?? []
    if (name !== undefined) {
      const before = distInfos.get(folder) ?? { metadata: '', record: '', wheel: '' }
      distInfos.set(folder, { ...before, [name.toLowerCase()]: content.toString() })
    } else if (path.endsWith('.pyc')) {
      bytecode.set(path, readHeader(content))
    } else if (path.endsWith('.py')) {
      if (magic !== undefined) sourceHashes.set(path, sourceHash(content, magic, pythonMinor ?? ''))
    } else {
      const binary = readBinary(content)
      if (binary) binaries.set(path, binary)
    }
  }
  return { distInfos, bytecode, sourceHashes, binaries }
}

function readBinary(content: Buffer): Binary | undefined {
  try {
    const facts = readElf(content)
    return facts && { facts }
  } catch (error) {
    if (error instanceof BrokenElf) return { broken: error.message }
    throw error
  }
}
