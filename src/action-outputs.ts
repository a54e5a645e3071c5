import type { DeployResult } from './commands/deploy.ts'
import type { PreviewResult } from './commands/preview.ts'
import type { RollbackResult } from './commands/rollback.ts'
import { deploymentSummary } from './report/summary.ts'
import type { ActionOutputs } from './settings/action-contract.ts'

/** What the action tells the steps after it, and what its summary says. */

export function buildOutputsOf(artifact: DeployResult['artifact']): ActionOutputs {
  return {
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
  { function: released, changed, plan, artifact }: DeployResult,
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
    ...buildOutputsOf(artifact),
  }
}

export function deploymentSummaryOf(
  { function: released, changed, runtime, artifact, plan, difference, commands, coldStartMs, packages }: DeployResult,
  isDryRun: boolean,
): string {
  return deploymentSummary({
    functionName: released.name,
    version: released.version,
    alias: released.alias,
    url: released.url,
    changed,
    isDryRun: isDryRun && plan.length > 0,
    runtime,
    zipBytes: artifact.zipBytes,
    unzippedBytes: artifact.unzippedBytes,
    plan,
    difference,
    commands,
    coldStartMs,
    packages,
  })
}

export function previewOutputsOf(result: PreviewResult, isDryRun: boolean): ActionOutputs {
  const { preview } = result
  return { ...deploymentOutputsOf(result, isDryRun), pr: preview.pull, expires: preview.expires, skipped: false }
}
