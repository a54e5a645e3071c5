import type { FileList } from '../../artifact/file-list.ts'
import type { FunctionConfiguration } from '../../aws/lambda.ts'
import type { NewMigration, PlanFacts } from '../../report/plan-facts.ts'
import { readAliasMark } from '../order/alias-mark.ts'
import { withAddress, withLayer, withRole } from '../plan/difference.ts'
import type { Step } from '../plan/steps.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'
import { configurationChanges } from './configuration-difference.ts'
import { contentChanges } from './size-difference.ts'

/** A plan, what it was made from and for. */
export interface Planned {
  readonly current: CurrentRelease
  readonly desired: DesiredRelease
  readonly steps: readonly Step[]
}

/** What is known of the artifacts on both sides. */
export interface Compared {
  readonly zipBytes: number
  readonly unzippedBytes: number
  readonly before: FileList | undefined
  readonly after: FileList | undefined
  readonly migrations: readonly NewMigration[] | undefined
}

const NO_CHANGES = { configuration: [], environment: { added: [], changed: [], removed: [] } } as const

/** What a plan changes against what is served. @param permissions what its steps need */
export function planFacts(
  { current, desired, steps }: Planned,
  { zipBytes, unzippedBytes, before, after, migrations }: Compared,
  permissions: PlanFacts['permissions'],
): PlanFacts {
  const served = current.served?.version
  const servedColdStartMs = current.alias && readAliasMark(current.alias.description).coldStartMs
  if (steps.length === 0) return { served, ...NO_CHANGES, code: undefined, migrations: [], permissions: [] }
  const isCodeNew = current.served?.codeSha256 !== desired.codeSha256
  return {
    ...{ served, servedColdStartMs },
    ...configurationChanges(current, nameable(current, desired)),
    code: isCodeNew
      ? {
          before: current.served?.codeSha256,
          after: desired.codeSha256,
          zipBytes,
          unzippedBytes,
          contents: before && after && contentChanges(before, after),
        }
      : undefined,
    migrations: isCodeNew ? migrations : [],
    permissions,
  }
}

/** What is not made yet has its name for now. */
function nameable({ url }: CurrentRelease, { configuration, aside, layer }: DesiredRelease): FunctionConfiguration {
  return withAddress(withLayer(withRole(configuration, aside.role?.name), layer?.name), url?.address)
}
