import { readSync } from 'node:fs'

/** Bytes that are looked at in a few places: those of an array, or of a file that is too large to hold. */
export interface Bytes {
  readonly length: number
  subarray(start: number, end: number): Uint8Array
}

/** The tables of a shared object lie close together. */
const WINDOW_BYTES = 64 * 1024

/** Reads what is asked for, and what stands after it; the file is the caller's and stays open. */
export function bytesOfFile(descriptor: number, length: number): Bytes {
  let windowStart = 0
  let window = Buffer.alloc(0)
  return {
    length,
    subarray: (start, end) => {
      const stop = Math.min(end, length)
      if (start < windowStart || stop > windowStart + window.length) {
        window = Buffer.alloc(Math.min(length - start, Math.max(stop - start, WINDOW_BYTES)))
        windowStart = start
        readSync(descriptor, window, 0, window.length, start)
      }
      return window.subarray(start - windowStart, stop - windowStart)
    },
  }
}
