import type { FunctionConfiguration, VersionState } from '../aws/lambda.ts'
import { differences, hasCode } from './difference.ts'
import type { DesiredRelease } from './state.ts'

/** Code, configuration and the version that is made of them. */
export type ChangeStep =
  | { readonly kind: 'upload'; readonly address: string }
  | { readonly kind: 'publish-layer'; readonly name: string }
  | { readonly kind: 'create-function' }
  | { readonly kind: 'update-code' }
  | { readonly kind: 'update-configuration'; readonly changes: readonly string[] }
  | { readonly kind: 'publish' }
  | { readonly kind: 'fill-url' }

/** From `$LATEST` as it is to what is published: a code that is there already is not sent again. */
export function changeSteps(
  latest: VersionState | undefined,
  configuration: FunctionConfiguration,
  desired: DesiredRelease,
): ChangeStep[] {
  const upload: ChangeStep[] = desired.upload === undefined ? [] : [{ kind: 'upload', address: desired.upload }]
  const layer = layerSteps(desired)
  if (latest === undefined) return [...layer, ...upload, { kind: 'create-function' }]
  const changes = differences(latest, configuration)
  // What Lambda shows may not be what it has then.
  const hasFailed = latest.lastUpdateStatus === 'Failed' || latest.state === 'Failed'
  if (hasFailed && changes.length === 0 && desired.manage === 'all')
    changes.push('the same again, since the last update failed')
  const isCodeThere = hasCode(latest, desired.codeSha256, desired.architecture) && !hasFailed
  return [
    ...layer,
    ...(isCodeThere ? [] : [...upload, { kind: 'update-code' } as const]),
    ...(changes.length === 0 ? [] : [{ kind: 'update-configuration', changes } as const]),
  ]
}

/** A layer is published before a function can name it. */
function layerSteps({ layer }: DesiredRelease): ChangeStep[] {
  return layer === undefined || layer.arn !== undefined ? [] : [{ kind: 'publish-layer', name: layer.name }]
}
