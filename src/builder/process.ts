import type { Completed } from './builder.ts'

export interface ProcessOptions {
  readonly cwd: string
  /** The program's whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly onLine?: ((line: string) => void) | undefined
}

/** Starts a program and answers when it has ended. @throws when it cannot be started at all. */
export type RunProcess = (command: readonly string[], options: ProcessOptions) => Promise<Completed>

/**
 * The one process runner. `@actions/exec` is loaded with the first process, so that a build which needs none does not
 * pay for it; it finds programs on Windows too, and hands arguments over as a list.
 */
export const runProcess: RunProcess = async ([program = '', ...args], { cwd, env, onLine }) => {
  const { getExecOutput } = await import('@actions/exec')
  const listeners = onLine ? { stdline: onLine, errline: onLine } : {}
  // The first argument is a command line to that library: quoted, a path may hold spaces.
  return await getExecOutput(`"${program}"`, [...args], {
    cwd,
    env: { ...env },
    silent: true,
    ignoreReturnCode: true,
    listeners,
  })
}
