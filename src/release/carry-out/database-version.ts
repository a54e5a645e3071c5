import { type Problem, UserError } from '../../errors.ts'
import { problemsOf } from '../../report/problem.ts'
import { pointSideAlias } from '../plan/command-version.ts'
import { type DatabaseVersionStep, databasesAlias } from '../plan/database-version.ts'
import { configurationNow, databaseConfigurationNow, type Executors, type Releasing } from '../releasing.ts'
import { waitUntilIdle, waitUntilUpdated } from '../wait.ts'
import { withNewRole } from './aside.ts'
import { publishVersion } from './publish.ts'

export const databaseVersionExecutors: Executors<DatabaseVersionStep> = {
  // Visitors have the new version by now: it is no reason to take that back.
  'publish-databases': async (_, releasing) => {
    const { desired, current, with: waiting } = releasing
    const name = databasesAlias(desired.alias)
    try {
      const version = await publishDatabases(releasing)
      const target = { version, description: `wsgi-lambda: databases of previews of ${desired.alias} are made here` }
      await pointSideAlias(
        { functionName: desired.functionName, name, isThere: current.databases !== undefined },
        target,
        waiting.lambda,
      )
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const { title, detail, hint } = error
      waiting.report.warning({ title: `The version of ${name} is not up to date: ${title}`, detail, hint })
    }
  },
}

/** `$LATEST` is left with the configuration for requests, whatever happens. @returns the version */
async function publishDatabases(releasing: Releasing): Promise<string> {
  const { with: waiting, databasesDescription: description } = releasing
  const { functionName } = releasing.desired
  const configuration = databaseConfigurationNow(releasing)
  await waitUntilIdle(functionName, waiting)
  let version: string
  try {
    await withNewRole(() => waiting.lambda.updateConfiguration(functionName, configuration), releasing)
    await waitUntilUpdated(functionName, waiting)
    version = await publishVersion(releasing, { configuration, description })
  } catch (error) {
    // Why there is no version says more than what comes of that.
    await configureForRequests(releasing).catch((later: unknown) => {
      for (const problem of problemsOf(later).problems) waiting.report.warning(leftForDatabases(functionName, problem))
    })
    throw error
  }
  await configureForRequests(releasing)
  return version
}

async function configureForRequests(releasing: Releasing): Promise<void> {
  const { lock, desired, with: waiting } = releasing
  // Somebody else who has the lock now works with $LATEST, and puts it right by its mark.
  if (lock.isLost()) return
  await waitUntilIdle(desired.functionName, waiting)
  await waiting.lambda.updateConfiguration(desired.functionName, configurationNow(releasing))
}

function leftForDatabases(functionName: string, { title, detail, hint }: Problem): Problem {
  return { title: `$LATEST of ${functionName} is left as it is for databases: ${title}`, detail, hint }
}
