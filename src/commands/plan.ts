import type { DeploySettings } from '../settings/settings.ts'
import { type DeployCollaborators, type DeployResult, deploy } from './deploy.ts'

/** With `--detailed-exitcode`, where a deployment would change something; 2 is taken by wrong settings. */
const WOULD_CHANGE = 3

/** A deployment that ends before its first step. */
export async function plan(settings: DeploySettings, collaborators: DeployCollaborators): Promise<DeployResult> {
  return await deploy({ ...settings, dryRun: true }, collaborators)
}

export function planExitCode({ plan: steps }: DeployResult, { isDetailed }: { readonly isDetailed: boolean }): number {
  return isDetailed && steps.length > 0 ? WOULD_CHANGE : 0
}
