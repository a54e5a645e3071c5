import { gitIn } from '../../builder/git.ts'
import type { RunProcess } from '../../builder/process.ts'
import { type Machine, readMachine } from '../../settings/machine.ts'
import { type Run, readRun } from '../../settings/run.ts'

/** What a release needs to keep its place among others: who it is, and clocks. */
export interface Order {
  readonly readRun: () => Promise<Run>
  readonly readMachine: () => Promise<Machine>
  /** Milliseconds since 1970, as clocks of other machines count too. */
  readonly now: () => number
  /** Repeats a task, without keeping the program alive for it. @returns what ends it */
  readonly every: (milliseconds: number, task: () => void) => () => void
}

interface Surroundings {
  readonly project: string
  readonly environment: Readonly<Record<string, string>>
  readonly run: RunProcess
  readonly process: Parameters<typeof readMachine>[0]
}

export function orderAt({ project, environment, run, process }: Surroundings): Order {
  return {
    readRun: () => readRun(environment, gitIn(project, environment, run)),
    readMachine: () => readMachine(process),
    now: () => Date.now(),
    every: (milliseconds, task) => {
      const timer = setInterval(task, milliseconds)
      timer.unref()
      return () => {
        clearInterval(timer)
      }
    },
  }
}
