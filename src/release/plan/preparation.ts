import type { Table } from '../../settings/kinds.ts'
import type { DesiredRelease } from '../state.ts'

/** What a new version needs that no setting of the function has, such as a database of its own: made before its commands run. */
export type PreparationStep = { readonly kind: 'prepare'; readonly what: string }

/** How it is made, whether it is there already or not. */
export interface Preparation {
  /** As in `prepare the database shop_pr_7`. */
  readonly what: string
  readonly carryOut: () => Promise<void>
  /** Lets the version in again that is still served. @param served its variables */
  readonly giveBack: (served: Table) => Promise<void>
}

export function preparationSteps({ preparation }: DesiredRelease): PreparationStep[] {
  return preparation === undefined ? [] : [{ kind: 'prepare', what: preparation }]
}
