import type { AliasState, AliasTarget } from '../../aws/lambda.ts'
import type { Releasing } from '../releasing.ts'

/**
 * Points the alias somewhere. An answer can get lost, and a client repeats what is done already then; and a revision also
 * changes with what is no move. So what counts is where the alias is.
 */
export async function pointAlias(
  target: AliasTarget,
  { progress: { alias }, desired: { functionName, alias: name }, with: { lambda } }: Releasing,
): Promise<AliasState> {
  try {
    return alias
      ? await lambda.updateAlias(functionName, name, target, alias.revisionId)
      : await lambda.createAlias(functionName, name, target)
  } catch (error) {
    const now = await lambda.getAlias(functionName, name).catch(() => undefined)
    if (now !== undefined && isAt(now, target)) return now
    const isWhereItWas = now !== undefined && alias !== undefined && isAt(now, alias)
    if (!isWhereItWas || now.revisionId === alias.revisionId) throw error
    return await lambda.updateAlias(functionName, name, target, now.revisionId)
  }
}

function isAt({ version, description, weights }: AliasState, target: AliasTarget): boolean {
  const share = (all: AliasTarget['weights']): string => JSON.stringify(Object.entries(all ?? {}).toSorted())
  return version === target.version && description === target.description && share(weights) === share(target.weights)
}
