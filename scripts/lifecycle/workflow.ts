import { type ActionResult, startAction } from '../../__tests__/support/action-runner.ts'
import { ROLE } from '../../__tests__/support/world.ts'
import { MIGRATION } from './application.ts'
import type { Ground } from './ground.ts'
import type { Mishap } from './mishaps.ts'
import { FUNCTION, REPOSITORY, type WorkflowEvent } from './repository.ts'

/** How a run of the workflow ended. */
export interface Ended extends Pick<ActionResult, 'exitCode' | 'outputs' | 'log' | 'milliseconds'> {
  /** What went wrong, where that has happened in time. */
  readonly mishap: string | undefined
  readonly isHung: boolean
}

/** Whatever goes wrong, a run ends within this. */
const LONGEST_MILLISECONDS = 120_000

/** One run of the one workflow of the repository, started by an event. */
export async function runWorkflow(ground: Ground, event: WorkflowEvent, mishap?: Mishap): Promise<Ended> {
  const { world, github, action, workspace } = ground
  const running = await startAction({
    ...{ action, workspace },
    eventName: event.name,
    event: event.payload,
    env: {
      ...(event.hasCredentials === false ? { ...world.env, AWS_ACCESS_KEY_ID: '' } : world.env),
      ...github.env,
      GITHUB_REPOSITORY: REPOSITORY.name,
      GITHUB_REPOSITORY_ID: String(REPOSITORY.id),
      GITHUB_RUN_ID: String(event.commit.run),
      GITHUB_RUN_NUMBER: String(event.commit.run),
      GITHUB_SHA: event.commit.sha,
    },
    inputs: { ...inputsOf(ground, event), 'github-token': github.token },
  })
  const hasHappened = mishap?.arm(ground, running.signal)
  let isHung = false
  const limit = setTimeout(() => {
    isHung = true
    running.signal('SIGKILL')
  }, LONGEST_MILLISECONDS)
  try {
    const { exitCode, outputs, log, milliseconds } = await running.result
    const met = hasHappened?.() === true ? mishap?.name : undefined
    return { exitCode, outputs, log, milliseconds, isHung, mishap: met }
  } finally {
    clearTimeout(limit)
  }
}

/** What stands in `with:`; a workflow says with expressions what depends on the event. */
function inputsOf(ground: Ground, { name, payload, commit }: WorkflowEvent): Record<string, string> {
  const { world, zips, mainDatabase, databaseAdmin } = ground
  const { runtime = '', 'url-origin': origin = '' } = world.inputs
  if (name === 'schedule' || (payload as { action?: string }).action === 'closed') {
    return { 'preview-database-admin': databaseAdmin }
  }
  return {
    ...{ 'function-name': FUNCTION, runtime, 'url-origin': origin, artifact: zips[commit.code] },
    ...(name === 'push' ? { role: ROLE } : { 'create-role': 'true' }),
    environment: [`DATABASE_URL=${mainDatabase}`, 'SITE=main', `COMMIT=${commit.sha}`].join('\n'),
    'preview-environment': 'SITE={{pr}}',
    'preview-database-admin': databaseAdmin,
    'preview-limit': '0',
    'before-traffic': MIGRATION,
    'github-environment': 'preview',
  }
}
