import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { ClientOptions } from './call.ts'
import { clientConfig } from './client-config.ts'
import { adviceFor } from './errors.ts'
import type { Invocation, LambdaApi } from './lambda.ts'

/** For an answer that comes in the last moment. */
const LATE_SECONDS = 30

/** One Invoke by a client of its own, which repeats nothing and waits as long as the function may take. @throws when no answer came */
export async function invokeOnce(
  [functionName, qualifier, payload, timeoutSeconds, clientContext]: Parameters<LambdaApi['invoke']>,
  { version, signal }: Pick<ClientOptions, 'version' | 'signal'>,
): Promise<Invocation> {
  const once = new LambdaClient({
    ...clientConfig(version, {
      requestTimeout: (timeoutSeconds + LATE_SECONDS) * 1000,
      throwOnRequestTimeout: true,
    }),
    maxAttempts: 1,
  })
  const command = new InvokeCommand({
    FunctionName: functionName,
    Qualifier: qualifier,
    Payload: Buffer.from(payload),
    LogType: 'Tail',
    ClientContext: clientContext && Buffer.from(JSON.stringify(clientContext)).toString('base64'),
  })
  try {
    const answer = await once.send(command, { abortSignal: signal })
    return {
      payload: answer.Payload?.transformToString() ?? '',
      functionError: answer.FunctionError,
      logTail: wholeLines(Buffer.from(answer.LogResult ?? '', 'base64')),
    }
  } catch (error) {
    throw adviceFor(error, { action: 'lambda:InvokeFunction', resource: `${functionName}:${qualifier}` })
  } finally {
    once.destroy()
  }
}

/** Lambda API reference, "Invoke": the last 4 KB of the log, wherever in a line they begin. */
const TAIL_BYTES = 4096

export function wholeLines(tail: Buffer): string {
  // Lines of one event, such as those of a traceback, are divided by carriage returns.
  const text = tail.toString().replaceAll(/\r\n?/g, '\n')
  return tail.length < TAIL_BYTES ? text : text.slice(text.indexOf('\n') + 1)
}
