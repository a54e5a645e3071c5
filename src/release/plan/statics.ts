import type { FunctionConfiguration } from '../../aws/lambda.ts'
import { STATIC_VARIABLE } from '../../settings/static.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** Static files, which are there before a version that names them, and go some time after the last one that did. */
export type StaticsStep =
  | { readonly kind: 'upload-static'; readonly address: string; readonly files: number; readonly bytes: number }
  | { readonly kind: 'tidy-static'; readonly address: string }

/** How they are brought there; both are called in the order of the plan. */
export interface StaticsOfRelease {
  readonly upload: (servedCodeSha256: string | undefined) => Promise<void>
  readonly tidy: () => Promise<void>
}

/** The code says which files belong to it, and the environment where they are: the bucket is looked at for another one only. */
export function staticsSteps(
  { served }: CurrentRelease,
  { statics, codeSha256 }: DesiredRelease,
  { environment }: FunctionConfiguration,
): { readonly first: readonly StaticsStep[]; readonly last: readonly StaticsStep[] } {
  const isThere =
    served?.codeSha256 === codeSha256 && served.environment[STATIC_VARIABLE] === environment[STATIC_VARIABLE]
  if (statics === undefined || isThere) return { first: [], last: [] }
  const { address } = statics
  return { first: [{ kind: 'upload-static', ...statics }], last: [{ kind: 'tidy-static', address }] }
}
