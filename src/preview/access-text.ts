import { NONE } from '../settings/basic-auth.ts'
import type { DeploySettings } from '../settings/settings.ts'

/** Whom a preview lets in, for people; undefined where that is everybody. */
export function accessText({
  functionUrl,
  basicAuth,
}: Pick<DeploySettings, 'functionUrl' | 'basicAuth'>): string | undefined {
  if (functionUrl === 'iam') return 'Takes signed requests only (IAM), which a browser does not send'
  if (basicAuth !== undefined && basicAuth !== NONE) return 'Asks for a user and a password'
  return undefined
}
