import { readFile } from 'node:fs/promises'
import type { LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import { applyRelease, type Release, released } from '../release/apply.ts'
import { readCurrentRelease } from '../release/current.ts'
import { desiredRelease } from '../release/desired.ts'
import { describeStep, planRelease } from '../release/plan.ts'
import { requestPublicUrl } from '../release/public-url.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { type BuildCollaborators, type BuildResult, build } from './build.ts'

export interface DeployCollaborators extends BuildCollaborators {
  readonly lambda: LambdaApi
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
  /** For the description of the version: which commit it was built from, when that is known. */
  readonly commit: string | undefined
}

/** What `deploy --json` prints. */
export type DeployResult = BuildResult & Release & { readonly plan: readonly string[] }

/** Project → zip → released function. */
export async function deploy(settings: DeploySettings, collaborators: DeployCollaborators): Promise<DeployResult> {
  const { lambda, report, clock } = collaborators
  const currently = readCurrentRelease(settings.functionName, settings.alias, lambda)
  currently.catch(() => undefined) // It is awaited after the build.
  const built = await build(settings, collaborators)
  return await report.phase(`Release ${settings.functionName}`, async () => {
    const started = clock()
    const current = await currently
    const desired = desiredRelease(settings, built.artifact.codeSha256, current)
    const steps = planRelease(current, desired)
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
    const options = {
      current,
      desired,
      code: { zip, architecture: desired.architecture },
      versionDescription: collaborators.commit ?? '',
    }
    const release = await applyRelease(steps, options, collaborators)
    await requestPublicUrl(release.function.url, settings, collaborators)
    return result(release)
  })
}

async function readForUpload({ path, zipBytes }: BuildResult['artifact']): Promise<Uint8Array> {
  if (zipBytes <= LIMITS.directUploadBytes) return await readFile(path)
  throw new UserError({
    title: `The artifact is too large to upload: ${(zipBytes / 1e6).toFixed(1)} MB, and Lambda takes ${(LIMITS.directUploadBytes / 1e6).toFixed(1)} MB in one request`,
    hint: 'Leave out what the function does not need: a requirement, or files with exclude.',
  })
}
