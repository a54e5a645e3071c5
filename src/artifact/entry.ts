/** One file of an artifact. */
export interface Entry {
  /** Below `/var/task`, with `/`. */
  readonly path: string
  /** Lambda's user must be able to read everything, so modes are normalised to one of these two. */
  readonly mode: 0o644 | 0o755
  readonly content: { readonly file: string } | { readonly bytes: Uint8Array } | { readonly packed: Packed }
  /** The installed distribution that it belongs to, as in `django`; absent for the application and the runtime. */
  readonly distribution?: string
}

/** A file that is compressed already, so that a writer only copies it. */
export interface Packed {
  /** APPNOTE 4.4.5: 0 stored, 8 deflated. */
  readonly method: 0 | 8
  readonly crc: number
  readonly unzippedBytes: number
  readonly zippedBytes: number
  readonly read: () => Promise<Uint8Array>
}

/** Bytewise, so that the order is the same on every machine and in every language. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))
}
