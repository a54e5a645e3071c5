import type { ProvisionedConcurrency } from '../../aws/provisioned.ts'
import { UserError } from '../../errors.ts'
import { readAliasMark } from '../order/alias-mark.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** Environments that are kept ready: on the version that is served, and on no other. */
export type ProvisionedStep =
  | { readonly kind: 'provision'; readonly count: number }
  | { readonly kind: 'unprovision'; readonly version: string }

export interface ProvisionedSteps {
  /** Before traffic reaches the version. */
  readonly before: readonly ProvisionedStep[]
  /** When no traffic needs it any more. */
  readonly after: readonly ProvisionedStep[]
}

/** @throws UserError where somebody has put it on the alias, beside which no version of it can have any */
export function provisionedSteps(
  { alias, served, provisioned }: CurrentRelease,
  { functionName, alias: name, provisioned: count }: DesiredRelease,
  isServedVersionRight: boolean,
): ProvisionedSteps {
  if (count === undefined) return { before: [], after: [] }
  const of = (version: string | undefined): ProvisionedConcurrency | undefined =>
    provisioned.find(({ qualifier }) => qualifier === version)
  if (of(name)) throw onAlias(functionName, name)
  const own = isServedVersionRight ? of(served?.version) : undefined
  const isRight = count === 0 || (own !== undefined && own.requested === count && own.status !== 'FAILED')
  const [earlier] = alias === undefined ? [] : readAliasMark(alias.description).before
  const stays = isServedVersionRight && count > 0 ? served?.version : undefined
  // Also where a run was ended before it could remove what it had left or made.
  const others = [served?.version, earlier, ...Object.keys(alias?.weights ?? {})]
  const left = others.filter((version) => version !== undefined && version !== stays && of(version))
  return {
    before: isRight ? [] : [{ kind: 'provision', count }],
    after: [...new Set(left)].map((version = '') => ({ kind: 'unprovision', version })),
  }
}

function onAlias(functionName: string, alias: string): UserError {
  return new UserError({
    title: `The alias ${alias} has provisioned concurrency of its own, and provisioned-concurrency is set`,
    detail: 'Lambda takes it on an alias or on its version. On the version it is ready before traffic gets there.',
    hint: `Remove provisioned-concurrency, or that of the alias: ${removal(functionName, alias)}`,
  })
}

/** The command of AWS's own command line that removes it. */
export function removal(functionName: string, qualifier: string): string {
  return `aws lambda delete-provisioned-concurrency-config --function-name ${functionName} --qualifier ${qualifier}`
}
