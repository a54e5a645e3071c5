import type { FunctionConfiguration, VersionState } from '../../aws/lambda.ts'
import type { DesiredRelease } from '../state.ts'
import { type CommandVersionStep, withConfiguration, withoutMark } from './command-version.ts'
import { type Configured, differences, hasCode } from './difference.ts'

/** Code, configuration and the version that is made of them. */
export type ChangeStep =
  | { readonly kind: 'make-bucket'; readonly name: string; readonly isThere: boolean }
  | { readonly kind: 'upload'; readonly address: string }
  /** `upload`: where its content is put first. */
  | { readonly kind: 'publish-layer'; readonly name: string; readonly upload?: string }
  | { readonly kind: 'create-function' }
  | { readonly kind: 'update-code' }
  | { readonly kind: 'update-configuration'; readonly changes: readonly string[] }
  | { readonly kind: 'publish' }
  | { readonly kind: 'fill-url' }

/**
 * From `$LATEST` as it is to what is published: a code that is there already is not sent again.
 * @param commands what a version is published with first, where one is made for commands
 */
export function changeSteps(
  latest: VersionState | undefined,
  configuration: FunctionConfiguration,
  desired: DesiredRelease,
  commands?: FunctionConfiguration,
): (ChangeStep | CommandVersionStep)[] {
  const upload: ChangeStep[] = desired.upload === undefined ? [] : [{ kind: 'upload', address: desired.upload }]
  const layer = layerSteps(desired)
  if (latest === undefined) {
    const created = withConfiguration(configuration)
    const sent = withBucket([...layer, ...upload], desired)
    return [...sent, { kind: 'create-function' }, ...commandSteps(created, commands, configuration)]
  }
  const changes = differences(latest, configuration)
  // What Lambda shows may not be what it has then.
  const hasFailed = latest.lastUpdateStatus === 'Failed' || latest.state === 'Failed'
  if (hasFailed && changes.length === 0 && desired.manage === 'all')
    changes.push('the same again, since the last update failed')
  const isCodeThere = hasCode(latest, desired.codeSha256, desired.architecture) && !hasFailed
  return [
    ...withBucket([...layer, ...(isCodeThere ? [] : [...upload, { kind: 'update-code' } as const])], desired),
    ...(commands ? commandSteps(latest, commands, configuration) : configurationSteps(changes)),
  ]
}

function configurationSteps(changes: readonly string[]): ChangeStep[] {
  return changes.length === 0 ? [] : [{ kind: 'update-configuration', changes }]
}

/** A version for commands, and `$LATEST` as requests need it again. */
export function commandSteps(
  before: Configured,
  commands: FunctionConfiguration | undefined,
  configuration: FunctionConfiguration,
): (ChangeStep | CommandVersionStep)[] {
  if (commands === undefined) return []
  const shown = withoutMark(commands)
  return [
    { kind: 'configure-commands', changes: differences(withoutMark(before), shown) },
    { kind: 'publish-commands' },
    ...configurationSteps(differences(withConfiguration(shown, before), configuration)),
  ]
}

/** Whether something is put into the bucket of uploads. */
export function usesBucket(steps: readonly { readonly kind: string }[], { layer }: DesiredRelease): boolean {
  const kinds = ['upload', ...(layer?.upload === undefined ? [] : ['publish-layer'])]
  return steps.some(({ kind }) => kinds.includes(kind))
}

/** A bucket is made, or finished, when something is to be put into it. */
function withBucket(steps: readonly ChangeStep[], desired: DesiredRelease): readonly ChangeStep[] {
  const { ownBucket } = desired
  return ownBucket && usesBucket(steps, desired) ? [{ kind: 'make-bucket', ...ownBucket }, ...steps] : steps
}

/** A layer is published before a function can name it. */
function layerSteps({ layer }: DesiredRelease): ChangeStep[] {
  if (layer === undefined || layer.arn !== undefined) return []
  const { name, upload } = layer
  return [{ kind: 'publish-layer', name, ...(upload !== undefined && { upload }) }]
}
