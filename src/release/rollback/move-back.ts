import type { FunctionUrl, FunctionUrlApi } from '../../aws/function-url.ts'
import type { AliasState, LambdaApi } from '../../aws/lambda.ts'
import { aliasDescription, hasCommands } from '../order/alias-mark.ts'
import { readProvenance } from '../order/provenance.ts'
import type { RollbackTarget } from './rollback.ts'

interface AliasOfFunction {
  readonly functionName: string
  readonly alias: string
}

interface Apis {
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
}

/** Points the alias at an earlier version, and the Function URL at the way in which that one answers. */
export async function moveBack(
  { version: { version, description }, before, left }: RollbackTarget,
  { alias, url }: { readonly alias: AliasState; readonly url: FunctionUrl | undefined },
  { functionName, alias: name }: AliasOfFunction,
  { lambda, urls }: Apis,
): Promise<AliasState> {
  const provenance = readProvenance(description)
  const mode = provenance && (provenance.streams ? 'RESPONSE_STREAM' : 'BUFFERED')
  const changesMode = url !== undefined && mode !== undefined && mode !== url.invokeMode
  const mark = { phase: 'released', before, left, hasCommands: hasCommands(alias) } as const
  const target = { version, description: aliasDescription(mark) }
  // Side by side, the mode first: as in a release.
  if (changesMode) await urls.update(functionName, name, { invokeMode: mode })
  try {
    return await lambda.updateAlias(functionName, name, target, alias.revisionId)
  } catch (error) {
    const now = await lambda.getAlias(functionName, name).catch(() => undefined)
    // Only the answer got lost.
    if (now?.version === version && now.description === target.description) return now
    if (changesMode) await urls.update(functionName, name, { invokeMode: url.invokeMode })
    throw error
  }
}
