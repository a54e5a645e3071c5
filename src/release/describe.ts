import type { DesiredRelease } from './state.ts'
import type { Descriptions, Step } from './steps.ts'

const DESCRIPTIONS: Descriptions<Step, DesiredRelease> = {
  upload: ({ address }) => `upload the code to ${address}`,
  'publish-layer': ({ name }) => `publish a version of the layer ${name}, which has the dependencies`,
  'create-function': (_, { functionName }) => `create the function ${functionName}`,
  'update-code': () => 'update the code',
  'update-configuration': ({ changes }) => `update the configuration: ${changes.join(', ')}`,
  publish: () => 'publish a version and wait until it is active',
  'fill-url': () => 'write the address of the Function URL into the environment and publish again',
  'create-alias': (_, { alias }) => `create the alias ${alias}, which nobody is permitted to call yet`,
  'create-url': ({ invokeMode }, { access }) =>
    `create the Function URL (${[access, ...(invokeMode === 'BUFFERED' ? [] : [invokeMode])].join(', ')})`,
  'update-url': (_, { access }) => `change the Function URL to ${access}`,
  'change-mode': ({ invokeMode }) => `change the invoke mode of the Function URL to ${invokeMode}`,
  'permit-url': ({ statement }) =>
    `permit everyone to ${statement === 'url' ? 'call the Function URL' : 'invoke the function through it'}`,
  run: ({ phase, command }) => `run ${phase === 'before-traffic' ? 'before' : 'after'} traffic moves: ${command}`,
  smoke: ({ requests }) => `request ${requests.map(({ path }) => path).join(', ')} from the new version`,
  'move-alias': (_, { alias }) => `move the alias ${alias} to the new version`,
  finish: () => 'mark the release as finished',
}

/** One line for a step: for the console, the summary and a dry run. */
export function describeStep(step: Step, desired: DesiredRelease): string {
  const describe = DESCRIPTIONS[step.kind] as (step: Step, desired: DesiredRelease) => string
  return describe(step, desired)
}
