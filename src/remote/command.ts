import { randomUUID } from 'node:crypto'
import { defaultLogGroup } from '../aws/function-options.ts'
import { invocationFate } from '../aws/invocation-fate.ts'
import type { Invocation, LambdaApi } from '../aws/lambda.ts'
import type { LogsApi } from '../aws/logs.ts'
import { type Problem, UserError } from '../errors.ts'
import { type CommandLog, commandLog, type LoggedRun } from './command-log.ts'
import { commandFailure, cutOff, goesOn, UNKNOWN_RESULT, unknownEnd, unknownResult } from './failure.ts'
import { type Followed, followed } from './live.ts'
import { type CommandOutcome, ignoredParts, OWN_CLIENT, type RemoteCommand, readReply, requestOf } from './protocol.ts'
import { type Pacing, sendOnce } from './sending.ts'
import { settle } from './settle.ts'

/** Where a command runs. */
export interface CommandTarget {
  readonly functionName: string
  readonly qualifier: string
  /** Of the function. */
  readonly timeoutSeconds: number
  /** Where the function logs: asked for when its log is read. */
  readonly logGroup: () => Promise<string>
}

export interface CommandCollaborators extends Pacing {
  readonly lambda: Pick<LambdaApi, 'invoke'>
  readonly logs: LogsApi
}

export interface RanRemotely {
  readonly outcome: CommandOutcome
  /** Lines that have been shown already. */
  readonly shown: readonly string[]
}

/**
 * Runs one command inside a version of the function, once. What its log gets meanwhile is given to `show`; where the answer
 * gets lost, the log tells how it ended. @throws UserError: with exit code 125 when it is not known that and how it ended,
 * with 2 when it cannot be sent.
 */
export async function runRemoteCommand(
  command: RemoteCommand,
  target: CommandTarget,
  collaborators: CommandCollaborators,
  show?: (line: string) => void,
): Promise<RanRemotely> {
  const { lambda, logs, report, clock, signal } = collaborators
  const { functionName, qualifier } = target
  const id = randomUUID()
  const payload = requestOf(command, id)
  const timeoutSeconds = Math.min(target.timeoutSeconds, command.timeoutSeconds ?? Infinity)
  const log = commandLog(id, target.logGroup, { logs, now: Date.now })
  const sent = { at: 0, mayRun: false }
  const sending = sendOnce(async () => {
    Object.assign(sent, { at: clock(), mayRun: true })
    try {
      return await lambda.invoke(functionName, qualifier, payload, timeoutSeconds, OWN_CLIENT)
    } catch (error) {
      sent.mayRun = invocationFate(error) === 'unknown'
      throw error
    }
  }, collaborators)
  const { answer, shown } = await (show ? followed(sending, log, show, collaborators) : unfollowed(sending))
  if (answer.status === 'fulfilled') return { outcome: outcomeOf(answer.value), shown }
  const failure: unknown = answer.reason
  if (signal.aborted) {
    if (sent.mayRun) report.warning(goesOn(id, log.run, timeoutSeconds))
    throw failure
  }
  if (!isLost(failure)) throw unknownResult(failure)
  report.info('the answer got lost: the log tells how the command ended')
  const run = await settle(log, { sentAt: sent.at, timeoutSeconds: target.timeoutSeconds }, collaborators)
  return { outcome: settled(id, run, log, failure), shown }
}

/** Where a version logs. */
export async function logGroupOf(functionName: string, qualifier: string, lambda: LambdaApi): Promise<string> {
  const version = await lambda.getVersion(functionName, qualifier)
  return version?.options.logGroup ?? defaultLogGroup(functionName)
}

async function unfollowed<T>(answer: Promise<T>): Promise<Followed<T>> {
  const [result] = await Promise.allSettled([answer])
  return { answer: result, shown: [] }
}

function outcomeOf(invocation: Invocation): CommandOutcome {
  const outcome = invocation.functionError === undefined ? readReply(invocation.payload) : undefined
  if (outcome) return outcome
  throw new UserError(commandFailure(invocation), { exitCode: UNKNOWN_RESULT })
}

/** Whether the command may have run though its answer did not come. Anything but a failed call is a defect. */
function isLost(failure: unknown): boolean {
  const isCall =
    failure instanceof UserError || (failure instanceof Error && ('$metadata' in failure || 'code' in failure))
  return isCall && invocationFate(failure) === 'unknown'
}

/** @throws UserError unless the log has the end */
function settled(id: string, run: LoggedRun | undefined, log: CommandLog, failure: unknown): CommandOutcome {
  if (run?.end?.kind === 'cut-off') throw cutOff(run, run.end.reason, failure)
  if (run?.end === undefined) throw unknownEnd(id, run, log.failure, failure)
  const { logGroup, logStream, requestId, lines, end } = run
  return {
    exitCode: end.exitCode,
    output: Buffer.from(lines.map((line) => `${line}\n`).join('')),
    omittedBytes: 0,
    run: { id, requestId, logGroup, logStream, seconds: end.seconds },
    isFromLog: true,
  }
}

/** What the output alone does not say: that a part of it is missing, or that a part of the request was not understood. */
export function remarksOn(command: RemoteCommand, outcome: CommandOutcome): Problem[] {
  const remarks: Problem[] = []
  const { omittedBytes, run } = outcome
  const ignored = ignoredParts(command, outcome)
  if (outcome.isFromLog) {
    remarks.push({
      title: 'The answer of the command got lost, and its log told how it ended',
      hint: 'It ran once. Its output is what the log has of it.',
    })
  }
  if (omittedBytes > 0) {
    const where = run?.logGroup
      ? `Its log has them: the stream ${run.logStream} of ${run.logGroup}.`
      : 'Its log has them.'
    remarks.push({ title: `${omittedBytes} bytes of the output are left out`, hint: where })
  }
  if (ignored.length > 0) {
    remarks.push({
      title: `The function did not take ${ignored.join(' and ')}`,
      hint: 'It answers as one of serverless-wsgi: deploy it with this version of wsgi-lambda.',
    })
  }
  return remarks
}
