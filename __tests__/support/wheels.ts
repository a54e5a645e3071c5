import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

/** A file of an archive that is made by hand: whatever it claims may be another thing than what is there. */
export interface RawEntry {
  readonly name: string | Uint8Array
  readonly content?: string | Uint8Array
  /** A Unix mode with its type. */
  readonly mode?: number
  readonly method?: number
  readonly flags?: number
  readonly claims?: { readonly unzippedBytes?: number; readonly zippedBytes?: number; readonly crc?: number }
  readonly localName?: string
  readonly extra?: Uint8Array
  readonly comment?: string
  /** Sizes stand after the data, as in an archive that was written to a pipe (APPNOTE 4.3.9). */
  readonly hasDescriptor?: boolean
  /** Sizes and offset stand in an extra field (APPNOTE 4.5.3). */
  readonly isZip64?: boolean
}

export interface RawOptions {
  readonly comment?: string
  /** Before the first file, as in a program that unpacks itself. */
  readonly prefix?: Uint8Array
  readonly claims?: { readonly count?: number; readonly length?: number; readonly start?: number }
}

const UTF8 = 1 << 11
const DESCRIPTOR = 1 << 3
const ALL_ONES = 0xffffffff

export function rawZip(entries: readonly RawEntry[], options: RawOptions = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(options.prefix ?? [])]
  const central: Buffer[] = []
  let offset = parts[0]?.length ?? 0
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    const method = entry.method ?? (content.length > 20 ? 8 : 0)
    const data = method === 8 ? deflateRawSync(content) : content
    const name = Buffer.from(entry.name)
    const sizes = { crc: crc32(content), zippedBytes: data.length, unzippedBytes: content.length, ...entry.claims }
    const flags = (entry.flags ?? UTF8) | (entry.hasDescriptor ? DESCRIPTOR : 0)
    const extra = Buffer.concat([
      entry.extra ?? Buffer.alloc(0),
      entry.isZip64 ? zip64Extra(sizes.unzippedBytes, sizes.zippedBytes, offset) : Buffer.alloc(0),
    ])
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    writeCommon(local, 4, { flags, method, ...sizes, ...(entry.hasDescriptor && NOTHING) })
    const localName = entry.localName === undefined ? name : Buffer.from(entry.localName)
    local.writeUInt16LE(localName.length, 26)
    const record: Buffer[] = [local, localName, data]
    if (entry.hasDescriptor) record.push(descriptor(sizes))
    parts.push(...record)
    const header = Buffer.alloc(46)
    header.writeUInt32LE(0x02014b50, 0)
    header.writeUInt16LE((3 << 8) | 20, 4)
    writeCommon(header, 6, { flags, method, ...sizes, ...(entry.isZip64 && WIDE) })
    header.writeUInt16LE(name.length, 28)
    header.writeUInt16LE(extra.length, 30)
    const comment = Buffer.from(entry.comment ?? '')
    header.writeUInt16LE(comment.length, 32)
    header.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
    header.writeUInt32LE(entry.isZip64 ? ALL_ONES : offset, 42)
    central.push(header, name, extra, comment)
    offset += record.reduce((sum, { length }) => sum + length, 0)
  }
  const directory = Buffer.concat(central)
  const { count = entries.length, length = directory.length, start = offset } = options.claims ?? {}
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(start, 16)
  const comment = Buffer.from(options.comment ?? '')
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, directory, end, comment])
}

const NOTHING = { crc: 0, zippedBytes: 0, unzippedBytes: 0 }
const WIDE = { zippedBytes: ALL_ONES, unzippedBytes: ALL_ONES }

interface Common {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
}

function writeCommon(header: Buffer, at: number, { flags, method, crc, zippedBytes, unzippedBytes }: Common): void {
  header.writeUInt16LE(20, at)
  header.writeUInt16LE(flags, at + 2)
  header.writeUInt16LE(method, at + 4)
  header.writeUInt16LE((44 << 9) | (2 << 5) | 29, at + 8) // 29 February 2024
  header.writeUInt32LE(crc, at + 10)
  header.writeUInt32LE(zippedBytes, at + 14)
  header.writeUInt32LE(unzippedBytes, at + 18)
}

function descriptor({ crc, zippedBytes, unzippedBytes }: Omit<Common, 'flags' | 'method'>): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc, 4)
  bytes.writeUInt32LE(zippedBytes, 8)
  bytes.writeUInt32LE(unzippedBytes, 12)
  return bytes
}

function zip64Extra(unzippedBytes: number, zippedBytes: number, offset: number): Buffer {
  const extra = Buffer.alloc(28)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(24, 2)
  for (const [index, number] of [unzippedBytes, zippedBytes, offset].entries())
    extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index)
  return extra
}

export interface WheelParts {
  readonly name?: string
  readonly version?: string
  readonly tag?: string
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** As they stand in the archive: what no builder of wheels would write. */
  readonly raw?: readonly RawEntry[]
  readonly entryPoints?: string
  /** Instead of the ones that fit; null: none. */
  readonly metadata?: string | null
  readonly wheel?: string | null
  readonly record?: string | null
  readonly requires?: readonly string[]
}

/** The entries of a wheel (PEP 427), with a RECORD that lists `files` with their hashes. */
export function wheelEntries(parts: WheelParts = {}): RawEntry[] {
  const { name = 'demo', version = '1.0', tag = 'py3-none-any', files = {}, raw = [] } = parts
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`
  const requires = (parts.requires ?? []).map((line) => `Requires-Dist: ${line}\n`).join('')
  const texts: [string, string | Uint8Array | null][] = [
    ...Object.entries(files),
    [
      `${info}/METADATA`,
      parts.metadata === undefined
        ? `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires}`
        : parts.metadata,
    ],
    [
      `${info}/WHEEL`,
      parts.wheel === undefined
        ? `Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: ${tag}\n`
        : parts.wheel,
    ],
    [`${info}/entry_points.txt`, parts.entryPoints ?? null],
  ]
  const present = texts.flatMap(([path, content]) => (content === null ? [] : [{ name: path, content }]))
  const record = present.map(({ name: path, content }) => recordLine(path, content)).join('')
  const lines = parts.record === undefined ? `${record}${info}/RECORD,,\n` : parts.record
  return [...present, ...raw, ...(lines === null ? [] : [{ name: `${info}/RECORD`, content: lines }])]
}

export function recordLine(path: string, content: string | Uint8Array): string {
  const digest = createHash('sha256').update(content).digest('base64url')
  return `${path},sha256=${digest},${Buffer.byteLength(content)}\n`
}

/** Writes a wheel into a folder. */
export async function wheelIn(
  folder: string,
  parts: WheelParts = {},
  options: RawOptions = {},
): Promise<{ readonly path: string; readonly filename: string }> {
  const { name = 'demo', version = '1.0', tag = 'py3-none-any' } = parts
  const filename = `${name.replaceAll('-', '_')}-${version}-${tag}.whl`
  const path = join(folder, filename)
  await writeFile(path, rawZip(wheelEntries(parts), options))
  return { path, filename }
}
