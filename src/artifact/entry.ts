/** One file of an artifact, before it is compressed. */
export interface Entry {
  /** Below `/var/task`, with `/`. */
  readonly path: string
  /** Lambda's user must be able to read everything, so modes are normalised to one of these two. */
  readonly mode: 0o644 | 0o755
  readonly content: { readonly file: string } | { readonly bytes: Uint8Array }
  /** The installed distribution that it belongs to, as in `django`; absent for the application and the runtime. */
  readonly distribution?: string
}

/** Bytewise, so that the order is the same on every machine and in every language. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))
}
