/** What a store keeps: a folder each. */
export const STORE_KINDS = [
  /** Distributions, installed, compiled and compressed. */
  'slices',
  /** Wheels that were built, since none is published for the target. */
  'wheels',
  /** Which wheel was chosen for a requirement. */
  'selections',
  /** What requirements without a lock were resolved to; what a lock was exported as. */
  'resolutions',
  /** An application's files, compiled and compressed. */
  'applications',
  /** What an interpreter or an image was found to be. */
  'toolchains',
  /** Artifacts whose application was imported. */
  'checks',
  /** Of what was last written to a place: which slices, hashes and sizes. The zip itself stays where it is. */
  'artifacts',
  /** Which files were released, without their content. */
  'releases',
] as const

export type StoreKind = (typeof STORE_KINDS)[number]

/** What is said of a file that is kept. */
export interface KeepOptions {
  /** It came from an index that is not public: what everybody can read, such as a cache of pull requests, leaves it out. */
  readonly isPrivate?: boolean
}

/** The folders of a kind: what is private lies apart, so that a copy can leave it out. */
export function foldersOf(kind: StoreKind): { readonly open: string; readonly closed: string } {
  return { open: kind, closed: `${kind}-private` }
}

/**
 * Files by what went into them, kept between builds. A key (lower-case hexadecimal) promises the input; that a file is
 * whole is checked by its own hash. Whoever may write a store decides what goes into artifacts.
 */
export interface Store extends AsyncDisposable {
  /** The path of what a key holds, or undefined. A damaged file is removed and counts as missing. */
  find(kind: StoreKind, key: string): Promise<string | undefined>
  /**
   * Writes a file to a temporary name and publishes it whole. Where the store cannot be written (read-only, disk full),
   * the file lasts as long as this object. @returns its path
   */
  keep(kind: StoreKind, key: string, write: (path: string) => Promise<void>, options?: KeepOptions): Promise<string>
  /** Hexadecimal SHA-256 of any file, remembered for as long as the file stays the same. @throws where it cannot be read */
  digestOf(path: string): Promise<string>
}
