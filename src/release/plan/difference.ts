import type { FunctionOptions } from '../../aws/function-options.ts'
import type { FunctionConfiguration, VersionState } from '../../aws/lambda.ts'
import { fillAddress, needsAddress } from '../../settings/address.ts'
import { kebabCase } from '../../settings/schema.ts'
import { OWN_ROLE } from '../aside-state.ts'
import { type DesiredRelease, OWN_LAYER } from '../state.ts'

export function matches(
  version: VersionState,
  configuration: FunctionConfiguration,
  { codeSha256, architecture }: DesiredRelease,
): boolean {
  return hasCode(version, codeSha256, architecture) && differences(version, configuration).length === 0
}

export function hasCode(version: VersionState, codeSha256: string, architecture: string): boolean {
  return version.codeSha256 === codeSha256 && version.architecture === architecture
}

/** What is looked at of a version. */
export interface Configured
  extends Pick<
    VersionState,
    'version' | 'runtime' | 'handler' | 'role' | 'memory' | 'timeout' | 'description' | 'environment' | 'layers'
  > {
  readonly options: Partial<FunctionOptions>
}

/** What differs, by the settings' names; of variables only the names, since values may be secrets. */
export function differences(version: Configured, configuration: FunctionConfiguration): string[] {
  const plain = (['runtime', 'role', 'memory', 'timeout', 'description'] as const)
    // A published version has its own description, which says nothing about the function's.
    .filter((name) => name !== 'description' || version.version === '$LATEST')
    .filter((name) => version[name] !== configuration[name])
  const names = new Set([...Object.keys(version.environment), ...Object.keys(configuration.environment)])
  const variables = [...names].filter((name) => version.environment[name] !== configuration.environment[name])
  const isKept = (name: string): boolean => Object.hasOwn(configuration.environment, name)
  const layers = configuration.layers ?? version.layers.map(({ arn }) => arn)
  const areLayersSame = layers.join() === version.layers.map(({ arn }) => arn).join()
  return [
    ...(version.handler === configuration.handler
      ? []
      : [`handler ${configuration.handler} instead of ${version.handler}`]),
    ...plain,
    ...optionDifferences(version.options, configuration.options),
    ...(areLayersSame ? [] : ['layers']),
    ...variables.toSorted().map((name) => `${isKept(name) ? '' : 'removes '}environment ${name}`),
  ]
}

/** Of the options that settings have names for; a list is compared as a whole. */
function optionDifferences(present: Partial<FunctionOptions>, wanted: Partial<FunctionOptions>): string[] {
  const names = Object.keys(wanted) as (keyof FunctionOptions)[]
  return names.filter((name) => name !== 'vpcIpv6' && String(present[name]) !== String(wanted[name])).map(kebabCase)
}

export function usesAddress({ environment }: FunctionConfiguration): boolean {
  return needsAddress(environment)
}

/** The configuration with `{{url}}` filled in its environment. */
export function withAddress(configuration: FunctionConfiguration, address: string | undefined): FunctionConfiguration {
  return { ...configuration, environment: fillAddress(configuration.environment, address) }
}

/** The configuration with the layer that was published. */
export function withLayer(configuration: FunctionConfiguration, arn: string | undefined): FunctionConfiguration {
  const { layers } = configuration
  if (layers === undefined || arn === undefined) return configuration
  return { ...configuration, layers: layers.map((layer) => (layer === OWN_LAYER ? arn : layer)) }
}

/** The configuration with the role that was made. */
export function withRole(configuration: FunctionConfiguration, arn: string | undefined): FunctionConfiguration {
  return configuration.role === OWN_ROLE && arn !== undefined ? { ...configuration, role: arn } : configuration
}
