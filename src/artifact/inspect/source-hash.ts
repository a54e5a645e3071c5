/**
 * The hash of a source in hash-based bytecode (PEP 552): SipHash of its bytes under the magic number, as CPython's
 * `importlib.util.source_hash` computes it: SipHash-1-3 from Python 3.11 on, SipHash-2-4 before.
 *
 * @returns its eight bytes in hexadecimal, as they stand in a `.pyc`
 */
export function sourceHash(source: Buffer, magic: number, pythonMinor: string): string {
  const [rounds, lastRounds] = pythonMinor === '3.10' ? [2, 4] : [1, 3]
  // The key is the raw magic number: its two bytes and "\r\n", as a little-endian number; the other half is zero.
  const state = new SipState((magic | 0x0a0d0000) >>> 0)
  const whole = source.length - (source.length % 8)
  for (let at = 0; at < whole; at += 8) state.take(source.readInt32LE(at), source.readInt32LE(at + 4), rounds)
  const rest = Buffer.alloc(8)
  source.copy(rest, 0, whole)
  rest[7] = source.length & 0xff
  state.take(rest.readInt32LE(0), rest.readInt32LE(4), rounds)
  return state.end(lastRounds)
}

/** Four 64-bit words, each as a low and a high half: numbers of JavaScript do not reach 64 bits, and BigInt is slow. */
class SipState {
  readonly #low: Int32Array
  readonly #high: Int32Array

  constructor(key: number) {
    this.#low = Int32Array.of(0x70736575 ^ key, 0x6e646f6d, 0x6e657261 ^ key, 0x79746573)
    this.#high = Int32Array.of(0x736f6d65, 0x646f7261, 0x6c796765, 0x74656462)
  }

  take(low: number, high: number, rounds: number): void {
    this.#xor(3, low, high)
    this.#round(rounds)
    this.#xor(0, low, high)
  }

  end(rounds: number): string {
    this.#xor(2, 0xff, 0)
    this.#round(rounds)
    const hash = Buffer.alloc(8)
    hash.writeInt32LE(
      this.#low.reduce((all, half) => all ^ half, 0),
      0,
    )
    hash.writeInt32LE(
      this.#high.reduce((all, half) => all ^ half, 0),
      4,
    )
    return hash.toString('hex')
  }

  #round(count: number): void {
    for (let done = 0; done < count; done++) {
      this.#mix(0, 1, 13)
      this.#rotate(0, 32)
      this.#mix(2, 3, 16)
      this.#mix(0, 3, 21)
      this.#mix(2, 1, 17)
      this.#rotate(2, 32)
    }
  }

  /** a += b; b = (b <<< bits) ^ a */
  #mix(a: number, b: number, bits: number): void {
    const low = this.#half(this.#low, a) + this.#half(this.#low, b)
    this.#high[a] = this.#half(this.#high, a) + this.#half(this.#high, b) + (low > 0xffffffff ? 1 : 0)
    this.#low[a] = low
    this.#rotate(b, bits)
    this.#xor(b, this.#half(this.#low, a), this.#half(this.#high, a))
  }

  #rotate(word: number, bits: number): void {
    const [low, high] = [this.#half(this.#low, word), this.#half(this.#high, word)]
    this.#low[word] = bits === 32 ? high : (low << bits) | (high >>> (32 - bits))
    this.#high[word] = bits === 32 ? low : (high << bits) | (low >>> (32 - bits))
  }

  #xor(word: number, low: number, high: number): void {
    this.#low[word] = this.#half(this.#low, word) ^ low
    this.#high[word] = this.#half(this.#high, word) ^ high
  }

  #half(halves: Int32Array, word: number): number {
    return (halves[word] ?? 0) >>> 0
  }
}
