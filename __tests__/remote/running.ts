import type { ClientContext, Invocation } from '../../src/aws/lambda.ts'
import type { CommandCollaborators, CommandTarget } from '../../src/remote/command.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeLogs } from './fake-logs.ts'

/** What was sent, argument by argument. */
type Sent = readonly [
  name: string,
  qualifier: string,
  payload: string,
  timeoutSeconds: number,
  clientContext: ClientContext | undefined,
]

/** A function that is invoked, with its log; time passes only where somebody waits. */
export function createRun(invoke: (sent: Sent, attempt: number) => Promise<Invocation>) {
  const logs = fakeLogs()
  const report = recordingReporter()
  const controller = new AbortController()
  const sent: Sent[] = []
  const waits: number[] = []
  let now = 0
  const target: CommandTarget = {
    ...{ functionName: 'shop', qualifier: '8', timeoutSeconds: 30 },
    logGroup: () => Promise.resolve('/aws/lambda/shop'),
  }
  const collaborators: CommandCollaborators = {
    lambda: {
      invoke: (...given) => {
        const [name, qualifier, payload, timeoutSeconds, clientContext] = given
        sent.push([name, qualifier, payload, timeoutSeconds, clientContext])
        return invoke([name, qualifier, payload, timeoutSeconds, clientContext], sent.length)
      },
    },
    ...{ logs, report, signal: controller.signal },
    clock: () => now,
    wait: (milliseconds) => {
      waits.push(milliseconds)
      now += milliseconds
      return new Promise(setImmediate)
    },
  }
  return { logs, report, controller, sent, waits, target, collaborators }
}

/** The name that the client gave to what it sent. */
export function idOf([, , payload]: Sent): string {
  return (JSON.parse(payload) as { '_serverless-wsgi': { id: string } })['_serverless-wsgi'].id
}

const REQUEST = '8f6c1f3a-5d0e-4b7a-9c55-0d2f3c1b7a11'

/** Lines of a function's log, in the format of text. */
export const line = {
  start: `START RequestId: ${REQUEST} Version: 8`,
  begun: (id: string) => own(`runs command manage ["migrate"], id "${id}"`),
  ended: (id: string, code: number) => own(`command manage ended with exit code ${code} after 2.784 s, id "${id}"`),
  refused: (id: string) => own(`refused command manage ["migrate"], id "${id}"`),
  end: `END RequestId: ${REQUEST}`,
  report: `REPORT RequestId: ${REQUEST}\tDuration: 30000.00 ms\tBilled Duration: 30000 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tStatus: timeout`,
  timedOut: `2026-11-23T09:14:05.120Z ${REQUEST} Task timed out after 30.00 seconds`,
}

function own(text: string): string {
  return `[INFO]\t2026-11-23T09:14:05.120Z\t${REQUEST}\twsgi-lambda: ${text}`
}
