/** The first sixteen bytes of a `.pyc` (PEP 552). */
export type BytecodeHeader =
  | { readonly kind: 'unchecked' | 'checked'; readonly magic: number /** Hexadecimal. */; readonly sourceHash: string }
  | {
      readonly kind: 'timestamp'
      readonly magic: number
      /** Of the source, when it was compiled: seconds since 1970, and bytes; both modulo 2³². */
      readonly sourceModified: number
      readonly sourceBytes: number
    }
  | { readonly kind: 'damaged' }

/** What bytecode for a released Python begins with. Source: CPython, `Include/internal/pycore_magic_number.h`. */
export const MAGIC_NUMBERS: Readonly<Record<string, number>> = {
  '3.10': 3439,
  '3.11': 3495,
  '3.12': 3531,
  '3.13': 3571,
  '3.14': 3627,
}

const HEADER_BYTES = 16
const HASH_BASED = 1
const CHECK_SOURCE = 2

export function readHeader(content: Buffer): BytecodeHeader {
  if (content.length <= HEADER_BYTES || content.toString('latin1', 2, 4) !== '\r\n') return { kind: 'damaged' }
  const magic = content.readUInt16LE(0)
  const flags = content.readUInt32LE(4)
  if (![0, HASH_BASED, HASH_BASED | CHECK_SOURCE].includes(flags)) return { kind: 'damaged' }
  if (flags & HASH_BASED)
    return {
      kind: flags & CHECK_SOURCE ? 'checked' : 'unchecked',
      magic,
      sourceHash: content.toString('hex', 8, HEADER_BYTES),
    }
  return { kind: 'timestamp', magic, sourceModified: content.readUInt32LE(8), sourceBytes: content.readUInt32LE(12) }
}
