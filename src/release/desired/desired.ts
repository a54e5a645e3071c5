import { authorizationOf } from '../../settings/basic-auth.ts'
import { corsOf } from '../../settings/cors.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { parseTraffic, smokeRequestsOf } from '../../settings/traffic.ts'
import { commandConfiguration, withoutCommands } from '../plan/command-version.ts'
import { databaseConfiguration } from '../plan/database-version.ts'
import type { CurrentRelease, DesiredRelease, DesiredStatics } from '../state.ts'
import { checkCommandTimes } from './command-times.ts'
import { desiredAside } from './desired-aside.ts'
import { type ConfiguredCode, releasedConfiguration } from './desired-configuration.ts'
import { desiredAccess, desiredInvokeMode } from './desired-way-in.ts'
import { withMigratePlan } from './migrate-plan.ts'

const MIGRATE = 'manage migrate --noinput'

/** The code that is to be released. */
export interface ReleasedCode extends ConfiguredCode {
  /** Base64. */
  readonly codeSha256: string
  /** Whether it streams what it answers to a Function URL. */
  readonly streaming: boolean
  /** Where it is put first: `s3://BUCKET/KEY`; undefined for the request itself. */
  readonly upload: string | undefined
  /** Those that a bucket has. */
  readonly statics?: DesiredStatics | undefined
}

/** What the settings ask for, over what the function already has: what nobody set stays as it is. @throws UserError */
export function desiredRelease(
  settings: FunctionSettings,
  code: ReleasedCode,
  current: CurrentRelease,
): DesiredRelease {
  const base = withoutCommands(current, settings)
  const configuration = releasedConfiguration(settings, code, base)
  const commands = commandConfiguration(settings, configuration)
  const beforeTraffic = desiredBeforeTraffic(settings)
  checkCommandTimes([...beforeTraffic, ...settings.afterTraffic], (commands ?? configuration).timeout)
  return {
    functionName: settings.functionName,
    alias: settings.alias,
    codeSha256: code.codeSha256,
    architecture: code.architecture,
    configuration,
    commands,
    databases: databaseConfiguration(settings, configuration),
    aside: desiredAside(settings, base),
    manage: settings.manage,
    access: desiredAccess(settings, current),
    invokeMode: desiredInvokeMode(settings, code.streaming, current),
    cors: corsOf(settings),
    beforeTraffic,
    afterTraffic: settings.afterTraffic,
    layer: code.layer,
    upload: code.upload,
    statics: code.statics,
    traffic: { portions: parseTraffic(settings.traffic), alarms: settings.trafficAlarms },
    provisioned: settings.provisionedConcurrency,
    keepVersions: settings.keepVersions,
    smoke: settings.smoke
      ? { requests: smokeRequestsOf(settings), host: settings.smokeHost, authorization: authorizationOf(settings) }
      : undefined,
  }
}

function desiredBeforeTraffic({ migrate, migratePlan, beforeTraffic }: FunctionSettings): readonly string[] {
  const commands = [...(migrate ? [MIGRATE] : []), ...beforeTraffic]
  return migratePlan ? withMigratePlan(commands) : commands
}
