import { isNotFound } from '../../aws/errors.ts'
import { UserError } from '../../errors.ts'
import { aliasDescription, readAliasMark } from '../order/alias-mark.ts'
import { type CommandVersionStep, commandsAlias, pointCommandsAlias } from '../plan/command-version.ts'
import { commandConfigurationNow, type Executors, type Releasing } from '../releasing.ts'
import { waitUntilIdle, waitUntilUpdated } from '../wait.ts'
import { pointAlias } from './alias.ts'
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
    progress.hasCommands = true
  },
  // Visitors have the new version by now: what is left over is no reason to take it back.
  'retire-commands': async (_, releasing) => {
    try {
      await retireCommandsAlias(releasing)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const { title, hint } = error
      const name = commandsAlias(releasing.desired.alias)
      releasing.with.report.warning({ title: `Commands may still run on the version of ${name}`, detail: title, hint })
    }
  },
}

/** The alias stays, on what serves nobody: to remove it would take a right that nothing else needs. */
async function retireCommandsAlias(releasing: Releasing): Promise<void> {
  const { desired, progress, with: waiting } = releasing
  const { functionName, alias: name } = desired
  const description = `wsgi-lambda: commands of ${name} run on what it serves`
  try {
    await waiting.lambda.updateAlias(functionName, commandsAlias(name), { version: '$LATEST', description })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  progress.hasCommands = false
  const { alias } = progress
  if (alias === undefined) return
  const mark = { ...readAliasMark(alias.description), hasCommands: false }
  progress.alias = await pointAlias({ version: alias.version, description: aliasDescription(mark) }, releasing)
}
