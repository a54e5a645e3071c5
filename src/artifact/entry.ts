/** One file of an artifact that is not compressed yet. */
export interface Entry {
  /** Below `/var/task`, with `/`. */
  readonly path: string
  /** Lambda's user must be able to read everything, so modes are normalised to one of these two. */
  readonly mode: 0o644 | 0o755
  readonly content: { readonly file: string } | { readonly bytes: Uint8Array }
}
