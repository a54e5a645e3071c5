import { type Numbered, newest, type PullRequest, pullEvent, type WorkflowEvent } from './repository.ts'
import type { Scene } from './scene.ts'
import type { Ended } from './workflow.ts'

/** Labels of pull requests: some have a preview as long as they have the one that the workflow names. */

/** What `preview-label` is. */
export const LABEL = 'preview'
/** Says nothing of previews. */
const OTHER_LABEL = 'bug'

/** Whether the workflow asks it for a label. */
export function needsLabel({ number }: Numbered): boolean {
  return number % 5 === 2
}

/** Whether it gets a preview while it is open. */
export function isWanted(pull: PullRequest): boolean {
  return !needsLabel(pull) || pull.labels.has(LABEL)
}

/** Whether a run for this event has to leave everything as it is. */
export function isForNothing({ pull, action, label }: WorkflowEvent): boolean {
  if (pull === undefined || action === 'closed' || isWanted(pull)) return false
  return action !== 'unlabeled' || label !== LABEL
}

/** A preview is asked for. */
export async function label(pull: PullRequest, scene: Scene): Promise<readonly Ended[]> {
  scene.tag(pull, LABEL, true)
  return await scene.preview(pull, 'labeled', LABEL)
}

/** It is not wanted any more. */
export async function unlabel(pull: PullRequest, scene: Scene): Promise<readonly Ended[]> {
  scene.tag(pull, LABEL, false)
  const event = pullEvent(pull, 'unlabeled', newest(pull), { label: LABEL })
  const runs = scene.placesOf(pull).map((place) => ({ event, place, kind: 'unlabel' }) as const)
  const ended = await scene.each(runs, (run) => scene.alone(run))
  if (scene.checkRemoved(pull, runs, ended)) scene.lingering.delete(pull)
  else scene.lingering.add(pull)
  return ended
}

/** Comes, and goes the next time. */
export async function labelOtherwise(pull: PullRequest, scene: Scene): Promise<readonly Ended[]> {
  const comes = !pull.labels.has(OTHER_LABEL)
  scene.tag(pull, OTHER_LABEL, comes)
  return await scene.preview(pull, comes ? 'labeled' : 'unlabeled', OTHER_LABEL)
}
