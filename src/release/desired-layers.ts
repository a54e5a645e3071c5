import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { type CurrentRelease, type DesiredLayer, OWN_LAYER } from './state.ts'

/** The layer of a function's dependencies, of which versions are never removed: the function's older versions need them. */
export function layerNameOf(functionName: string): string {
  return `${functionName}-dependencies`
}

/**
 * The user's own layers, those of the setting or else those that are there, in their order; the dependencies are laid over them. Undefined where there is nothing to change:
 * whoever writes layers needs a right on each of them. @throws UserError where they are too many
 */
export function desiredLayers(
  { functionName, layers: given }: FunctionSettings,
  layer: DesiredLayer | undefined,
  { latest }: CurrentRelease,
): readonly string[] | undefined {
  const before = (latest?.layers ?? []).map(({ arn }) => arn)
  const others = given ?? before.filter((arn) => !arn.includes(`:layer:${layerNameOf(functionName)}:`))
  if (layer === undefined) return given === undefined && others.length === before.length ? undefined : others
  const layers = [...others, layer.arn ?? OWN_LAYER]
  if (layers.length <= LIMITS.layers) return layers
  throw new UserError(
    {
      title: `${functionName} has ${others.length} layers, and Lambda takes ${LIMITS.layers} with the one of the dependencies`,
      hint: 'Remove one of them, or dependencies-layer.',
    },
    { exitCode: 2 },
  )
}
