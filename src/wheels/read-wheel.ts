import { createHash, hash } from 'node:crypto'
import { posix } from 'node:path'
import { UserError } from '../errors.ts'
import { normalise } from '../requirements/files.ts'
import { distributionOf, recordRows } from './metadata.ts'
import { sortedByPath } from './paths.ts'
import { BadZip, type FilePart, inflated, type OpenZip, openZip, type ZipEntry } from './read-zip.ts'
import { DEFLATED } from './zip-format.ts'

/** A file of a wheel, and where it is installed. */
export interface WheelFile {
  /** Below the root of the artifact, with `/`. */
  readonly path: string
  readonly mode: 0o644 | 0o755
  /** Stands in `.data/scripts`: an interpreter's line that says `#!python` is rewritten (PEP 427). */
  readonly isScript: boolean
  readonly entry: ZipEntry
}

/** A wheel as an installer sees it (PEP 427); its files can be read until it is closed. */
export interface Wheel extends AsyncDisposable {
  /** As in `django-5.2-py3-none-any.whl`. */
  readonly filename: string
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  readonly tags: readonly string[]
  /** As in `Django-5.2.dist-info`. */
  readonly infoFolder: string
  readonly entryPoints: string
  readonly metadata: string
  /** Sorted by path; without the records of the installation itself. */
  readonly files: readonly WheelFile[]
  /** The files with their compressed bytes and their checked content, in the order in which they are stored. */
  contents(files: readonly WheelFile[]): AsyncGenerator<WheelContent>
  /** Writes the checked content of one file that is too large to hold into a new file. @throws UserError */
  unpack(file: WheelFile, path: string): Promise<{ readonly sha256: Buffer }>
  /** The compressed bytes alone, of files whose content was checked. */
  compressed(files: readonly WheelFile[]): AsyncGenerator<readonly [WheelFile, Buffer]>
  /** Where the compressed bytes of one that is too large to hold stand. */
  place(file: WheelFile): Promise<FilePart>
}

export interface WheelContent {
  readonly file: WheelFile
  readonly content: Buffer
  /** As RECORD has it. */
  readonly sha256: string
}

/** Of one wheel, unpacked: four times what Lambda takes. */
const MOST_BYTES = 1 << 30
/** No deflated stream expands more (RFC 1951: 258 bytes from two bits). */
const MOST_EXPANSION = 1032
/** Of METADATA, RECORD and the like; the largest that are published have some megabytes. */
const MOST_TEXT_BYTES = 64 << 20
const SYMBOLIC_LINK = 0o120000
const FILE_TYPE = 0o170000

/**
 * Opens a wheel and refuses what no installer may install: files that lead elsewhere, links, names that occur twice, more
 * bytes than a package has, content that is not what RECORD says. @throws UserError
 */
export async function openWheel(path: string, filename: string): Promise<Wheel> {
  let zip: OpenZip | undefined
  try {
    zip = await openZip(path)
    return await describeWheel(zip, filename)
  } catch (error) {
    await zip?.[Symbol.asyncDispose]()
    throw error instanceof BadZip ? brokenWheel(filename, error) : error
  }
}

async function describeWheel(zip: OpenZip, filename: string): Promise<Wheel> {
  refuseHostile(zip.entries)
  const infoFolder = findInfoFolder(zip.entries, filename)
  const textOf = async (name: string): Promise<string> => {
    const entry = zip.entries.find(({ path }) => path === `${infoFolder}/${name}`)
    if (entry && entry.unzippedBytes > MOST_TEXT_BYTES) throw new BadZip(`its ${name} is larger than any`)
    return entry ? (await zip.content(entry)).toString() : ''
  }
  const [metadata, wheelText, recordText, entryPoints] = await Promise.all(
    ['METADATA', 'WHEEL', 'RECORD', 'entry_points.txt'].map(textOf),
  )
  if (!metadata || !wheelText || !recordText)
    throw new BadZip(`its ${infoFolder} lacks METADATA, WHEEL or RECORD (PEP 427)`)
  const { name, version, tags } = distributionOf(metadata, wheelText)
  if (!/^Wheel-Version: 1\./m.test(wheelText)) throw new BadZip('its WHEEL is of a version that is not known')
  if (name === '' || version === '') throw new BadZip('its METADATA names no distribution and version')
  if (name !== normalise(filename.split('-', 1)[0] ?? '')) throw new BadZip(`its METADATA is that of ${name}`)
  const records = new Map(recordRows(recordText).map(({ path, line }) => [path, line]))
  const files = sortedByPath(
    zip.entries.flatMap((entry) => installedFile(entry, infoFolder) ?? []),
    ({ path }) => path,
  )
  const twice = files.find(({ path }, index) => path === files[index + 1]?.path)
  if (twice) throw new BadZip(`two of its files would be installed as ${twice.path}`)
  const both = fileAndFolder(files.map((file) => file.path))
  if (both !== undefined) throw new BadZip(`its ${both} would be a file and a folder`)
  return {
    filename,
    name,
    version,
    tags,
    infoFolder,
    entryPoints: entryPoints ?? '',
    metadata,
    files,
    contents: (wanted) => readContents(zip, wanted, records, filename),
    unpack: async (file, path) => {
      try {
        return await unpack(zip, file, path, records.get(file.entry.path))
      } catch (error) {
        throw error instanceof BadZip ? brokenWheel(filename, error) : error
      }
    },
    compressed: (wanted) => readCompressed(zip, wanted),
    place: ({ entry }) => zip.place(entry),
    [Symbol.asyncDispose]: () => zip[Symbol.asyncDispose](),
  }
}

async function* readCompressed(
  zip: OpenZip,
  wanted: readonly WheelFile[],
): AsyncGenerator<readonly [WheelFile, Buffer]> {
  const files = new Map(wanted.map((file) => [file.entry, file]))
  for await (const [entry, compressed] of zip.compressed([...files.keys()])) {
    const file = files.get(entry)
    if (file) yield [file, compressed]
  }
}

async function* readContents(
  zip: OpenZip,
  wanted: readonly WheelFile[],
  records: ReadonlyMap<string, string>,
  filename: string,
): AsyncGenerator<WheelContent> {
  const files = new Map(wanted.map((file) => [file.entry, file]))
  try {
    for await (const [entry, compressed] of zip.compressed([...files.keys()])) {
      const content = await inflated(entry, compressed)
      const sha256 = checkedDigest(entry.path, content, records.get(entry.path))
      const file = files.get(entry)
      if (file) yield { file, content, sha256 }
    }
  } catch (error) {
    throw error instanceof BadZip ? brokenWheel(filename, error) : error
  }
}

async function unpack(zip: OpenZip, { entry }: WheelFile, path: string, line: string | undefined) {
  const recorded = recordedDigest(line)
  const sha256 = createHash('sha256')
  const other = recorded && recorded.algorithm !== 'sha256' ? createHash(recorded.algorithm) : undefined
  await zip.unpack(entry, path, (chunk) => {
    sha256.update(chunk)
    other?.update(chunk)
  })
  const digest = sha256.digest()
  if (recorded && (other?.digest() ?? digest).toString('base64url') !== recorded.digest) throw unrecorded(entry.path)
  return { sha256: digest }
}

/** A file that RECORD does not list is taken, as pip and uv take it; one that is another than it says is not. */
function checkedDigest(path: string, content: Buffer, line: string | undefined): string {
  const sha256 = hash('sha256', content, 'base64url')
  const recorded = recordedDigest(line)
  if (!recorded) return sha256
  const { algorithm, digest } = recorded
  if ((algorithm === 'sha256' ? sha256 : hash(algorithm, content, 'base64url')) !== digest) throw unrecorded(path)
  return sha256
}

function recordedDigest(line: string | undefined): { algorithm: string; digest: string } | undefined {
  const [, algorithm, digest] = /,(sha256|sha384|sha512)=([\w-]+)=*,\d*\s*$/.exec(line ?? '') ?? []
  return algorithm === undefined || digest === undefined ? undefined : { algorithm, digest }
}

function unrecorded(path: string): BadZip {
  return new BadZip(`its ${path} is not the one that its RECORD lists`)
}

function refuseHostile(entries: readonly ZipEntry[]): void {
  const paths = new Set<string>()
  let bytes = 0
  for (const { path, mode, zippedBytes, unzippedBytes } of entries) {
    if (!isInside(path)) throw new BadZip(`its ${JSON.stringify(path)} leads out of the folder of the installation`)
    if ((mode & FILE_TYPE) === SYMBOLIC_LINK) throw new BadZip(`its ${path} is a link, which no wheel may hold`)
    if (paths.has(path)) throw new BadZip(`it has ${path} twice`)
    if (unzippedBytes > 64 && unzippedBytes > zippedBytes * MOST_EXPANSION)
      throw new BadZip(`its ${path} says that it unpacks to more than is possible`)
    paths.add(path)
    bytes += unzippedBytes
  }
  if (bytes > MOST_BYTES) throw new BadZip(`it unpacks to ${Math.round(bytes / 1e6)} MB`)
}

function isInside(path: string): boolean {
  if (path === '' || /^[/\\]|^[A-Za-z]:|\\/.test(path) || hasControlCharacter(path)) return false
  return path.split('/').every((part) => part !== '..' && part !== '.' && part !== '')
}

function hasControlCharacter(path: string): boolean {
  for (let index = 0; index < path.length; index++) if (path.charCodeAt(index) < 0x20) return true
  return false
}

/** A path that one archive cannot hold, since others stand below it. */
export function fileAndFolder(paths: readonly string[]): string | undefined {
  const files = new Set(paths)
  const seen = new Set<string>()
  for (const path of paths) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash)
      if (seen.has(folder)) break
      if (files.has(folder)) return folder
      seen.add(folder)
    }
  }
  return undefined
}

function findInfoFolder(entries: readonly ZipEntry[], filename: string): string {
  const folders = new Set(entries.flatMap(({ path }) => /^([^/]+\.dist-info)\/METADATA$/.exec(path)?.[1] ?? []))
  const [folder] = folders
  if (folder === undefined) throw new BadZip('it has no dist-info folder with METADATA')
  if (folders.size > 1) throw new BadZip('it has more than one dist-info folder')
  if (!filename.endsWith('.whl')) throw new BadZip('its name does not end with .whl')
  return folder
}

/** Written by the installer, about the installation rather than the distribution. */
const RECORDS = /^(?:RECORD(?:\.jws|\.p7s)?|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$/

function installedFile(entry: ZipEntry, infoFolder: string): WheelFile | undefined {
  const { path } = entry
  if (posix.dirname(path) === infoFolder && RECORDS.test(posix.basename(path))) return undefined
  const [, kind, rest = ''] = /^[^/]+\.data\/([^/]+)\/(.+)$/.exec(path) ?? []
  const mode = isProgram(path) || (entry.mode & 0o111) !== 0 ? 0o755 : 0o644
  switch (kind) {
    case undefined:
    case 'purelib':
    case 'platlib':
    case 'data':
      return { path: kind === undefined ? path : rest, mode, isScript: false, entry }
    case 'scripts':
      return { path: `bin/${rest}`, mode: 0o755, isScript: true, entry }
    case 'headers':
      return undefined // For who compiles against the distribution.
    default:
      throw new BadZip(`its ${path} would be installed nobody knows where`)
  }
}

/** Shared objects are mapped, not executed, but tools expect the bit. */
function isProgram(path: string): boolean {
  return /\.so(?:\.\d+)*$/.test(path)
}

/** Above it, a file is unpacked and copied piece by piece. */
const MOST_HELD_BYTES = 8 << 20

/** Whether it is too large to be held in memory. A module never is: it has to be compiled. */
export function isLarge({ path, entry }: WheelFile): boolean {
  return Math.max(entry.unzippedBytes, entry.zippedBytes) > MOST_HELD_BYTES && !path.endsWith('.py')
}

/** Whether its compressed bytes can be copied as they are. */
export function isDeflated({ entry }: WheelFile): boolean {
  return entry.method === DEFLATED
}

function brokenWheel(filename: string, { message, cause }: BadZip): UserError {
  return new UserError(
    {
      title: `${filename} cannot be installed: ${message}`,
      hint: 'The file is damaged or hostile: look at where it comes from, remove it from the cache of pip (pip cache purge), and try again.',
    },
    { cause },
  )
}
