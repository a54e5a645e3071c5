import { readArtifact } from '../artifact/given.ts'
import type { AwsApis } from '../aws/apis.ts'
import { UserError } from '../errors.ts'
import { applyRelease, type Release, released } from '../release/apply.ts'
import { type Planned, planFacts } from '../release/comparison/report-plan.ts'
import { readCurrentRelease, readServedRelease } from '../release/current.ts'
import { lookingFor } from '../release/current-aside.ts'
import { desiredRelease } from '../release/desired/desired.ts'
import { desiredConfiguration } from '../release/desired/desired-configuration.ts'
import { keptLayers } from '../release/desired/desired-layers.ts'
import { desiredInvokeMode } from '../release/desired/desired-way-in.ts'
import { olderProblem, refuseOlder } from '../release/order/older.ts'
import type { Order } from '../release/order/order.ts'
import { versionDescription } from '../release/order/provenance.ts'
import { inTurn, readInTurn, type Turn } from '../release/order/turn.ts'
import { placeBySettings } from '../release/permissions/permissions.ts'
import { placeOfFunction, stepPermissions } from '../release/permissions/step-permissions.ts'
import { usesBucket } from '../release/plan/change.ts'
import { withoutCommands } from '../release/plan/command-version.ts'
import { describeStep } from '../release/plan/describe.ts'
import { planRelease } from '../release/plan/plan.ts'
import type { Preparation } from '../release/plan/preparation.ts'
import type { Step } from '../release/plan/steps.ts'
import type { CurrentRelease, DesiredBucket } from '../release/state.ts'
import { requestPublicUrl } from '../release/traffic/public-url.ts'
import { sizeProblem, sizeWarning } from '../release/upload/size.ts'
import type { PlanFacts } from '../report/plan-facts.ts'
import { planText } from '../report/plan-text.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { type BuildCollaborators, type BuildResult, build } from './build.ts'
import { compareFiles } from './compare.ts'
import { asBuilt, type Sending, type SendingCollaborators, sendingOf } from './sending.ts'

export interface DeployCollaborators extends SendingCollaborators, AwsApis {
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
  /** Who this is among other runs. */
  readonly order: Order
  /** Whether the output of commands is shown while they run. Default: it is. */
  readonly follows?: boolean
  /** Whether the public address is asked once, to report what it answers. Default: it is. */
  readonly asksUrl?: boolean
  /** What the release prepares before its commands run. */
  readonly preparation?: Preparation | undefined
}

/** What `deploy --json` prints. */
export type DeployResult = BuildResult &
  Release & {
    readonly plan: readonly string[]
    /** Against what was served before. */
    readonly difference: PlanFacts
  }

/** Project (or a zip that was built before) → released function. */
export async function deploy(settings: DeploySettings, collaborators: DeployCollaborators): Promise<DeployResult> {
  const { report, clock, order } = collaborators
  const { functionName, alias } = settings
  const looking = lookingFor(settings)
  // First of all, so that missing credentials or a missing role are told before anything is built.
  const [served, source] = await Promise.all([
    readServedRelease(functionName, alias, collaborators, looking),
    settings.build ?? readArtifact(settings.artifact ?? ''),
  ])
  const { environment } = desiredConfiguration(settings, withoutCommands(served, settings))
  if (settings.build) desiredInvokeMode(settings, settings.build.streaming, served)
  // The import check sees the variables that the function will have, those that it keeps among them.
  const built =
    'target' in source
      ? await build({ ...source, environment }, 'deploy', collaborators)
      : await asBuilt(source, report)
  return await report.phase(`Release ${functionName}`, async () => {
    const started = clock()
    const sent = await sendingOf(built, settings, served, collaborators)
    const planFrom = (current: CurrentRelease, ownBucket?: DesiredBucket): Planned => {
      const desired = {
        ...desiredRelease(settings, sent.code, current),
        ...{ preparation: collaborators.preparation?.what, ownBucket },
      }
      return { current, desired, steps: planRelease(current, desired) }
    }
    const first = planFrom(served)
    const finish = async (turn: Turn | undefined): Promise<DeployResult> => {
      // Where something is to be done, it is planned from what there is now: a build takes minutes, in which others may
      // change the function.
      const readNow = () => readCurrentRelease(functionName, alias, collaborators, looking)
      const drafted = first.steps.length === 0 ? first : planFrom(await readInTurn(turn, readNow))
      const ownBucket = usesBucket(drafted.steps, drafted.desired) ? await sent.readOwnBucket() : undefined
      const planned = ownBucket ? planFrom(drafted.current, ownBucket) : drafted
      const { current, desired, steps } = planned
      if (sendsCode(steps)) checkSize(built, current, settings, report)
      if (settings.functionUrl === undefined && desired.access === 'none' && current.alias === undefined) {
        report.notice({
          title: `${functionName} gets no Function URL, since it was there before`,
          hint: 'To give it one, set function-url to public or iam; to silence this, to none.',
        })
      }
      const plan = steps.map((step) => describeStep(step, desired))
      const difference = planFacts(
        planned,
        await compareFiles(planned, built, settings, collaborators),
        stepPermissions(
          steps,
          settings,
          placeOfFunction(current.latest?.arn, placeBySettings(settings, collaborators.environment)),
        ),
      )
      if (settings.dryRun) {
        for (const line of planText({ plan, difference })) report.info(line)
        const older = steps.length > 0 && olderProblem(current.served, await order.readRun(), settings.allowOlder)
        if (older) report.warning(older)
      }
      const release = await carryOut(planned, sent, turn, settings, collaborators)
      return {
        ...built,
        ...release,
        plan,
        difference,
        seconds: { ...built.seconds, release: Math.round(clock() - started) / 1000 },
      }
    }
    if (first.steps.length === 0 || settings.dryRun) return await finish(undefined)
    return await inTurn({ ...settings, exists: served.latest !== undefined }, collaborators, finish)
  })
}

/** What is done of a plan: all, or nothing where there is nothing to do or only the plan was asked for. */
async function carryOut(
  { current, desired, steps }: Planned,
  { code, transport, layer, statics, makeBucket }: Sending,
  turn: Turn | undefined,
  settings: DeploySettings,
  collaborators: DeployCollaborators,
): Promise<Release> {
  const { report } = collaborators
  const nothing = {
    ...{ version: current.served?.version ?? '', alias: current.alias, url: current.url },
    ...{ commands: [], coldStartMs: undefined },
  }
  if (steps.length === 0) {
    report.info(`Nothing to do: ${settings.alias} serves version ${nothing.version} with this code and configuration.`)
    return released(steps, nothing, { current, desired })
  }
  if (turn === undefined) return { ...released(steps, nothing, { current, desired }), changed: false }
  refuseOlder(current.served, turn.run, settings.allowOlder)
  const release = await applyRelease(
    steps,
    {
      current,
      desired,
      code: await transport.readCode(desired.architecture),
      makeBucket,
      upload: transport.upload,
      publishLayer: layer.publish,
      statics,
      preparation: collaborators.preparation,
      versionDescription: versionDescription({ ...turn.run, kind: 'release', streams: code.streaming }),
      commandsDescription: versionDescription({ ...turn.run, kind: 'commands', streams: code.streaming }),
      databasesDescription: versionDescription({ ...turn.run, kind: 'databases', streams: false }),
      lock: turn.lock,
    },
    collaborators,
  )
  if (collaborators.asksUrl !== false)
    await requestPublicUrl(release.function.url, { access: desired.access, settings }, collaborators)
  return release
}

function sendsCode(steps: readonly Step[]): boolean {
  return steps.some(({ kind }) => ['publish-layer', 'create-function', 'update-code'].includes(kind))
}

/** Before anything is sent, and in a dry run too. @throws UserError for what Lambda would refuse. */
function checkSize(
  built: BuildResult,
  { latest }: CurrentRelease,
  settings: DeploySettings,
  report: BuildCollaborators['report'],
): void {
  // Of a layer that the function gets only now, nobody knows the size.
  const layers = keptLayers(settings, latest)
  const problem = sizeProblem(built, layers, settings)
  if (problem) throw new UserError(problem)
  const warning = sizeWarning(built, layers)
  if (warning) report.warning(warning)
}
