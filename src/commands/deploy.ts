import { readFile } from 'node:fs/promises'
import { readArtifact } from '../artifact/given.ts'
import type { FunctionUrlApi } from '../aws/function-url.ts'
import type { LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import { applyRelease, type Release, released } from '../release/apply.ts'
import { readCurrentRelease } from '../release/current.ts'
import { desiredConfiguration, desiredInvokeMode, desiredRelease } from '../release/desired.ts'
import { type CurrentRelease, describeStep, planRelease } from '../release/plan.ts'
import { requestPublicUrl } from '../release/public-url.ts'
import { megabytes } from '../report/size.ts'
import type { Table } from '../settings/kinds.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { type BuildCollaborators, type BuildResult, build } from './build.ts'

export interface DeployCollaborators extends BuildCollaborators {
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
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
  const readCurrent = (): Promise<CurrentRelease> =>
    readCurrentRelease(settings.functionName, settings.alias, collaborators)
  // First of all, so that missing credentials or a missing role are told before anything is built.
  const first = await readCurrent()
  const { environment } = desiredConfiguration(settings, first)
  if (settings.build) desiredInvokeMode(settings, settings.build.streaming, first)
  const built = await buildOrRead(settings, environment, collaborators)
  return await report.phase(`Release ${settings.functionName}`, async () => {
    const started = clock()
    const current = await readCurrent() // Once more: a build takes minutes, in which others may change the function.
    const { runtime, architecture, streaming } = built
    const code = { codeSha256: built.artifact.codeSha256, runtime, architecture, streaming }
    const desired = desiredRelease(settings, code, current)
    const steps = planRelease(current, desired)
    if (settings.functionUrl === undefined && desired.access === 'none' && current.alias === undefined) {
      report.notice({
        title: `${settings.functionName} gets no Function URL, since it was there before`,
        hint: 'To give it one, set function-url to public or iam; to silence this, to none.',
      })
    }
    const plan = steps.map((step) => describeStep(step, desired))
    const nothing = { version: current.served?.version ?? '', alias: current.alias, url: current.url, commands: [] }
    const result = (release: Release): DeployResult => ({
      ...built,
      ...release,
      plan,
      seconds: { ...built.seconds, release: Math.round(clock() - started) / 1000 },
    })
    if (steps.length === 0) {
      report.info(
        `Nothing to do: ${settings.alias} serves version ${nothing.version} with this code and configuration.`,
      )
      return result(released(steps, nothing, { current, desired }))
    }
    if (settings.dryRun) {
      for (const line of plan) report.info(`would ${line}`)
      return result({ ...released(steps, nothing, { current, desired }), changed: false })
    }
    const zip = await readForUpload(built.artifact)
    const versionDescription = collaborators.commit ?? ''
    const release = await applyRelease(
      steps,
      { current, desired, code: { zip, architecture }, versionDescription },
      collaborators,
    )
    await requestPublicUrl(release.function.url, { access: desired.access, settings }, collaborators)
    return result(release)
  })
}

/** The import check sees the variables that the function will have, those that it keeps among them. */
async function buildOrRead(
  settings: DeploySettings,
  environment: Table,
  collaborators: DeployCollaborators,
): Promise<BuildResult> {
  if (settings.build) return await build({ ...settings.build, environment }, collaborators)
  const { artifact, packages, reusedPackages, runtime, architecture, streaming } = await readArtifact(
    settings.artifact ?? '',
  )
  collaborators.report.info(`${artifact.path}: built before, for ${runtime} on ${architecture}`)
  const slices = { total: packages.length, reused: reusedPackages, built: packages.length - reusedPackages }
  return { artifact, runtime, architecture, streaming, builder: 'none', slices, packages, seconds: {} }
}

async function readForUpload({ path, zipBytes }: BuildResult['artifact']): Promise<Uint8Array> {
  if (zipBytes <= LIMITS.directUploadBytes) return await readFile(path)
  throw new UserError({
    title: `The artifact is too large to upload: ${megabytes(zipBytes)}, and Lambda takes ${megabytes(LIMITS.directUploadBytes)} in one request`,
    hint: 'Leave out what the function does not need: a requirement, or files with exclude.',
  })
}
