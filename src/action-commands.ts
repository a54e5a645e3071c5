import { buildOutputsOf, deploymentFactsOf, deploymentOutputsOf, rollbackOutputsOf } from './action-outputs.ts'
import type { ActionRun } from './action-run.ts'
import { readRegion } from './aws/identity.ts'
import { build } from './commands/build.ts'
import { deploy } from './commands/deploy.ts'
import { rollback } from './commands/rollback.ts'
import { run } from './commands/run.ts'
import { SettingsError } from './errors.ts'
import { openGitHub } from './github/open.ts'
import { announceDeployment } from './preview/announce/deployed.ts'
import { deploymentComment } from './report/deployment-comment.ts'
import { type DeploymentFacts, deploymentSummary, rollbackSummary, runSummary } from './report/summary.ts'
import {
  type DeploySettings,
  loadBuildSettings,
  loadDeploySettings,
  loadFunctionSettings,
} from './settings/settings.ts'
import { VERSION } from './version.ts'

/** What the action does for each command, but for those of previews. */

export async function runBuild({ origin, mask, restore, building, setOutputs }: ActionRun): Promise<void> {
  const settings = await loadBuildSettings(origin)
  mask(settings.environment)
  mask(settings.commandEnvironment)
  await restore(settings)
  const built = await build(settings, 'deploy', building)
  setOutputs(buildOutputsOf(built))
}

/** `plan` is a deployment that does nothing, always. */
export async function runDeploy(action: ActionRun): Promise<void> {
  const loaded = await loadDeploySettings(action.origin)
  const settings = { ...loaded, dryRun: loaded.dryRun || action.command === 'plan' }
  action.mask(settings.environment)
  action.mask(settings.commandEnvironment)
  const releasing = await action.releasing(settings)
  if (settings.build) await action.restore(settings.build)
  const result = await deploy(settings, releasing)
  action.setOutputs(deploymentOutputsOf(result, settings.dryRun))
  const region = await readRegion(action.clientOptions)
  const facts = deploymentFactsOf(result, settings.dryRun, region)
  await action.writeSummary(deploymentSummary(facts))
  if (settings.comment === true) await tell(action, settings, facts)
}

/** The pull request whose merge is deployed, or whose plan it is. */
async function tell(action: ActionRun, { functionName, alias }: DeploySettings, facts: DeploymentFacts): Promise<void> {
  const { environment, event, report, secrets, signal, wait } = action
  const github = await openGitHub(environment, action.input('github-token'), { version: VERSION, wait, signal })
  const place = { functionName, alias, region: facts.region, pull: event.pull?.number }
  const body = deploymentComment(facts, secrets())
  await announceDeployment(body, { ...place, commit: environment['GITHUB_SHA'] }, github, report)
}

export async function runRollback(action: ActionRun): Promise<void> {
  const settings = await loadFunctionSettings(action.origin)
  action.mask(settings.environment)
  const result = await rollback(versionOf(action.input('to')), settings, await action.releasing(settings))
  action.setOutputs(rollbackOutputsOf(result))
  await action.writeSummary(rollbackSummary(result))
}

/** Commands in the deployed function: the step ends as the last of them did. */
export async function runCommands(action: ActionRun): Promise<void> {
  const settings = await loadFunctionSettings(action.origin)
  action.mask(settings.environment)
  const { lambda, logs } = await action.openAws(settings)
  const { report, clock, wait, signal } = action
  const result = await run(action.input('run') ?? '', settings, { lambda, logs, report, clock, wait, signal })
  action.setOutputs({ 'function-name': result.functionName, 'exit-code': result.exitCode })
  await action.writeSummary(runSummary(result))
  if (result.problem) action.annotate(result.problem)
  action.setExitCode(result.exitCode)
}

function versionOf(to: string | undefined): string | undefined {
  if (to === undefined || /^[1-9]\d*$/.test(to)) return to
  const detail = `Given: ${JSON.stringify(to)}`
  throw new SettingsError([
    { title: 'input to is not valid', detail, hint: 'Allowed: the number of a version, as in 7' },
  ])
}
