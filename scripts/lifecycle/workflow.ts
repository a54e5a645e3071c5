import { type ActionResult, startAction } from '../../__tests__/support/action-runner.ts'
import { ROLE } from '../../__tests__/support/world.ts'
import { buildInputs, MIGRATION } from './application.ts'
import type { Ground, Place } from './ground.ts'
import { LABEL, needsLabel } from './labels.ts'
import type { Mishap } from './mishaps.ts'
import { REPOSITORY, type WorkflowEvent } from './repository.ts'

/** How a run of the workflow ended. */
export interface Ended extends Pick<ActionResult, 'exitCode' | 'outputs' | 'log' | 'milliseconds'> {
  /** What went wrong, where that has happened in time. */
  readonly mishap: string | undefined
  readonly isHung: boolean
}

export interface RunOptions {
  /** The function that it is about; undefined where the event is about all of them. */
  readonly place: Place | undefined
  readonly mishap?: Mishap | undefined
  /** Whether the artifact is built in the run, as a layer has to be; else one that is there already is taken. */
  readonly isBuilt?: boolean
}

/** Whatever goes wrong, a run ends within this. */
const LONGEST_MILLISECONDS = 120_000
/** Main's, of the version that makes databases for previews. */
const DATABASE_ROLE = 'arn:aws:iam::000000000000:role/shop-databases'

/** One run of the one workflow of the repository, started by an event. */
export async function runWorkflow(
  ground: Ground,
  event: WorkflowEvent,
  { place, mishap, isBuilt = place?.app.hasLayer ?? false }: RunOptions,
): Promise<Ended> {
  const { world, github, action, workspace } = ground
  const project = isBuilt ? place?.projects[event.commit.code] : undefined
  const running = await startAction({
    ...{ action, workspace: project ?? workspace },
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
    inputs: { ...inputsOf(ground, event, place, isBuilt), 'github-token': github.token },
  })
  const hasHappened = mishap?.arm({ world, github, link: linkOf(ground, place) }, running.signal)
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

/** The way to the databases that a run is about. */
export function linkOf({ places }: Ground, place: Place | undefined): Place['link'] {
  const link = (place ?? places[0])?.link
  if (link === undefined) throw new Error('There is no function.')
  return link
}

/** What stands in `with:`; a workflow says with expressions what depends on the event. */
function inputsOf(
  ground: Ground,
  { name, action, pull, commit }: WorkflowEvent,
  place: Place | undefined,
  isBuilt: boolean,
): Record<string, string> {
  // Where a reference was given, the tags keep it.
  const admin = { 'preview-database-admin': (place ?? ground.places[0])?.databaseAdmin ?? '' }
  if (place === undefined || name === 'schedule') return admin
  const { app, databaseAdmin, mainDatabase, zips } = place
  const label = pull && needsLabel(pull) && { 'preview-label': LABEL }
  if (action === 'closed') return { ...(databaseAdmin.includes('://') && admin), ...label, 'function-name': app.name }
  const machine = Object.fromEntries(Object.entries(ground.world.inputs).filter(([input]) => input !== 'role'))
  const { static: statics, ...others } = buildInputs(app)
  const byFunction = app.access === 'function'
  return {
    ...{ ...machine, ...admin, 'function-name': app.name },
    ...(isBuilt ? others : { artifact: zips[commit.code] }),
    ...(statics !== undefined && { static: statics }),
    ...(pull === undefined ? { role: ROLE } : { 'create-role': 'true' }),
    ...label,
    ...(pull && app.hasSchema(pull) && { 'preview-database': 'schema' }),
    ...(byFunction && { 'preview-database-access': 'function' }),
    ...(byFunction && pull === undefined && { 'database-role': DATABASE_ROLE }),
    environment: [`DATABASE_URL=${mainDatabase}`, 'SITE=main', `COMMIT=${commit.sha}`].join('\n'),
    'preview-environment': 'SITE={{pr}}',
    'preview-limit': '0',
    'before-traffic': MIGRATION,
    'github-environment': 'preview',
  }
}
