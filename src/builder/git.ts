import type { Git } from '../settings/run.ts'
import type { RunProcess } from './process.ts'

/** `git` of this machine, in a folder. */
export function gitIn(folder: string, environment: Readonly<Record<string, string>>, run: RunProcess): Git {
  return async (args) => {
    try {
      const { exitCode, stdout } = await run(['git', ...args], { cwd: folder, env: environment })
      return exitCode === 0 ? stdout : undefined
    } catch {
      return undefined
    }
  }
}
