import type { FunctionUrlApi } from '../aws/function-url.ts'
import type { LambdaApi } from '../aws/lambda.ts'
import type { CurrentRelease } from './plan.ts'

/** Reads everything that a release is planned from, in two rounds. */
export async function readCurrentRelease(
  functionName: string,
  aliasName: string,
  { lambda, urls }: { lambda: LambdaApi; urls: FunctionUrlApi },
): Promise<CurrentRelease> {
  const [latest, alias, served, url, policy] = await Promise.all([
    lambda.getVersion(functionName),
    lambda.getAlias(functionName, aliasName),
    lambda.getVersion(functionName, aliasName),
    urls.get(functionName, aliasName),
    lambda.getPolicy(functionName, aliasName),
  ])
  return { latest, alias, served, url, policy }
}
