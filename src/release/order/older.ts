import type { VersionState } from '../../aws/lambda.ts'
import { type Problem, UserError } from '../../errors.ts'
import type { Run } from '../../settings/run.ts'
import { isSameWorkflow, type Provenance, readProvenance } from './provenance.ts'

/**
 * A run that was slow, or started again, must not replace what a later one has released.
 * @throws UserError where what is served is newer; a manual run knows what it does
 */
export function refuseOlder(served: VersionState | undefined, run: Run, allowOlder: boolean): void {
  const problem = olderProblem(served, run, allowOlder)
  if (problem) throw new UserError(problem)
}

/** Why a run is refused; undefined where it is not. */
export function olderProblem(served: VersionState | undefined, run: Run, allowOlder: boolean): Problem | undefined {
  const there = served && readProvenance(served.description)
  if (served === undefined || there === undefined || allowOlder || run.isManual || !isOlder(run, there)) {
    return undefined
  }
  return {
    title: 'What is served is newer than what this run would release',
    detail: [`Served, version ${served.version}: ${words(there)}`, `This run: ${words(run)}`].join('\n'),
    hint: 'Nothing was changed. To go back, use rollback; to release the older one all the same, set allow-older: true, or start the workflow by hand (workflow_dispatch).',
  }
}

type Origin = Pick<Provenance, 'commit' | 'hasChanges' | 'committedAt' | 'actor' | 'workflow'>

/** Runs of one workflow are counted; everything else goes by the date of the commit. What is not known is not compared. */
function isOlder(own: Origin, there: Origin): boolean {
  if (own.workflow && there.workflow && isSameWorkflow(own.workflow.name, there.workflow.name)) {
    return own.workflow.number < there.workflow.number
  }
  return Date.parse(own.committedAt ?? '') < Date.parse(there.committedAt ?? '')
}

function words({ commit, hasChanges, committedAt, actor, workflow }: Origin): string {
  const parts = [
    workflow && `run ${workflow.number}${workflow.name.startsWith('~') ? '' : ` of ${workflow.name}`}`,
    commit === undefined ? 'an unknown commit' : `commit ${commit.slice(0, 12)}${hasChanges ? ' with changes' : ''}`,
    committedAt && `committed ${committedAt}`,
    actor && `by ${actor}`,
  ]
  return parts.filter(Boolean).join(', ')
}
