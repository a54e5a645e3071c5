/** Runs an artifact as Lambda would: in the image of its runtime, each time in surroundings that are made for it alone. */
export interface Sandbox {
  /** The image, for the log. */
  readonly image: string
  /** Of the image and of the program that checks in it: with another one the answer may be another. */
  readonly identity: string
  /** Runs `docker/check_artifact.py` on the files of a zip, as Lambda's user, without a network. @throws UserError */
  check(zip: string, options: SandboxOptions): Promise<SandboxEnd>
  /** Runs `docker/collect_static.py` in the same way; what it has written is copied to a folder that must not exist. @throws UserError */
  collect(zip: string, options: Omit<SandboxOptions, 'request' | 'memory'>, localFolder: string): Promise<SandboxEnd>
}

export interface SandboxOptions {
  /** What the program is told, as JSON. */
  readonly request: string
  /** All variables that the program has. */
  readonly env: Readonly<Record<string, string>>
  /** MB; undefined for as much as the engine has. */
  readonly memory: number | undefined
  /** The program is ended after so many seconds, if it does not end itself. */
  readonly seconds: number
}

/** How the program ended: by itself, by our hand, or not even started, since it is another processor's. */
export type SandboxEnd =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'foreign' }
