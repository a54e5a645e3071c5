import { createHash } from 'node:crypto'
import { type FileList, findFileList, listed } from '../../artifact/file-list.ts'
import type { ReadableCode, ServedCodeApi } from '../../aws/served-code.ts'
import { UserError } from '../../errors.ts'
import { normalise } from '../../requirements/files.ts'
import type { Store } from '../../store/store.ts'
import { BadZip, readZipDirectory, type ZipEntry, type ZipSource } from '../../wheels/zip-directory.ts'

/** A server that gives no parts is asked for the whole, if that is not larger. */
const MOST_WHOLE_BYTES = 60e6
/** Of a zip, its end has the list of its files: 20 000 of them take about so much. */
const MOST_PARTS_BYTES = 4e6
const PATIENCE_MILLISECONDS = 30_000

export interface Served {
  readonly functionName: string
  readonly version: string
  /** Base64. */
  readonly codeSha256: string
}

/** What a version serves is not known; the message says why. */
export class UnknownFiles extends Error {
  override readonly name = 'UnknownFiles'
}

/**
 * The files of a version: as they were kept when it was released from here, else from the end of its zip.
 * @throws UnknownFiles where neither tells
 */
export async function readServedFiles(
  { functionName, version, codeSha256 }: Served,
  { store, code, signal }: { readonly store: Store; readonly code: ServedCodeApi; readonly signal: AbortSignal },
): Promise<FileList> {
  const kept = await findFileList(codeSha256, store)
  if (kept) return kept
  try {
    const found = await code.find(functionName, version)
    if (!found) throw new UnknownFiles(`Lambda does not give the code of version ${version}.`)
    return withPackages(await readDirectory({ ...found, codeSha256 }, signal), found.zipBytes)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof UserError) throw new UnknownFiles([error.title, error.hint].filter(Boolean).join('. '))
    if (error instanceof BadZip) throw new UnknownFiles(`Of the zip of version ${version}, ${error.message}.`)
    throw error
  }
}

async function readDirectory(served: ReadableCode, signal: AbortSignal): Promise<ZipEntry[]> {
  let left = MOST_PARTS_BYTES
  let whole: Buffer | undefined
  const read: ZipSource['read'] = async (position, length) => {
    if (whole) return whole.subarray(position, position + length)
    left -= length
    if (left < 0) throw new UnknownFiles('The list of its files is too long.')
    const answer = await request(served, `bytes=${position}-${position + length - 1}`, signal)
    if (answer.status === 206) return await bytesOf(answer, length)
    whole = await readWhole(answer, served)
    return whole.subarray(position, position + length)
  }
  return await readZipDirectory({ size: served.zipBytes, read })
}

async function request({ address }: ReadableCode, range: string, signal: AbortSignal): Promise<Response> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MILLISECONDS)])
  const answer = await fetch(address, { headers: { range }, signal: patience }).catch((error: unknown) => {
    signal.throwIfAborted()
    // The message might have the address, which is a secret.
    throw new UnknownFiles(`The code could not be read (${codeOf(error)}).`)
  })
  if (answer.ok) return answer
  await answer.body?.cancel()
  throw new UnknownFiles(`The code could not be read (HTTP ${answer.status}).`)
}

function codeOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: NodeJS.ErrnoException }
  return cause?.code ?? name
}

async function bytesOf(answer: Response, length: number): Promise<Buffer> {
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (bytes.length !== length) throw new UnknownFiles('The code could not be read: it is not as large as Lambda says.')
  return bytes
}

/** The whole can be checked, and is. */
async function readWhole(answer: Response, { zipBytes, codeSha256 }: ReadableCode): Promise<Buffer> {
  if (zipBytes > MOST_WHOLE_BYTES) {
    await answer.body?.cancel()
    throw new UnknownFiles('Its server gives no parts of it, and it is too large to be read as a whole.')
  }
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (createHash('sha256').update(bytes).digest('base64') === codeSha256) return bytes
  throw new UnknownFiles('What was given is not the code of that version.')
}

/** The names of the folders tell which packages there are; whose a file is, only their content would. */
function withPackages(entries: readonly ZipEntry[], zipBytes: number): FileList {
  const packages = new Map<string, string>()
  const files = entries.map((entry) => {
    const [, name = '', version = ''] = /^([^/]+?)-([^/-]+)\.dist-info\//.exec(entry.path) ?? []
    if (name === '') return listed(entry, undefined)
    const normalised = normalise(name)
    packages.set(normalised, version)
    return listed(entry, normalised)
  })
  return {
    zipBytes,
    files,
    packages: [...packages].map(([name, version]) => ({ name, version })),
  }
}
