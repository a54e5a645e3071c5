import type { LambdaApi } from '../aws/lambda.ts'
import type { CurrentRelease } from './plan.ts'

/** Reads everything that a release is planned from, in two rounds. */
export async function readCurrentRelease(
  functionName: string,
  aliasName: string,
  lambda: LambdaApi,
): Promise<CurrentRelease> {
  const [latest, alias, served, url, policy] = await Promise.all([
    lambda.getVersion(functionName),
    lambda.getAlias(functionName, aliasName),
    lambda.getVersion(functionName, aliasName),
    lambda.getUrl(functionName, aliasName),
    lambda.getPolicy(functionName, aliasName),
  ])
  return { latest, alias, served, url, policy }
}
