import type { Ground } from './ground.ts'
import { chooseMishap, clear, type Experience, experienceOf, type Mishap } from './mishaps.ts'
import { type Measure, ownMilliseconds } from './overhead.ts'
import type { WorkflowEvent } from './repository.ts'
import { type Ended, runWorkflow } from './workflow.ts'

/** Runs of one kind ask much the same of others. */
export type RunKind = 'first preview' | 'preview' | 'destroy' | 'deploy' | 'sweep'

export interface Run {
  readonly event: WorkflowEvent
  /** Undefined where nothing may go wrong. */
  readonly kind: RunKind | undefined
  /** Awaited before it starts. */
  readonly after?: () => Promise<unknown>
}

/** The runs of a workflow, with what goes wrong in them. */
export interface Runs {
  readonly alone: (event: WorkflowEvent, kind: RunKind | undefined) => Promise<Ended>
  /** At the same time. */
  readonly together: (runs: readonly Run[]) => Promise<readonly Ended[]>
  /** From now on nothing goes wrong. */
  readonly calmDown: () => void
  readonly measures: readonly Measure[]
  readonly count: () => { readonly runs: number; readonly mishaps: number }
}

export interface Luck {
  readonly random: () => number
  /** How often something goes wrong, from 0 to 1. */
  readonly mishaps: number
}

export function createRuns(ground: Ground, { random, mishaps }: Luck): Runs {
  const experience = new Map<RunKind, Experience>()
  const measures: Measure[] = []
  let [runs, met, isCalm] = [0, 0, false]

  function mishapFor(kind: RunKind | undefined): Mishap | undefined {
    // Chosen in any case, so that the story is the same with and without.
    const isDue = random() < mishaps
    const seed = random()
    if (!isDue || isCalm || kind === undefined) return undefined
    return chooseMishap(experience.get(kind), seed)
  }

  async function start(event: WorkflowEvent, mishap: Mishap | undefined): Promise<Ended> {
    runs += 1
    const ended = await runWorkflow(ground, event, { mishap })
    if (ended.mishap !== undefined) met += 1
    return ended
  }

  return {
    measures,
    count: () => ({ runs, mishaps: met }),
    calmDown: () => {
      isCalm = true
    },
    alone: async (event, kind) => {
      clear(ground)
      const mishap = mishapFor(kind)
      const ended = await start(event, mishap)
      const isWhole = ended.exitCode === 0 && mishap === undefined && ended.outputs['skipped'] !== 'true'
      if (isWhole && kind !== undefined) {
        experience.set(kind, experienceOf(ground))
        measures.push({ kind, own: ownMilliseconds(ended.milliseconds, ground), whole: ended.milliseconds })
      }
      clear(ground)
      return ended
    },
    together: async (all) => {
      clear(ground)
      const ended = all.map(async ({ event, kind, after }) => {
        const mishap = mishapFor(kind)
        await after?.()
        return await start(event, mishap)
      })
      const results = await Promise.all(ended)
      clear(ground)
      return results
    },
  }
}
