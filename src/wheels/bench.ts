import type { Builder, Completed, Equipment } from '../builder/builder.ts'
import type { Pin } from '../requirements/pins.ts'

/** Runs a program in the builder's workspace, with these variables more. */
export type Run = (command: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Completed>

/** Where one try to build a wheel happens. */
export interface Bench {
  readonly builder: Builder
  readonly equipment: readonly Equipment[]
  readonly run: Run
  /** Of the workspace, for this try alone. */
  readonly workFolder: string
  /** A folder of this machine that goes when the wheel is done. */
  readonly temporary: string
}

/** As messages call it. */
export const nameOf = ({ name, version }: Pin): string => (version === undefined ? name : `${name} ${version}`)

export async function listFolder(folder: string, builder: Builder): Promise<string[]> {
  const program = 'import os, sys; print("\\n".join(sorted(os.listdir(sys.argv[1]))))'
  const { stdout } = await builder.run([builder.python, '-I', '-c', program, folder])
  return stdout.split('\n').filter((name) => name !== '')
}
