import { type ActionResult, startAction } from '../../__tests__/support/action-runner.ts'
import { ROLE } from '../../__tests__/support/world.ts'
import { BUILD_INPUTS, MIGRATION } from './application.ts'
import type { Ground } from './ground.ts'
import type { Mishap } from './mishaps.ts'
import { FUNCTION, hasSchema, REPOSITORY, type WorkflowEvent } from './repository.ts'

/** How a run of the workflow ended. */
export interface Ended extends Pick<ActionResult, 'exitCode' | 'outputs' | 'log' | 'milliseconds'> {
  /** What went wrong, where that has happened in time. */
  readonly mishap: string | undefined
  readonly isHung: boolean
}

export interface RunOptions {
  readonly mishap?: Mishap | undefined
  /** Whether the artifact is built in the run; else one that is there already is taken. */
  readonly isBuilt?: boolean
}

/** Whatever goes wrong, a run ends within this. */
const LONGEST_MILLISECONDS = 120_000

/** One run of the one workflow of the repository, started by an event. */
export async function runWorkflow(
  ground: Ground,
  event: WorkflowEvent,
  { mishap, isBuilt = false }: RunOptions = {},
): Promise<Ended> {
  const { world, github, action, workspace, project } = ground
  const running = await startAction({
    ...{ action, workspace: isBuilt ? project : workspace },
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
    inputs: { ...inputsOf(ground, event, isBuilt), 'github-token': github.token },
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
function inputsOf(ground: Ground, event: WorkflowEvent, isBuilt: boolean): Record<string, string> {
  const { name, action, pull, commit } = event
  const { world, zips, mainDatabase, databaseAdmin } = ground
  const admin = { 'preview-database-admin': databaseAdmin }
  // By its name, or by tags.
  if (action === 'closed') return commit.run % 2 === 0 ? { ...admin, 'function-name': FUNCTION } : admin
  if (name === 'schedule') return admin
  const machine = Object.fromEntries(Object.entries(world.inputs).filter(([input]) => input !== 'role'))
  return {
    ...{ ...machine, ...admin, 'function-name': FUNCTION },
    ...(isBuilt ? BUILD_INPUTS : { artifact: zips[commit.code] }),
    ...(pull === undefined ? { role: ROLE } : { 'create-role': 'true' }),
    ...(pull && hasSchema(pull) && { 'preview-database': 'schema' }),
    environment: [`DATABASE_URL=${mainDatabase}`, 'SITE=main', `COMMIT=${commit.sha}`].join('\n'),
    'preview-environment': 'SITE={{pr}}',
    'preview-limit': '0',
    'before-traffic': MIGRATION,
    'github-environment': 'preview',
  }
}
