import { defaultLogGroup } from '../../aws/function-options.ts'
import { NONE } from '../../settings/function.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { type DesiredAside, NOTHING_ASIDE } from '../aside-state.ts'
import { roleNameOf } from '../current-aside.ts'
import type { RoleNeeds } from '../permissions/role-policy.ts'
import type { CurrentRelease } from '../state.ts'
import { desiredOptions } from './desired-options.ts'

/** What settings ask for beside the versions of a function. */
export function desiredAside(settings: FunctionSettings, current: CurrentRelease): DesiredAside {
  const { functionName, manage, tags, reservedConcurrency, codeSigningConfig, logRetention } = settings
  if (manage === 'code') return NOTHING_ASIDE
  const { logGroup, ...needs } = roleNeeds(settings, current)
  return {
    tags,
    reservedConcurrency: reservedConcurrency === undefined ? undefined : { reserved: wholeNumber(reservedConcurrency) },
    codeSigning:
      codeSigningConfig === undefined ? undefined : { arn: codeSigningConfig === NONE ? undefined : codeSigningConfig },
    logRetention: logRetention === undefined ? undefined : { group: logGroup, days: wholeNumber(logRetention) },
    role: settings.createRole
      ? { name: roleNameOf(functionName), needs: { ...needs, logGroup }, boundary: settings.permissionsBoundary }
      : undefined,
    description: settings.description,
  }
}

/** Of `none` and `never` there is no number. */
function wholeNumber(setting: string): number | undefined {
  return /^\d+$/.test(setting) ? Number(setting) : undefined
}

/** By what the function will have, whether a setting says so or it has it already. */
function roleNeeds(settings: FunctionSettings, { latest }: CurrentRelease): RoleNeeds {
  const { functionName, secrets, logRetention } = settings
  const options = { ...latest?.options, ...desiredOptions(settings, latest?.options) }
  return {
    functionName,
    logGroup: options.logGroup ?? defaultLogGroup(functionName),
    makesLogGroup: logRetention === undefined,
    secrets,
    isInVpc: (options.vpcSubnets ?? []).length > 0,
    fileSystems: options.fileSystems ?? [],
    isTraced: options.tracing === 'active',
    deadLetterTarget: options.deadLetterTarget ?? '',
    kmsKey: options.kmsKey ?? '',
  }
}
