import { sizeText } from '../../report/size.ts'
import type { DesiredRelease } from '../state.ts'
import { commandsAlias } from './command-version.ts'
import { databasesAlias } from './database-version.ts'
import type { Descriptions, Step } from './steps.ts'

const DESCRIPTIONS: Descriptions<Step, DesiredRelease> = {
  'upload-static': ({ address, files, bytes }) =>
    `upload static files to ${address}: those of ${files} (${sizeText(bytes)}) that are not there yet`,
  'tidy-static': ({ address }) => `remove static files from ${address} that were replaced long enough ago`,
  'make-bucket': ({ name, isThere }) => `${isThere ? 'finish' : 'make'} the bucket ${name}, for uploads`,
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
  'set-cors': (_, { cors }) =>
    cors === undefined || cors.origins.length === 0
      ? 'say nothing to browsers about other sites at the Function URL'
      : `let pages of ${cors.origins.join(', ')} read answers of the Function URL`,
  'permit-url': ({ statement }) =>
    `permit everyone to ${statement === 'url' ? 'call the Function URL' : 'invoke the function through it'}`,
  prepare: ({ what }) => `prepare ${what}`,
  run: ({ phase, command }) => `run ${phase === 'before-traffic' ? 'before' : 'after'} traffic moves: ${command}`,
  smoke: ({ requests }) => `request ${requests.map(({ path }) => path).join(', ')} from the new version`,
  provision: ({ count }) => `keep ${count} environments of the version ready (provisioned concurrency)`,
  unprovision: ({ version }) => `remove the provisioned concurrency of version ${version}`,
  'configure-commands': ({ changes }) =>
    `configure the function for commands${changes.length === 0 ? '' : `: ${changes.join(', ')}`}`,
  'publish-commands': () => 'publish a version for commands and wait until it is active',
  'point-commands': (_, { alias }) => `point the alias ${commandsAlias(alias)} to the version for commands`,
  'retire-commands': (_, { alias }) =>
    `let commands run on what ${alias} serves: nothing is configured for them alone any more`,
  'publish-databases': (_, { alias }) =>
    `publish a version for databases of previews, and point the alias ${databasesAlias(alias)} to it`,
  'clear-weights': (_, { alias }) => `send all traffic of the alias ${alias} to one version again`,
  'check-alarms': ({ names }) => `see that no alarm is on: ${names.join(', ')}`,
  'shift-traffic': ({ percent, seconds }) =>
    `send ${percent} % of the traffic to the new version for ${duration(seconds)}`,
  'move-alias': ({ isFirst }, { alias }) =>
    `move the alias ${alias} to the new version${isFirst ? ', at once: no version has served before' : ''}`,
  'create-role': ({ name, boundary }) => `create the execution role ${name}${bounded(boundary)}`,
  'update-role': ({ name, boundary }) => `update what the execution role ${name} may do${bounded(boundary)}`,
  'create-log-group': ({ name }) => `create the log group ${name}`,
  'set-log-retention': ({ group, days }) =>
    `keep the lines of the log group ${group} ${days === undefined ? 'for ever' : `for ${days} days`}`,
  'set-code-signing': ({ arn }) =>
    arn === undefined ? 'check no signature of new code' : `check new code by the code signing configuration ${arn}`,
  'reserve-concurrency': ({ reserved }) =>
    reserved === undefined ? 'reserve no concurrency' : `reserve a concurrency of ${reserved}`,
  'add-tags': ({ names }) => `tag the function: ${names.join(', ')}`,
  'describe-function': () => 'update the description of the function',
  'mark-unfinished': () => 'mark the release as unfinished, as commands are still to run',
  finish: () => 'mark the release as finished',
  prune: ({ keep }) => `remove old versions, but the newest ${keep} and those that are in use`,
}

function bounded(boundary: string | undefined): string {
  return boundary === undefined ? '' : `, within the permissions boundary ${boundary}`
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** One line for a step: for the console, the summary and a dry run. */
export function describeStep(step: Step, desired: DesiredRelease): string {
  const describe = DESCRIPTIONS[step.kind] as (step: Step, desired: DesiredRelease) => string
  return describe(step, desired)
}
