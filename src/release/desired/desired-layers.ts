import type { Layer, VersionState } from '../../aws/lambda.ts'
import { UserError } from '../../errors.ts'
import { LIMITS } from '../../platform/limits.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { type CurrentRelease, type DesiredLayer, OWN_LAYER } from '../state.ts'

/** The layer of a function's dependencies, of which versions are never removed: the function's older versions need them. */
export function layerNameOf(functionName: string): string {
  return functionName + ENDING
}

/** Whose dependencies a layer of that name has; undefined for the name of any other layer. */
export function functionOfLayer(name: string): string | undefined {
  return name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : undefined
}

const ENDING = '-dependencies'

/** The user's own layers: those of the function, as far as no setting says that it has others. */
export function keptLayers(
  { functionName, layers: given }: FunctionSettings,
  latest: VersionState | undefined,
): readonly Layer[] {
  const isOurs = (arn: string): boolean => arn.includes(`:layer:${layerNameOf(functionName)}:`)
  return (latest?.layers ?? []).filter(({ arn }) => (given ? given.includes(arn) : !isOurs(arn)))
}

/**
 * The user's own layers, in their order; the dependencies are laid over them. Undefined where there is nothing to change:
 * whoever writes layers needs a right on each of them. @throws UserError where they are too many
 */
export function desiredLayers(
  settings: FunctionSettings,
  layer: DesiredLayer | undefined,
  { latest }: CurrentRelease,
): readonly string[] | undefined {
  const { functionName, layers: given } = settings
  const own = given ?? keptLayers(settings, latest).map(({ arn }) => arn)
  if (layer === undefined) return given === undefined && own.length === (latest?.layers.length ?? 0) ? undefined : own
  const layers = [...own, layer.arn ?? OWN_LAYER]
  if (layers.length <= LIMITS.layers) return layers
  throw new UserError(
    {
      title: `${functionName} has ${own.length} layers, and Lambda takes ${LIMITS.layers} with the one of the dependencies`,
      hint: 'Remove one of them, or dependencies-layer.',
    },
    { exitCode: 2 },
  )
}
