import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { inflated, type OpenZip, openZip, type ZipEntry } from '../wheels/read-zip.ts'
import type { DistInfo } from './inspect/contents.ts'
import { type Parts, partsOf } from './inspect/packages.ts'

/** What an artifact consists of, without its content: enough to tell what another one changes. */
export interface FileList {
  readonly zipBytes: number
  readonly files: readonly ListedFile[]
  readonly packages: readonly { readonly name: string; readonly version: string }[]
}

export interface ListedFile {
  readonly path: string
  readonly crc: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
  /** The distribution that it belongs to; undefined for the project's own files and the runtime. */
  readonly package?: string | undefined
}

/** @throws BadZip */
export async function listFiles(path: string, zipBytes: number): Promise<FileList> {
  await using zip = await openZip(path)
  const { distributions, ownerOf } = await partsOfZip(zip)
  return {
    zipBytes,
    files: zip.entries.map((entry) => listed(entry, ownerOf(entry.path))),
    packages: distributions.map(({ name, version }) => ({ name, version })),
  }
}

const DIST_INFO = /^([^/]+\.dist-info)\/(METADATA|RECORD|WHEEL)$/

/**
 * Whose its files are, in one pass over it.
 * @param place the folder that modules lie in, as `python/` in a layer
 * @throws BadZip
 */
export async function partsOfZip(zip: OpenZip, place = ''): Promise<Parts> {
  const distInfos = new Map<string, DistInfo>()
  const modules = zip.entries.filter(({ path }) => path.startsWith(place))
  const within = ({ path }: ZipEntry): string => path.slice(place.length)
  const wanted = modules.filter((entry) => DIST_INFO.test(within(entry)))
  for await (const [entry, compressed] of zip.compressed(wanted)) {
    const [, folder = '', name = ''] = DIST_INFO.exec(within(entry)) ?? []
    const before = distInfos.get(folder) ?? { metadata: '', record: '', wheel: '' }
    const content = await inflated(entry, compressed)
    distInfos.set(folder, { ...before, [name.toLowerCase()]: content.toString() })
  }
  return partsOf({ files: modules.map((entry) => ({ ...entry, path: within(entry) })), distInfos })
}

export function listed({ path, crc, zippedBytes, unzippedBytes }: ZipEntry, owner: string | undefined): ListedFile {
  return { path, crc, zippedBytes, unzippedBytes, ...(owner !== undefined && { package: owner }) }
}

/** The texts of files of an artifact, by their paths; one that it has not is left out. @throws BadZip */
export async function readTexts(path: string, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  await using zip = await openZip(path)
  const texts = new Map<string, string>()
  for (const entry of zip.entries)
    if (wanted.has(entry.path)) texts.set(entry.path, (await zip.content(entry)).toString())
  return texts
}

/** Of an artifact that was kept when it was released from here. @param codeSha256 base64 */
export async function findFileList(codeSha256: string, store: Store): Promise<FileList | undefined> {
  return await readRecord<FileList>(store, 'releases', keyOf('files', codeSha256))
}

/** @param codeSha256 base64 */
export async function keepFileList(codeSha256: string, list: FileList, store: Store): Promise<void> {
  // Names of private packages and of the project's own files.
  await writeRecord(store, 'releases', keyOf('files', codeSha256), list, { isPrivate: true })
}
