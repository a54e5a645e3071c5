import type { FunctionConfiguration } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { type CurrentRelease, type DesiredRelease, usesAddress } from './plan.ts'

const HANDLER = 'wsgi_handler.handler'
const NEW_FUNCTION = { memory: 512, timeout: 30, description: '' } as const
const MIGRATE = 'manage migrate --noinput'

/** What the settings ask for, over what the function already has: what nobody set stays as it is. */
export function desiredRelease(settings: DeploySettings, codeSha256: string, current: CurrentRelease): DesiredRelease {
  const own = current.latest
  const role = settings.role ?? own?.role
  if (role === undefined) {
    throw new UserError(
      {
        title: `The function ${settings.functionName} does not exist, and role is missing`,
        hint: 'To create it, set role to the ARN of an execution role, as in arn:aws:iam::123456789012:role/shop. If it should exist, check function-name and the region.',
      },
      { exitCode: 2 },
    )
  }
  const configuration: FunctionConfiguration = {
    runtime: settings.target.runtime,
    handler: HANDLER,
    role,
    memory: settings.memory ?? own?.memory ?? NEW_FUNCTION.memory,
    timeout: settings.timeout ?? own?.timeout ?? NEW_FUNCTION.timeout,
    description: settings.description ?? own?.description ?? NEW_FUNCTION.description,
    environment: { ...(settings.environmentStrategy === 'merge' ? own?.environment : {}), ...settings.environment },
  }
  if (settings.functionUrl === 'none' && current.url === undefined && usesAddress(configuration)) {
    throw new UserError(
      {
        title: 'The environment uses {{url}}, but there is no Function URL',
        hint: 'Set function-url to public or iam, or write the address out.',
      },
      { exitCode: 2 },
    )
  }
  return {
    functionName: settings.functionName,
    alias: settings.alias,
    codeSha256,
    architecture: settings.target.architecture,
    configuration,
    access: settings.functionUrl,
    beforeTraffic: [...(settings.migrate ? [MIGRATE] : []), ...settings.beforeTraffic],
    afterTraffic: settings.afterTraffic,
    smoke: settings.smoke ? { path: settings.smokePath, host: settings.smokeHost } : undefined,
  }
}
