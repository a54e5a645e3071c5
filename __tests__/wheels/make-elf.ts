import type { ElfFacts } from '../../src/wheels/elf.ts'

type Described = Partial<ElfFacts> & { readonly weakNeeds?: ElfFacts['needs'] }

/** At which address the file is loaded: not 0, so that an address is never mistaken for an offset. */
const BASE = 0x10000

/**
 * A shared object with program headers and a dynamic segment and nothing else: no code and no section headers, as after
 * the roughest `strip`.
 */
export function makeElf({
  bits = 64,
  isLittleEndian = true,
  machine = 62,
  soname,
  needed = [],
  searchPaths = [],
  needs = [],
  weakNeeds = [],
  defines = [],
}: Described = {}): Uint8Array {
  const is64 = bits === 64
  const width = bits / 8
  const strings = new Strings()
  const verneed = symbolsNeeded(
    [...needs.map((one) => ({ ...one, flags: 0 })), ...weakNeeds.map((one) => ({ ...one, flags: 2 }))],
    strings,
  )
  const verdef = symbolsDefined(defines.length === 0 ? [] : [soname ?? '', ...defines], strings)
  const named: [number, number][] = [
    ...needed.map((name): [number, number] => [1, strings.add(name)]),
    ...(soname === undefined ? [] : [[14, strings.add(soname)] as [number, number]]),
    ...(searchPaths.length === 0 ? [] : [[29, strings.add(searchPaths.join(':'))] as [number, number]]),
  ]
  const headerBytes = is64 ? 64 : 52
  const segmentBytes = is64 ? 56 : 32
  const dynamicAt = headerBytes + 2 * segmentBytes
  const dynamicBytes = (named.length + 7) * 2 * width
  const verneedAt = dynamicAt + dynamicBytes
  const verdefAt = verneedAt + 4 * verneed.length
  const stringsAt = verdefAt + 4 * verdef.length
  const dynamic: [number, number][] = [
    ...named,
    [5, BASE + stringsAt],
    [10, strings.bytes.length],
    ...((needs.length + weakNeeds.length === 0
      ? []
      : [
          [0x6ffffffe, BASE + verneedAt],
          [0x6fffffff, needs.length + weakNeeds.length],
        ]) as [number, number][]),
    ...((defines.length === 0
      ? []
      : [
          [0x6ffffffc, BASE + verdefAt],
          [0x6ffffffd, defines.length + 1],
        ]) as [number, number][]),
  ]

  const bytes = new Uint8Array(stringsAt + strings.bytes.length)
  const view = new DataView(bytes.buffer)
  const half = (at: number, value: number) => {
    view.setUint16(at, value, isLittleEndian)
  }
  const word = (at: number, value: number) => {
    view.setUint32(at, value, isLittleEndian)
  }
  const address = (at: number, value: number) => {
    if (is64) view.setBigUint64(at, BigInt(value), isLittleEndian)
    else word(at, value)
  }

  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isLittleEndian ? 1 : 2, 1])
  half(16, 3)
  half(18, machine)
  word(20, 1)
  address(is64 ? 32 : 28, headerBytes)
  half(is64 ? 52 : 40, headerBytes)
  half(is64 ? 54 : 42, segmentBytes)
  half(is64 ? 56 : 44, 2)
  const segment = (at: number, type: number, offset: number, length: number) => {
    word(at, type)
    const [offsetAt, addressAt, fileBytesAt, memoryBytesAt] = is64 ? [8, 16, 32, 40] : [4, 8, 16, 20]
    address(at + offsetAt, offset)
    address(at + addressAt, BASE + offset)
    address(at + fileBytesAt, length)
    address(at + memoryBytesAt, length)
  }
  segment(headerBytes, 1, 0, bytes.length)
  segment(headerBytes + segmentBytes, 2, dynamicAt, dynamicBytes)
  for (const [index, [tag, value]] of dynamic.entries()) {
    address(dynamicAt + index * 2 * width, tag)
    address(dynamicAt + (index * 2 + 1) * width, value)
  }
  const table = (at: number, cells: readonly Cell[]) => {
    for (const [index, cell] of cells.entries()) {
      if (typeof cell === 'number') word(at + 4 * index, cell)
      else {
        half(at + 4 * index, cell[0])
        half(at + 4 * index + 2, cell[1])
      }
    }
  }
  table(verneedAt, verneed)
  table(verdefAt, verdef)
  bytes.set(strings.bytes, stringsAt)
  return bytes
}

/** Four bytes: a word, or two halves. */
type Cell = number | readonly [number, number]

/** `Elfxx_Verneed` (version and count, file, aux, next), each followed by its `Elfxx_Vernaux` (hash, flags and index, name, next). */
function symbolsNeeded(
  needs: readonly { library: string; versions: readonly string[]; flags: number }[],
  strings: Strings,
): Cell[] {
  return needs.flatMap(({ library, versions, flags }, index) => [
    [1, versions.length] as const,
    strings.add(library),
    16,
    index === needs.length - 1 ? 0 : 16 + 16 * versions.length,
    ...versions.flatMap((version, at): Cell[] => [
      0,
      [flags, 2 + at],
      strings.add(version),
      at === versions.length - 1 ? 0 : 16,
    ]),
  ])
}

/** `Elfxx_Verdef` (version and flags, index and count, hash, aux, next), each followed by one `Elfxx_Verdaux` (name, next). */
function symbolsDefined(names: readonly string[], strings: Strings): Cell[] {
  return names.flatMap((name, index): Cell[] => [
    [1, index === 0 ? 1 : 0],
    [index + 1, 1],
    0,
    20,
    index === names.length - 1 ? 0 : 28,
    strings.add(name),
    0,
  ])
}

class Strings {
  #text = '\0'

  add(text: string): number {
    const index = this.#text.length
    this.#text += `${text}\0`
    return index
  }

  get bytes(): Uint8Array {
    return Buffer.from(this.#text, 'latin1')
  }
}
