import { EXECUTORS } from './carry-out/all.ts'
import { hasCommands } from './order/alias-mark.ts'
import { describeStep } from './plan/describe.ts'
import type { Step } from './plan/steps.ts'
import type { ApplyOptions, Progress, RanCommand, ReleaseCollaborators, Releasing } from './releasing.ts'
import { tellingColdStart } from './traffic/cold-start.ts'
import { undo } from './undo/undo.ts'
import { reasonOf } from './undo/undo-alias.ts'

export interface Release {
  readonly function: {
    readonly name: string
    readonly arn: string
    readonly version: string
    readonly alias: string
    readonly aliasArn: string
    readonly url: string | undefined
  }
  readonly changed: boolean
  readonly steps: readonly Step[]
  readonly commands: readonly RanCommand[]
  /** How long the first start of the new version took, where the platform tells it. */
  readonly coldStartMs: number | undefined
}

/** Carries out a plan. @throws UserError; the alias then serves what it served before. */
export async function applyRelease(
  steps: readonly Step[],
  options: ApplyOptions,
  collaborators: ReleaseCollaborators,
): Promise<Release> {
  const { current, desired } = options
  const progress: Progress = {
    version: current.served?.version ?? '',
    commandVersion: desired.commands && current.commands?.version,
    hasCommands: current.commands !== undefined || hasCommands(current.alias),
    layer: undefined,
    role: undefined,
    alias: current.alias,
    url: current.url,
    hasMoved: false,
    mayHaveMoved: false,
    mayHaveShifted: false,
    mayHaveProvisioned: false,
    mayHaveChangedMode: false,
    mayHaveOpenedUrl: false,
    mayBeConfiguredForCommands: false,
    mayHavePointedCommands: false,
    mayHavePrepared: false,
    begun: [],
    commands: [],
    coldStartMs: undefined,
  }
  const lambda = tellingColdStart(collaborators.lambda, (version, milliseconds) => {
    if (version !== progress.version || milliseconds === undefined) return
    collaborators.report.info(`version ${version} took ${Math.round(milliseconds)} ms to start (Init Duration)`)
    progress.coldStartMs = milliseconds
  })
  const releasing: Releasing = { ...options, progress, with: { ...collaborators, lambda } }
  let isDone = false
  try {
    for (const [index, step] of steps.entries()) {
      isDone = progress.hasMoved && steps.slice(index).every(isTidying)
      collaborators.signal.throwIfAborted()
      await options.lock.confirm()
      const described = describeStep(step, desired)
      collaborators.report.info(described)
      collaborators.report.progress(described)
      const carryOut = EXECUTORS[step.kind] as (step: Step, releasing: Releasing) => Promise<void>
      await carryOut(step, releasing)
    }
  } catch (error) {
    if (!isDone) throw await undo(error, releasing)
    collaborators.report.warning({
      title: 'The release is done, and what is left of earlier ones was not removed',
      detail: reasonOf(error),
      hint: `The alias ${desired.alias} serves version ${progress.version}. The next release removes it.`,
    })
  }
  return released(steps, progress, options)
}

/** What visitors have does not depend on it. */
function isTidying({ kind }: Step): boolean {
  return ['retire-commands', 'unprovision', 'publish-databases', 'tidy-static', 'prune'].includes(kind)
}

export function released(
  steps: readonly Step[],
  {
    version,
    alias,
    url,
    commands,
    coldStartMs,
  }: Pick<Progress, 'version' | 'alias' | 'url' | 'commands' | 'coldStartMs'>,
  { current, desired }: Pick<ApplyOptions, 'current' | 'desired'>,
): Release {
  const aliasArn = alias?.arn ?? ''
  return {
    function: {
      name: desired.functionName,
      arn: current.latest?.arn ?? aliasArn.replace(/:[^:]+$/, ''),
      version,
      alias: desired.alias,
      aliasArn,
      url: url?.address,
    },
    changed: steps.length > 0,
    steps,
    commands,
    coldStartMs,
  }
}
