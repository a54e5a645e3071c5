import type { BuildResult } from './commands/build.ts'
import type { DeployResult } from './commands/deploy.ts'
import type { PreviewResult } from './commands/preview.ts'
import type { RollbackResult } from './commands/rollback.ts'
import { LIMITS } from './platform/limits.ts'
import { previewData } from './preview/announce/surroundings.ts'
import { type DeploymentFacts, deploymentSummary } from './report/summary.ts'
import type { ActionOutputs } from './settings/action-contract.ts'
import type { DeploySettings } from './settings/settings.ts'

/** What the action tells the steps after it, and what its summary says. */

export function buildOutputsOf({ artifact, sbom }: Pick<BuildResult, 'artifact' | 'sbom'>): ActionOutputs {
  return {
    ...(sbom !== undefined && { sbom }),
    artifact: artifact.path,
    'code-sha256': artifact.codeSha256,
    'zip-bytes': artifact.zipBytes,
    'unzipped-bytes': artifact.unzippedBytes,
  }
}

export function rollbackOutputsOf({ function: { name, version, aliasArn, url } }: RollbackResult): ActionOutputs {
  return {
    'function-name': name,
    'function-arn': aliasArn.replace(/:[^:]+$/, ''),
    version,
    'alias-arn': aliasArn,
    url: url ?? '',
    changed: true,
  }
}

export function deploymentOutputsOf(
  { function: released, changed, plan, ...built }: DeployResult,
  isDryRun: boolean,
): ActionOutputs {
  return {
    'function-name': released.name,
    'function-arn': released.arn,
    version: released.version,
    'alias-arn': released.aliasArn,
    url: released.url ?? '',
    changed,
    ...(isDryRun && { 'would-change': plan.length > 0 }),
    ...buildOutputsOf(built),
  }
}

/** @param region where it was deployed; undefined where nobody knows */
export function deploymentFactsOf(
  { function: released, artifact, plan, ...result }: DeployResult,
  isDryRun: boolean,
  region: string | undefined,
): DeploymentFacts {
  const { version, alias, url } = released
  const { changed, runtime, layer, difference, commands, coldStartMs, packages, seconds, imports } = result
  return {
    ...{
      functionName: released.name,
      region,
      version,
      alias,
      url,
      changed,
      runtime,
      plan,
      difference,
      commands,
      coldStartMs,
    },
    ...{ packages, imports, seconds, layer, zipBytes: artifact.zipBytes, unzippedBytes: artifact.unzippedBytes },
    isDryRun: isDryRun && plan.length > 0,
    unzippedLimitBytes: LIMITS.unzippedBytes,
  }
}

export function previewSummaryOf(
  { preview, ...result }: PreviewResult,
  settings: DeploySettings,
  region: string | undefined,
): string {
  const { pull, headSha } = preview
  return deploymentSummary({
    ...deploymentFactsOf(result, settings.dryRun, region),
    preview: { pull, headSha, ...previewData(preview, settings) },
  })
}

export function previewOutputsOf(result: PreviewResult, isDryRun: boolean): ActionOutputs {
  const { preview } = result
  return { ...deploymentOutputsOf(result, isDryRun), pr: preview.pull, expires: preview.expires, skipped: false }
}
