import type { FunctionUrlApi } from '../../aws/function-url.ts'
import type { LambdaApi } from '../../aws/lambda.ts'
import { readAliasMark } from '../../release/order/alias-mark.ts'
import { readProvenance } from '../../release/order/provenance.ts'
import type { Serving } from './facts.ts'

export interface ServingCollaborators {
  readonly lambda: Pick<LambdaApi, 'getAlias' | 'getVersion'>
  readonly urls: Pick<FunctionUrlApi, 'get'>
}

/**
 * What answers at the address of a preview; undefined where no release has come that far. The commit is that of the version:
 * the function's tags have the newest one, also where its release has failed.
 */
export async function servingOf(
  functionName: string,
  alias: string,
  { lambda, urls }: ServingCollaborators,
): Promise<Serving | undefined> {
  const [url, target, version] = await Promise.all([
    urls.get(functionName, alias),
    lambda.getAlias(functionName, alias),
    lambda.getVersion(functionName, alias),
  ])
  if (url === undefined || target === undefined || version === undefined) return undefined
  if (readAliasMark(target.description).phase === 'not-released') return undefined
  return { url: url.address, headSha: readProvenance(version.description)?.commit }
}
