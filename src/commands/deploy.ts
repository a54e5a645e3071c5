import { readArtifact } from '../artifact/given.ts'
import type { AwsApis } from '../aws/apis.ts'
import type { Bucket, BucketAccess } from '../aws/s3.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import { applyRelease, type Release, released } from '../release/apply.ts'
import { readCurrentRelease, readServedRelease } from '../release/current.ts'
import { describeStep } from '../release/describe.ts'
import {
  desiredConfiguration,
  desiredInvokeMode,
  desiredRelease,
  layerNameOf,
  type ReleasedCode,
} from '../release/desired.ts'
import { type LayerOfRelease, readLayer } from '../release/layer.ts'
import { planRelease } from '../release/plan.ts'
import { requestPublicUrl } from '../release/public-url.ts'
import { sizeProblem, sizeWarning } from '../release/size.ts'
import type { CurrentRelease, DesiredRelease } from '../release/state.ts'
import type { Step } from '../release/steps.ts'
import { type Transport, transportOf } from '../release/upload.ts'
import type { Table } from '../settings/kinds.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { type BuildCollaborators, type BuildResult, build } from './build.ts'

export interface DeployCollaborators extends BuildCollaborators, AwsApis {
  /** The bucket of `upload-bucket`: opened where an artifact needs it. */
  readonly openBucket: (address: string, access: BucketAccess) => Promise<Bucket>
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
  /** For the description of the version: which commit it was built from, when that is known. */
  readonly commit: string | undefined
}

/** What `deploy --json` prints. */
export type DeployResult = BuildResult & Release & { readonly plan: readonly string[] }

/** Project (or a zip that was built before) → released function. */
export async function deploy(settings: DeploySettings, collaborators: DeployCollaborators): Promise<DeployResult> {
  const { report, clock } = collaborators
  const { functionName, alias } = settings
  // First of all, so that missing credentials or a missing role are told before anything is built.
  const served = await readServedRelease(functionName, alias, collaborators)
  const { environment } = desiredConfiguration(settings, served)
  if (settings.build) desiredInvokeMode(settings, settings.build.streaming, served)
  const built = await buildOrRead(settings, environment, collaborators)
  return await report.phase(`Release ${functionName}`, async () => {
    const started = clock()
    const sent = await sendingOf(built, settings, collaborators)
    const planFrom = (current: CurrentRelease): Planned => {
      const desired = desiredRelease(settings, sent.code, current)
      return { current, desired, steps: planRelease(current, desired) }
    }
    const first = planFrom(served)
    // Where something is to be done, it is planned from what there is now: a build takes minutes, in which others may
    // change the function.
    const planned =
      first.steps.length === 0 ? first : planFrom(await readCurrentRelease(functionName, alias, collaborators))
    const { current, desired, steps } = planned
    if (sendsCode(steps)) checkSize(built, current, settings, report)
    if (settings.functionUrl === undefined && desired.access === 'none' && current.alias === undefined) {
      report.notice({
        title: `${functionName} gets no Function URL, since it was there before`,
        hint: 'To give it one, set function-url to public or iam; to silence this, to none.',
      })
    }
    const release = await carryOut(planned, sent, settings, collaborators)
    const plan = steps.map((step) => describeStep(step, desired))
    return {
      ...built,
      ...release,
      plan,
      seconds: { ...built.seconds, release: Math.round(clock() - started) / 1000 },
    }
  })
}

/** A plan, what it was made from and for. */
interface Planned {
  readonly current: CurrentRelease
  readonly desired: DesiredRelease
  readonly steps: readonly Step[]
}

/** What is done of a plan: all, or nothing where there is nothing to do or only the plan was asked for. */
async function carryOut(
  { current, desired, steps }: Planned,
  { transport, layer }: Sending,
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
  if (settings.dryRun) {
    for (const step of steps) report.info(`would ${describeStep(step, desired)}`)
    return { ...released(steps, nothing, { current, desired }), changed: false }
  }
  const release = await applyRelease(
    steps,
    {
      current,
      desired,
      code: await transport.readCode(desired.architecture),
      upload: transport.upload,
      publishLayer: layer.publish,
      versionDescription: collaborators.commit ?? '',
    },
    collaborators,
  )
  await requestPublicUrl(release.function.url, { access: desired.access, settings }, collaborators)
  return release
}

/** What is released, and how it reaches Lambda. */
interface Sending {
  readonly code: ReleasedCode
  readonly transport: Transport
  readonly layer: LayerOfRelease
}

async function sendingOf(
  built: BuildResult,
  settings: DeploySettings,
  collaborators: DeployCollaborators,
): Promise<Sending> {
  const { artifact, runtime, architecture, streaming } = built
  const bucket = await uploadBucket(built, settings, collaborators)
  const transport = transportOf(artifact, bucket, collaborators.report)
  const layer = await readLayer(
    built.layer && {
      ...{ functionName: settings.functionName, codeSha256: built.layer.codeSha256, runtime, architecture },
      transport: transportOf(built.layer, bucket, collaborators.report),
    },
    collaborators.layers,
  )
  const code = {
    ...{ codeSha256: artifact.codeSha256, runtime, architecture, streaming },
    ...{ upload: transport.address, layer: layer.desired },
  }
  return { code, transport, layer }
}

/** The import check sees the variables that the function will have, those that it keeps among them. */
async function buildOrRead(
  settings: DeploySettings,
  environment: Table,
  collaborators: DeployCollaborators,
): Promise<BuildResult> {
  if (settings.build) return await build({ ...settings.build, environment }, 'deploy', collaborators)
  const { artifact, packages, runtime, architecture, streaming } = await readArtifact(settings.artifact ?? '')
  collaborators.report.info(`${artifact.path}: built before, for ${runtime} on ${architecture}`)
  const slices = { total: packages.length, reused: packages.length, built: 0 }
  return { artifact, runtime, architecture, streaming, builder: 'none', slices, packages, seconds: {} }
}

async function uploadBucket(
  { artifact, layer }: BuildResult,
  settings: DeploySettings,
  { openBucket }: DeployCollaborators,
): Promise<Bucket | undefined> {
  const zipBytes = Math.max(artifact.zipBytes, layer?.zipBytes ?? 0)
  if (zipBytes <= LIMITS.directUploadBytes || settings.uploadBucket === undefined) return undefined
  const { uploadBucket: address, uploadBucketOwner: owner, uploadKmsKey: kmsKey } = settings
  return await openBucket(address, { owner, kmsKey })
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
  const own = `:layer:${layerNameOf(settings.functionName)}:`
  const layers = (latest?.layers ?? []).filter(({ arn }) => !arn.includes(own))
  const problem = sizeProblem(built, layers, settings)
  if (problem) throw new UserError(problem)
  const warning = sizeWarning(built, layers)
  if (warning) report.warning(warning)
}
