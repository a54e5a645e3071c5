import type { Completed } from './builder.ts'
import { collectLines } from './docker-lines.ts'

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
  const { exec } = await import('@actions/exec')
  const stdout = collectLines(onLine)
  const stderr = collectLines(onLine)
  // The first argument is a command line to that library: quoted, a path may hold spaces.
  const exitCode = (await exec(`"${program}"`, [...args], {
    cwd,
    env: { ...env },
    silent: true,
    ignoreReturnCode: true,
    input: NO_INPUT,
    // Its own lines leave out the last one when it has no end, and cut characters that come in two pieces.
    listeners: { stdout: (chunk) => stdout.stream.write(chunk), stderr: (chunk) => stderr.stream.write(chunk) },
  })) as number | null
  return { exitCode: exitCode ?? ENDED_BY_A_SIGNAL, stdout: stdout.end(), stderr: stderr.end() }
}

const ENDED_BY_A_SIGNAL = -1

/**
 * Without input that library leaves standard input open, and a program that asks for something would wait for ever. It
 * hands this to `stream.end`, which takes a callback too; an empty buffer would be written, and fail with EPIPE where
 * the program has ended before.
 */
const NO_INPUT = (() => undefined) as unknown as Buffer
