import { UserError } from '../../errors.ts'
import { foreignRole } from '../desired/desired-configuration.ts'
import { placeOfArn, rolePolicy, trustPolicy } from '../permissions/role-policy.ts'
import type { AsideStep } from '../plan/aside.ts'
import type { Executors, Releasing } from '../releasing.ts'
import { waitUntilIdle, waitUntilUpdated } from '../wait.ts'

export const asideExecutors: Executors<AsideStep> = {
  'create-role': async ({ name }, releasing) => {
    releasing.with.report.info(await makeRole(name, releasing))
  },
  'update-role': async ({ name }, releasing) => {
    await makeRole(name, releasing)
  },
  'create-log-group': async ({ name }, { desired, with: { aside } }) => {
    const logGroups = await aside.openLogGroups()
    await logGroups.create(name, desired.aside.tags)
  },
  'set-log-retention': async ({ group, days }, { with: { aside } }) => {
    const logGroups = await aside.openLogGroups()
    await logGroups.setRetention(group, days)
  },
  'set-code-signing': async ({ arn }, { desired: { functionName }, with: { aside } }) => {
    await aside.codeSigning.set(functionName, arn)
  },
  'reserve-concurrency': async ({ reserved }, { desired: { functionName }, with: { aside } }) => {
    await aside.reservedConcurrency.set(functionName, reserved)
  },
  'add-tags': async ({ names }, { current, desired, with: { aside } }) => {
    const tags = Object.entries(desired.aside.tags).filter(([name]) => names.includes(name))
    await aside.tags.add(current.latest?.arn ?? '', Object.fromEntries(tags))
  },
  'describe-function': async (_, { desired, with: waiting }) => {
    const { functionName, aside } = desired
    await waitUntilIdle(functionName, waiting)
    await waiting.lambda.updateConfiguration(functionName, { description: aside.description ?? '' })
    await waitUntilUpdated(functionName, waiting)
  },
}

/**
 * The role, with what it needs to do. Its policy names the account and the region: those of the role, and of the client that
 * makes it. @returns its ARN
 */
async function makeRole(name: string, { current, desired, progress, with: { aside } }: Releasing): Promise<string> {
  const roles = await aside.openRoles()
  const { role: wish, tags } = desired.aside
  const boundary = wish?.boundary
  const role =
    (await roles.get(name)) ?? (await roles.create(name, trustPolicy(await aside.readAccount()), { tags, boundary }))
  if (!role.isOurs) throw foreignRole(name)
  // Before it may do anything more: credentials that may write policies of bounded roles only, could not otherwise.
  if (boundary !== undefined && role.boundary !== boundary) await roles.setBoundary(name, boundary)
  if (wish) {
    const place = { ...placeOfArn(role.arn), region: await roles.region() }
    await roles.putPolicy(name, rolePolicy(wish.needs, place, current.aside.role?.policy))
  }
  progress.role = role.arn
  return role.arn
}

/** IAM tells Lambda of a new role, or of what it may do, within some seconds. */
const MOST_SECONDS = 60
const NOT_KNOWN_YET = /cannot be assumed by Lambda|execution role does not have permissions/

/** A call that names the role which this release makes: repeated as long as Lambda does not know of the role. */
export async function withNewRole<T>(send: () => Promise<T>, { desired, with: waiting }: Releasing): Promise<T> {
  const started = waiting.clock()
  for (;;) {
    try {
      return await send()
    } catch (error) {
      const seconds = (waiting.clock() - started) / 1000
      if (desired.aside.role === undefined || !isNotKnownYet(error) || seconds > MOST_SECONDS) throw error
      waiting.signal.throwIfAborted()
      waiting.report.progress(
        `waiting until Lambda knows the role ${desired.aside.role.name} (${seconds.toFixed(0)} s)`,
      )
      await waiting.wait(2000)
    }
  }
}

function isNotKnownYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const words = error instanceof UserError ? `${error.message} ${error.detail ?? ''}` : error.message
  return NOT_KNOWN_YET.test(words) || isNotKnownYet(error.cause)
}
