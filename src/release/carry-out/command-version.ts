import { type CommandVersionStep, pointCommandsAlias } from '../plan/command-version.ts'
import { commandConfigurationNow, type Executors } from '../releasing.ts'
import { waitUntilIdle, waitUntilUpdated } from '../wait.ts'
import { withNewRole } from './aside.ts'
import { publishVersion } from './publish.ts'

export const commandVersionExecutors: Executors<CommandVersionStep> = {
  'configure-commands': async (_, releasing) => {
    const { functionName } = releasing.desired
    const configuration = commandConfigurationNow(releasing)
    if (configuration === undefined) return
    await waitUntilIdle(functionName, releasing.with)
    releasing.progress.mayBeConfiguredForCommands = true
    await withNewRole(() => releasing.with.lambda.updateConfiguration(functionName, configuration), releasing)
    await waitUntilUpdated(functionName, releasing.with)
  },
  'publish-commands': async (_, releasing) => {
    releasing.progress.commandVersion = await publishVersion(releasing, {
      configuration: commandConfigurationNow(releasing),
      description: releasing.commandsDescription,
    })
  },
  'point-commands': async (_, { current, desired, progress, with: { lambda } }) => {
    const { commandVersion: version } = progress
    if (version === undefined) return
    progress.mayHavePointedCommands = true
    await pointCommandsAlias(desired, { version, isThere: current.commands !== undefined }, lambda)
  },
}
