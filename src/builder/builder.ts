import type { Target } from '../platform/target.ts'
import type { Sandbox } from './sandbox.ts'

/** A program that ran to its end. A failing exit code is an answer here, not an error. */
export interface Completed {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Working folder: an absolute path in the builder; by default the workspace. */
  readonly cwd?: string
  /** Variables added to the builder's own (index settings, certificate authority). */
  readonly env?: Readonly<Record<string, string>>
  /** `replace` starts from `env` alone, for code of the application. */
  readonly environment?: 'inherit' | 'replace'
  /** Called for each line of either stream while the program runs. */
  readonly onLine?: (line: string) => void
}

/** What is known of a builder without opening it. */
export interface BuilderFacts {
  readonly kind: 'docker' | 'host'
  /** For the log: engine and image, or interpreter. */
  readonly description: string
  /** What can change compiled code besides the target and Python's version: the image. */
  readonly identity: string
  readonly target: Target
  /** The full version of the interpreter, as in `3.13.5`. */
  readonly pythonVersion: string
  /** Whether code that is compiled here loads on the target: the C library is not newer than the target's. */
  readonly compilesFor: boolean
  /** Whether the target's compiled code can be imported here (operating system, architecture). */
  readonly canImport: boolean
}

/** What a builder may have beyond Python, pip and uv. An image gets it from its own distribution, when it is asked for. */
export type Equipment = 'git' | 'compilers' | 'rust'

/**
 * What was known of an image turned out to be of the past when it was opened: keys that were made of it are wrong. What
 * holds now is remembered, so whoever started over would find it.
 */
export class ToolchainChanged extends Error {
  override readonly name = 'ToolchainChanged'

  constructor(image: string) {
    super(`${image} is another one than in the last build`)
  }
}

/**
 * A builder that is opened when the first step needs it: a build whose parts are all in the store needs none. Owned and
 * released by the caller, together with the builder.
 */
export interface Toolchain extends BuilderFacts, AsyncDisposable {
  /**
   * The same builder at every call for the same equipment. On this machine that is what the machine has, always; docker
   * starts a container of its own for each, since most builds need none.
   */
  open(equipment?: readonly Equipment[]): Promise<Builder>
  /** Where an artifact can be run as Lambda would; absent without a container engine. */
  readonly sandbox?: () => Promise<Sandbox>
}

/**
 * Runs the steps of a build where compiled code, bytecode and the import check are the target's own (a container made
 * from the Lambda image), or on this machine. Files go in and out explicitly: never by a mount.
 *
 * Owned and released by whoever opened it: `close` (or `await using`) removes the container or the temporary folder, and
 * is safe to call twice.
 */
export interface Builder extends BuilderFacts, AsyncDisposable {
  /** Absolute path of an empty folder that belongs to this build. Paths of `put` and `take` are below it. */
  readonly workspace: string
  /** The interpreter of the target's own minor version. */
  readonly python: string
  /** The path of uv, which is installed at the first call where the builder has none. */
  readonly uv: () => Promise<string>
  /** The same where the builder has it already. */
  readonly uvIfThere: () => Promise<string | undefined>
  /** How many processes are worth starting at once. */
  readonly processors: number
  /** Copies the content of a local folder to a folder of the workspace, which is made when it is missing. */
  put(localFolder: string, path: string): Promise<void>
  /**
   * A folder of the workspace as a local folder that is only to be read: `localFolder`, which must not exist, or the
   * folder itself where the workspace is local anyway.
   */
  take(path: string, localFolder: string): Promise<string>
  run(command: readonly string[], options?: RunOptions): Promise<Completed>
  close(): Promise<void>
}
