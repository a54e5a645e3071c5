import type { FunctionUrl, FunctionUrlApi } from '../aws/function-url.ts'
import type { AliasState, Code, LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { parseCommandLine, remarksOn, runRemoteCommand } from '../remote/command.ts'
import { linesOf } from '../report/inert.ts'
import {
  type CurrentRelease,
  type DesiredRelease,
  describeStep,
  NOT_RELEASED,
  type Phase,
  RELEASED,
  type Step,
  UNFINISHED,
  withAddress,
  withLayer,
} from './plan.ts'
import { smoke } from './smoke.ts'
import { type Waiting, waitUntilActive, waitUntilIdle, waitUntilUpdated } from './wait.ts'

export interface RanCommand {
  readonly command: string
  readonly phase: Phase
  readonly exitCode: number
  readonly seconds: number
  readonly output: string
}

export interface Release {
  readonly function: {
    readonly name: string
    readonly arn: string
    readonly version: string
    readonly alias: string
    readonly aliasArn: string
    readonly url: string | undefined
  }
  readonly changed: boolean
  readonly steps: readonly Step[]
  readonly commands: readonly RanCommand[]
}

export interface ApplyOptions {
  readonly current: CurrentRelease
  readonly desired: DesiredRelease
  readonly code: Code
  /** Puts the code where it is read from, where the plan says so. */
  readonly upload: () => Promise<void>
  /** Publishes the layer that the plan names. @returns the ARN of its version */
  readonly publishLayer: () => Promise<string>
  /** Of the published version: what was released, for people. */
  readonly versionDescription: string
}

interface Releasing extends Waiting {
  readonly urls: FunctionUrlApi
}

/** Where a release stands while its steps are carried out. */
interface Progress {
  version: string
  /** The ARN of the version that was published. */
  layer: string | undefined
  alias: AliasState | undefined
  url: FunctionUrl | undefined
  hasMoved: boolean
  /** Set before the call: a call without an answer may have done it. */
  mayHaveChangedMode: boolean
  readonly commands: RanCommand[]
}

/** Carries out a plan. @throws UserError; the alias then serves what it served before. */
export async function applyRelease(
  steps: readonly Step[],
  options: ApplyOptions,
  waiting: Releasing,
): Promise<Release> {
  const { current, desired } = options
  const progress: Progress = {
    version: current.served?.version ?? '',
    layer: undefined,
    alias: current.alias,
    url: current.url,
    hasMoved: false,
    mayHaveChangedMode: false,
    commands: [],
  }
  try {
    for (const step of steps) {
      waiting.signal.throwIfAborted()
      waiting.report.info(describeStep(step, desired))
      await applyStep(step, progress, options, waiting)
    }
  } catch (error) {
    throw await undo(error, progress, options, waiting)
  }
  return released(steps, progress, options)
}

export function released(
  steps: readonly Step[],
  { version, alias, url, commands }: Pick<Progress, 'version' | 'alias' | 'url' | 'commands'>,
  { current, desired }: Pick<ApplyOptions, 'current' | 'desired'>,
): Release {
  const aliasArn = alias?.arn ?? ''
  return {
    function: {
      name: desired.functionName,
      arn: current.latest?.arn ?? aliasArn.replace(/:[^:]+$/, ''),
      version,
      alias: desired.alias,
      aliasArn,
      url: url?.address,
    },
    changed: steps.length > 0,
    steps,
    commands,
  }
}

async function applyStep(step: Step, progress: Progress, options: ApplyOptions, waiting: Releasing): Promise<void> {
  const { current, desired, code } = options
  const { lambda, urls, report } = waiting
  const { functionName, alias, access } = desired
  const configuration = withLayer(withAddress(desired.configuration, progress.url?.address), progress.layer)
  const authType = access === 'iam' ? 'AWS_IAM' : 'NONE'
  switch (step.kind) {
    case 'upload':
      await options.upload()
      return
    case 'publish-layer':
      progress.layer = await options.publishLayer()
      return
    case 'create-function':
      await lambda.createFunction(functionName, configuration, code)
      await waitUntilUpdated(functionName, waiting)
      return
    case 'update-code':
      await waitUntilIdle(functionName, waiting)
      await lambda.updateCode(functionName, code)
      await waitUntilUpdated(functionName, waiting)
      return
    case 'update-configuration':
      await waitUntilIdle(functionName, waiting)
      await lambda.updateConfiguration(functionName, configuration)
      await waitUntilUpdated(functionName, waiting)
      return
    case 'publish':
      progress.version = await publish(options, waiting)
      return
    case 'create-alias':
      progress.alias = await lambda.createAlias(functionName, alias, progress.version, NOT_RELEASED)
      return
    case 'create-url':
      progress.url = await urls.create(functionName, alias, { authType, invokeMode: step.invokeMode })
      report.info(progress.url.address)
      return
    case 'update-url':
      progress.url = await urls.update(functionName, alias, { authType })
      return
    case 'change-mode':
      progress.mayHaveChangedMode = true
      progress.url = await urls.update(functionName, alias, { invokeMode: step.invokeMode })
      return
    case 'fill-url':
      await waitUntilIdle(functionName, waiting)
      await lambda.updateConfiguration(functionName, configuration)
      progress.version = await publish(options, waiting)
      return
    case 'run':
      progress.commands.push(await run(step, progress.version, options, waiting))
      return
    case 'smoke':
      await smoke(
        { path: step.path, host: desired.smoke?.host ?? hostOf(progress.url) },
        { functionName, version: progress.version, timeoutSeconds: configuration.timeout },
        { lambda, report },
      )
      return
    case 'move-alias':
      progress.alias = await moveAlias(
        progress,
        desired.afterTraffic.length > 0 ? UNFINISHED : RELEASED,
        desired,
        lambda,
      )
      progress.hasMoved = true
      report.info(
        current.served && current.served.version !== progress.version
          ? `${alias}: version ${current.served.version} → ${progress.version}`
          : `${alias}: version ${progress.version}`,
      )
      return
    case 'finish':
      progress.alias = await moveAlias(progress, RELEASED, desired, lambda)
      return
    case 'permit-url':
      await lambda.permitUrl(functionName, alias, step.statement)
      return
  }
}

/**
 * An answer can get lost, and a client repeats what is done already then; and a revision also changes with what is no
 * move. So what counts is where the alias is.
 */
async function moveAlias(
  { alias, version }: Progress,
  description: string,
  { functionName, alias: name }: DesiredRelease,
  lambda: LambdaApi,
): Promise<AliasState> {
  try {
    return alias
      ? await lambda.updateAlias(functionName, name, version, description, alias.revisionId)
      : await lambda.createAlias(functionName, name, version, description)
  } catch (error) {
    const now = await lambda.getAlias(functionName, name).catch(() => undefined)
    if (now?.version === version && now.description === description) return now
    const isWhereItWas = now?.version === alias?.version && now?.description === alias?.description
    if (now === undefined || !isWhereItWas || now.revisionId === alias?.revisionId) throw error
    return await lambda.updateAlias(functionName, name, version, description, now.revisionId)
  }
}

async function publish({ desired, versionDescription }: ApplyOptions, waiting: Waiting): Promise<string> {
  // Also where this run changed nothing: an earlier one may have been killed while its change went on.
  await waitUntilUpdated(desired.functionName, waiting)
  const version = await waiting.lambda.publish(desired.functionName, desired.codeSha256, versionDescription)
  await waitUntilActive(desired.functionName, version, waiting)
  waiting.report.info(`version ${version}`)
  return version
}

async function run(
  { command, phase }: Extract<Step, { kind: 'run' }>,
  version: string,
  { desired }: ApplyOptions,
  { lambda, report, clock }: Waiting,
): Promise<RanCommand> {
  const started = clock()
  const { functionName, configuration } = desired
  const where = { functionName, qualifier: version, timeoutSeconds: configuration.timeout }
  const parsed = parseCommandLine(command)
  const outcome = await runRemoteCommand(parsed, where, lambda)
  const { exitCode } = outcome
  const output = outcome.output.toString()
  for (const line of linesOf(output)) report.output(line)
  for (const remark of remarksOn(parsed, outcome)) report.notice(remark)
  if (exitCode !== 0) {
    throw new UserError({
      title: `${command} failed on version ${version} with exit code ${exitCode}`,
      detail: lastLines(output),
      output,
    })
  }
  return { command, phase, exitCode, seconds: Math.round(clock() - started) / 1000, output }
}

/** Enough of an output to see what went wrong: the log has all of it. */
function lastLines(output: string): string {
  return linesOf(output.trimEnd()).slice(-5).join('\n')
}

/** On a failure after the alias has moved, it goes back; on one before, it has not moved. Says which of the two. */
async function undo(error: unknown, progress: Progress, options: ApplyOptions, waiting: Releasing): Promise<unknown> {
  const { current, desired } = options
  const { lambda, report } = waiting
  const previous = current.alias && current.alias.description !== NOT_RELEASED ? current.alias : undefined
  let stuck: unknown
  let served = progress.hasMoved ? progress.version : undefined
  if (progress.hasMoved) {
    report.progress('moving the alias back')
    const { version, description } = previous ?? { version: progress.version, description: NOT_RELEASED }
    try {
      served = (await lambda.updateAlias(desired.functionName, desired.alias, version, description)).version
    } catch (failure) {
      stuck = failure
    }
  }
  const mode = await undoMode(served, progress, options, waiting)
  const outcome = [consequence(progress, previous, desired, stuck), mode.consequence, irreversible(progress)]
    .filter(Boolean)
    .join(' ')
  if (!(error instanceof UserError)) {
    if (stuck !== undefined || mode.isStuck)
      report.warning({ title: 'The release was left half done', detail: outcome })
    return error
  }
  const { title, detail, hint, output } = error
  // A failed command ends the program with 1, whatever a remote command of that kind would end with.
  return new UserError(
    { title, detail, hint: [hint, outcome].filter(Boolean).join(' '), output },
    { exitCode: error.exitCode === 2 ? 2 : 1, cause: error },
  )
}

/** The mode of the URL goes with the version that the alias serves in the end: it stays where that is this release's. */
async function undoMode(
  served: string | undefined,
  { mayHaveChangedMode, version }: Progress,
  { current, desired: { functionName, alias } }: ApplyOptions,
  { lambda, urls }: Releasing,
): Promise<{ readonly consequence: string; readonly isStuck: boolean }> {
  const before = current.url?.invokeMode
  if (!mayHaveChangedMode || before === undefined) return { consequence: '', isStuck: false }
  // A move that failed for this program may have been done: only its answer got lost.
  const now = served ?? (await lambda.getAlias(functionName, alias).catch(() => current.alias))?.version
  if (now === version) return { consequence: '', isStuck: false }
  try {
    await urls.update(functionName, alias, { invokeMode: before })
    return { consequence: `The invoke mode of the Function URL is ${before} again.`, isStuck: false }
  } catch (failure) {
    const consequence = `The invoke mode of the Function URL could not be changed back to ${before} (${reasonOf(failure)}): until it is, visitors get answers in a shape that is meant for Lambda.`
    return { consequence, isStuck: true }
  }
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : JSON.stringify(failure)
}

function consequence(
  { hasMoved, version }: Progress,
  previous: AliasState | undefined,
  { alias }: DesiredRelease,
  stuck: unknown,
): string {
  if (stuck !== undefined) {
    const reason = reasonOf(stuck)
    return previous
      ? `The alias ${alias} could not be moved back to version ${previous.version} (${reason}): it serves version ${version}.`
      : `The alias ${alias} could not be marked as not released (${reason}): it serves version ${version}.`
  }
  if (previous) {
    return `The alias ${alias} ${hasMoved ? 'is back on' : 'has not moved: it serves'} version ${previous.version}.`
  }
  return hasMoved
    ? `There is no earlier version to go back to: the alias ${alias} stays on version ${version}.`
    : 'Nothing serves traffic yet.'
}

function irreversible({ commands }: Progress): string {
  if (commands.length === 0) return ''
  return `These commands have run and are not reversed: ${commands.map(({ command }) => command).join('; ')}.`
}

/** Without a Function URL no address is known: a name that is a host and nothing else. */
function hostOf(url: FunctionUrl | undefined): string {
  return url ? new URL(url.address).host : 'localhost'
}
