import type { Bytes } from './file-bytes.ts'

/** What a loader reads of a shared object or a program before it runs it. */
export interface ElfFacts {
  readonly bits: 32 | 64
  readonly isLittleEndian: boolean
  /** `e_machine`: 62 is x86-64, 183 is 64 bit ARM. */
  readonly machine: number
  readonly soname: string | undefined
  /** The libraries that are loaded with it, `DT_NEEDED`, in its order. */
  readonly needed: readonly string[]
  /** `DT_RPATH` and `DT_RUNPATH`, one folder each; `$ORIGIN` is the file's own folder. */
  readonly searchPaths: readonly string[]
  /** The versions of symbols that the loader insists on, by the library that must have them. */
  readonly needs: readonly SymbolVersions[]
  /** The versions of symbols that it offers to others. */
  readonly defines: readonly string[]
}

export interface SymbolVersions {
  readonly library: string
  /** As in `GLIBC_2.17`, in the order of the file. */
  readonly versions: readonly string[]
}

/** A file that begins like ELF and is not: damaged, cut off or made to mislead. */
export class BrokenElf extends Error {
  override readonly name = 'BrokenElf'
}

const MAGIC = [0x7f, 0x45, 0x4c, 0x46]

const LOAD = 1
const DYNAMIC = 2

/** Tags of the dynamic section. Sources: System V ABI, "Dynamic Section"; Linux Standard Base, "Symbol Versioning". */
const TAG = {
  end: 0,
  needed: 1,
  stringTable: 5,
  stringBytes: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  defined: 0x6ffffffc,
  definedCount: 0x6ffffffd,
  needs: 0x6ffffffe,
  needsCount: 0x6fffffff,
} as const

/** The loader does without a version that has this flag (`VER_FLG_WEAK`). */
const WEAK = 2
/** The definition that only repeats the name of the file (`VER_FLG_BASE`). */
const BASE = 1

/** More than any real file has, so that a hostile one takes no time. */
const MOST_RECORDS = 4000
const LONGEST_STRING = 16_384

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly bytes: number
}

type Dynamic = readonly { readonly tag: number; readonly value: number }[]

/**
 * Reads program headers and the dynamic segment, and never the section headers: `strip` may remove those, and a loader
 * does not look at them. Sources: System V ABI; Linux Standard Base, "Symbol Versioning".
 *
 * @returns undefined for a file that is not ELF
 * @throws BrokenElf for one that says it is and cannot be read
 */
export function readElf(bytes: Bytes): ElfFacts | undefined {
  const start = bytes.subarray(0, MAGIC.length)
  if (!MAGIC.every((byte, index) => start[index] === byte)) return undefined
  const reader = new ElfReader(bytes)
  const segments = readSegments(reader)
  const dynamic = readDynamic(reader, segments)
  const tables = new DynamicTables(reader, segments, dynamic)
  const paths = [...tables.strings(TAG.rpath), ...tables.strings(TAG.runpath)]
  return {
    bits: reader.bits,
    isLittleEndian: reader.isLittleEndian,
    machine: reader.half(18),
    soname: tables.strings(TAG.soname)[0],
    needed: tables.strings(TAG.needed),
    searchPaths: paths.flatMap((path) => path.split(':')).filter((path) => path !== ''),
    needs: tables.needs(),
    defines: tables.defines(),
  }
}

/** Numbers of the file in its own width and byte order; each read is within it. */
class ElfReader {
  readonly bits: 32 | 64
  readonly isLittleEndian: boolean
  readonly #bytes: Bytes

  constructor(bytes: Bytes) {
    this.#bytes = bytes
    const kind = this.byte(4)
    const order = this.byte(5)
    if (kind !== 1 && kind !== 2) throw new BrokenElf(`its class is ${kind}`)
    if (order !== 1 && order !== 2) throw new BrokenElf(`its byte order is ${order}`)
    this.bits = kind === 1 ? 32 : 64
    this.isLittleEndian = order === 1
  }

  byte(offset: number): number {
    return this.#view(offset, 1).getUint8(0)
  }

  half(offset: number): number {
    return this.#view(offset, 2).getUint16(0, this.isLittleEndian)
  }

  word(offset: number): number {
    return this.#view(offset, 4).getUint32(0, this.isLittleEndian)
  }

  /** An address or an offset. One above 2^53 loses digits, and is outside of every file. */
  address(offset: number): number {
    if (this.bits === 32) return this.word(offset)
    return Number(this.#view(offset, 8).getBigUint64(0, this.isLittleEndian))
  }

  /** The text from there to the next zero, which is before `end`. */
  string(offset: number, end: number): string {
    const part = this.#bytes.subarray(this.#within(offset, 1), Math.min(end, offset + LONGEST_STRING))
    const length = part.indexOf(0)
    if (length === -1) throw new BrokenElf(`a string at ${offset} does not end`)
    return new TextDecoder().decode(part.subarray(0, length))
  }

  #view(offset: number, bytes: number): DataView {
    const part = this.#bytes.subarray(this.#within(offset, bytes), offset + bytes)
    return new DataView(part.buffer, part.byteOffset, part.byteLength)
  }

  #within(offset: number, bytes: number): number {
    if (offset >= 0 && offset + bytes <= this.#bytes.length) return offset
    throw new BrokenElf(`it ends at ${this.#bytes.length}, before what it keeps at ${offset}`)
  }
}

function readSegments(reader: ElfReader): Segment[] {
  const is64 = reader.bits === 64
  const start = reader.address(is64 ? 32 : 28)
  const entryBytes = reader.half(is64 ? 54 : 42)
  const count = reader.half(is64 ? 56 : 44)
  if (count > MOST_RECORDS) throw new BrokenElf(`it has ${count} program headers`)
  if (count > 0 && entryBytes < (is64 ? 56 : 32)) throw new BrokenElf(`its program headers have ${entryBytes} bytes`)
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * entryBytes
    const [offset, address, bytes] = is64 ? [8, 16, 32] : [4, 8, 16]
    return {
      type: reader.word(at),
      offset: reader.address(at + offset),
      address: reader.address(at + address),
      bytes: reader.address(at + bytes),
    }
  })
}

function readDynamic(reader: ElfReader, segments: readonly Segment[]): Dynamic {
  const segment = segments.find(({ type }) => type === DYNAMIC)
  if (segment === undefined) return []
  const width = reader.bits / 8
  const entries: { tag: number; value: number }[] = []
  for (let at = segment.offset; at + 2 * width <= segment.offset + segment.bytes; at += 2 * width) {
    const tag = reader.address(at)
    if (tag === TAG.end) break
    entries.push({ tag, value: reader.address(at + width) })
    if (entries.length > MOST_RECORDS) throw new BrokenElf('its dynamic section has no end')
  }
  return entries
}

/** What the dynamic section points to. */
class DynamicTables {
  readonly #reader: ElfReader
  readonly #segments: readonly Segment[]
  readonly #dynamic: Dynamic
  #strings: { readonly start: number; readonly end: number } | undefined
  #records = 0

  constructor(reader: ElfReader, segments: readonly Segment[], dynamic: Dynamic) {
    this.#reader = reader
    this.#segments = segments
    this.#dynamic = dynamic
  }

  /** The texts of all entries with this tag. */
  strings(tag: number): string[] {
    return this.#dynamic.filter((entry) => entry.tag === tag).map(({ value }) => this.#string(value))
  }

  /** `Elfxx_Verneed` and `Elfxx_Vernaux`, which have one layout for both widths. */
  needs(): SymbolVersions[] {
    const reader = this.#reader
    const versions = (first: number, count: number) =>
      this.#chain(first, count, 12)
        .filter((at) => (reader.half(at + 4) & WEAK) === 0)
        .map((at) => this.#string(reader.word(at + 8)))
    return this.#table(TAG.needs, TAG.needsCount, 12).map((at) => ({
      library: this.#string(reader.word(at + 4)),
      versions: versions(at + reader.word(at + 8), reader.half(at + 2)),
    }))
  }

  /** `Elfxx_Verdef`, whose first `Elfxx_Verdaux` has the name; the others name what it succeeds. */
  defines(): string[] {
    const reader = this.#reader
    return this.#table(TAG.defined, TAG.definedCount, 16)
      .filter((at) => (reader.half(at + 2) & BASE) === 0)
      .map((at) => this.#string(reader.word(at + reader.word(at + 12))))
  }

  #table(tag: number, countTag: number, nextAt: number): number[] {
    const address = this.#value(tag)
    if (address === undefined) return []
    return this.#chain(this.#offset(address), this.#value(countTag) ?? 0, nextAt)
  }

  /** Offsets of records, each of which says at `nextAt` how far the next one is; 0 ends the list. */
  #chain(first: number, count: number, nextAt: number): number[] {
    const offsets: number[] = []
    for (let at = first; offsets.length < count; ) {
      if (++this.#records > MOST_RECORDS) throw new BrokenElf('its tables of versions have no end')
      offsets.push(at)
      const next = this.#reader.word(at + nextAt)
      if (next === 0) break
      at += next
    }
    return offsets
  }

  #string(index: number): string {
    this.#strings ??= this.#stringTable()
    return this.#reader.string(this.#strings.start + index, this.#strings.end)
  }

  #stringTable(): { start: number; end: number } {
    const address = this.#value(TAG.stringTable)
    if (address === undefined) throw new BrokenElf('it has names and no table of strings')
    const start = this.#offset(address)
    return { start, end: start + (this.#value(TAG.stringBytes) ?? LONGEST_STRING) }
  }

  #value(tag: number): number | undefined {
    return this.#dynamic.find((entry) => entry.tag === tag)?.value
  }

  /** Where in the file stands what will be at an address. */
  #offset(address: number): number {
    const segment = this.#segments.find(
      ({ type, address: start, bytes }) => type === LOAD && start <= address && address < start + bytes,
    )
    if (segment === undefined) throw new BrokenElf(`the address ${address} is in none of its segments`)
    return segment.offset + (address - segment.address)
  }
}
