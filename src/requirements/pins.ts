import type { Problem } from '../errors.ts'

/** One distribution that is wanted for the target: exactly one version of it. */
export interface Pin {
  /** Normalised, PEP 503. */
  readonly name: string
  /** PEP 440; undefined where only the distribution itself tells it (a URL, a repository). */
  readonly version: string | undefined
  /** As in `sha256:…`; any of them will do. Empty where the manifest has none. */
  readonly hashes: readonly string[]
  readonly source: PinSource
  /** The distributions that ask for it, as far as the manifest tells; `''` stands for the project itself. */
  readonly requiredBy: readonly string[]
  /** Where it is written. */
  readonly location: Problem['location']
}

export type PinSource =
  /** `index` is the address of the only index that it may come from, without credentials, where the manifest says so. */
  | { readonly kind: 'index'; readonly index?: string }
  /** An archive, or a repository as pip writes it (`git+https://…@commit`). The address may hold `${VARIABLE}`s. */
  | { readonly kind: 'url'; readonly url: string }
  /** A folder or an archive of this machine; an absolute path. */
  | { readonly kind: 'local'; readonly path: string; readonly isEditable: boolean }

export interface Pins {
  /** In the order of the manifest; every one holds for the target (markers are evaluated, extras resolved). */
  readonly pins: readonly Pin[]
  /** Options of pip that decide where distributions come from (`--index-url`, `--find-links`, `--no-binary`, …). */
  readonly pipOptions: readonly string[]
  /** Groups of the manifest that were left out, for the log. */
  readonly groupsLeftOut: readonly string[]
}
