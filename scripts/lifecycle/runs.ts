import type { Ground, Place } from './ground.ts'
import { chooseMishap, clear, type Experience, experienceOf, type Mishap } from './mishaps.ts'
import { type Measure, ownMilliseconds } from './overhead.ts'
import type { WorkflowEvent } from './repository.ts'
import { type Ended, linkOf, runWorkflow } from './workflow.ts'

/** Runs of one kind ask much the same of others. */
export type RunKind = 'first preview' | 'preview' | 'unlabel' | 'destroy' | 'deploy' | 'sweep'

export interface Run {
  readonly event: WorkflowEvent
  /** The function that it is about; undefined where the event is about all of them. */
  readonly place: Place | undefined
  /** Undefined where nothing may go wrong. */
  readonly kind: RunKind | undefined
  /** Awaited before it starts. */
  readonly after?: () => Promise<unknown>
}

/** The runs of a workflow, with what goes wrong in them. */
export interface Runs {
  readonly alone: (run: Omit<Run, 'after'>) => Promise<Ended>
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
  const experience = new Map<string, Experience>()
  const measures: Measure[] = []
  let [runs, met, isCalm] = [0, 0, false]

  const subjectOf = ({ kind, place }: Run): string => `${kind} ${place?.app.name ?? ''}`

  function mishapFor(run: Run): Mishap | undefined {
    // Chosen in any case, so that the story is the same with and without.
    const isDue = random() < mishaps
    const seed = random()
    if (!isDue || isCalm || run.kind === undefined) return undefined
    return chooseMishap(experience.get(subjectOf(run)), seed)
  }

  async function start({ event, place }: Run, mishap: Mishap | undefined): Promise<Ended> {
    runs += 1
    const ended = await runWorkflow(ground, event, { place, mishap })
    if (ended.mishap !== undefined) met += 1
    return ended
  }

  return {
    measures,
    count: () => ({ runs, mishaps: met }),
    calmDown: () => {
      isCalm = true
    },
    alone: async (run) => {
      const { kind, place } = run
      clear(ground)
      const mishap = mishapFor(run)
      const ended = await start(run, mishap)
      // A preview that is removed instead of being made counts as skipped.
      const isDone = ended.exitCode === 0 && (ended.outputs['skipped'] !== 'true' || kind === 'unlabel')
      const isWhole = isDone && mishap === undefined
      if (isWhole && kind !== undefined) {
        experience.set(subjectOf(run), experienceOf({ ...ground, link: linkOf(ground, place) }))
        measures.push({ kind, own: ownMilliseconds(ended.milliseconds, ground), whole: ended.milliseconds })
      }
      clear(ground)
      return ended
    },
    together: async (all) => {
      clear(ground)
      const ended = all.map(async (run) => {
        const mishap = mishapFor(run)
        await run.after?.()
        return await start(run, mishap)
      })
      const results = await Promise.all(ended)
      clear(ground)
      return results
    },
  }
}
