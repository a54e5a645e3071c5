import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Ended {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly ended: Promise<Ended>
  readonly signal: (name: NodeJS.Signals) => void
}

/** The command line of one bundle. */
export interface Bundle {
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Running
}

export function bundleIn(folder: string, cwd: string, shared: Readonly<Record<string, string>>): Bundle {
  return {
    run: (args, env = {}) => {
      const child = spawn(process.execPath, [join(folder, 'cli.cjs'), ...args], {
        cwd,
        env: { ...shared, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
        ([stdout, stderr, [code]]) => ({ exitCode: (code as number | null) ?? undefined, stdout, stderr }),
      )
      return { ended, signal: (name) => void child.kill(name) }
    },
  }
}
