import { isConflict } from '../../aws/errors.ts'
import { UserError } from '../../errors.ts'
import type { ChangeStep } from '../plan/change.ts'
import { hasCode } from '../plan/difference.ts'
import { configurationNow, type Executors, type Releasing } from '../releasing.ts'
import { waitUntilIdle, waitUntilUpdated } from '../wait.ts'
import { withNewRole } from './aside.ts'
import { publishVersion } from './publish.ts'

export const changeExecutors: Executors<ChangeStep> = {
  'make-bucket': async (_, { makeBucket }) => {
    await makeBucket()
  },
  upload: async (_, { upload }) => {
    await upload()
  },
  'publish-layer': async (_, { progress, publishLayer }) => {
    progress.layer = await publishLayer()
  },
  'create-function': async (_, releasing) => {
    const { functionName } = releasing.desired
    await createFunction(releasing)
    await waitUntilUpdated(functionName, releasing.with)
    // Whoever has it now has planned with the new function: this plan is out of date.
    await releasing.lock.take(0)
  },
  'update-code': async (_, { desired: { functionName }, code, with: waiting }) => {
    await waitUntilIdle(functionName, waiting)
    await waiting.lambda.updateCode(functionName, code)
    await waitUntilUpdated(functionName, waiting)
  },
  'update-configuration': async (_, releasing) => {
    await updateConfiguration(releasing)
    await waitUntilUpdated(releasing.desired.functionName, releasing.with)
  },
  publish: async (_, releasing) => {
    await publish(releasing)
  },
  'fill-url': async (_, releasing) => {
    await updateConfiguration(releasing)
    await publish(releasing)
  },
}

/** An answer can get lost, and a client repeats what is done already then. */
async function createFunction(releasing: Releasing): Promise<void> {
  const { functionName, codeSha256, architecture, aside } = releasing.desired
  const { lambda } = releasing.with
  const beside = { tags: aside.tags, codeSigningConfig: aside.codeSigning?.arn }
  try {
    await withNewRole(
      () => lambda.createFunction(functionName, configurationNow(releasing), releasing.code, beside),
      releasing,
    )
  } catch (error) {
    const there = await lambda.getVersion(functionName).catch(() => undefined)
    if (there && hasCode(there, codeSha256, architecture)) return
    if (!isConflict(error)) throw error
    throw new UserError(
      {
        title: `Somebody else has created ${functionName} meanwhile`,
        hint: 'Run this again: it goes on from what is there.',
      },
      { cause: error },
    )
  }
}

async function updateConfiguration(releasing: Releasing): Promise<void> {
  const { functionName } = releasing.desired
  await waitUntilIdle(functionName, releasing.with)
  await withNewRole(
    () => releasing.with.lambda.updateConfiguration(functionName, configurationNow(releasing)),
    releasing,
  )
  releasing.progress.mayBeConfiguredForCommands = false
}

async function publish(releasing: Releasing): Promise<void> {
  releasing.progress.version = await publishVersion(releasing, {
    configuration: configurationNow(releasing),
    description: releasing.versionDescription,
  })
}
