import type { Reporter } from '../../report/reporter.ts'
import { authorizationOf } from '../../settings/basic-auth.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { smokeRequestsOf } from '../../settings/traffic.ts'
import type { DesiredRelease } from '../state.ts'

/** An application's own 403 is none of this. */
const REFUSED_BY_AWS = /^\{[^]*"message":\s*"Forbidden/i
/** How long after a refusal the next request comes: statements that were just written take some seconds to hold. */
const PATIENCE_MILLISECONDS = [1000, 2000, 4000] as const

interface Collaborators {
  readonly report: Reporter
  readonly clock: () => number
  readonly wait: (milliseconds: number) => Promise<void>
}

/** A request to the public address, which only reports: traffic has moved, and a slow network must not undo it. */
export async function requestPublicUrl(
  address: string | undefined,
  { access, settings }: { access: DesiredRelease['access']; settings: FunctionSettings },
  { report, clock, wait }: Collaborators,
): Promise<void> {
  if (address === undefined || access !== 'public' || !settings.smoke) return
  const url = publicAddress(address, settings.urlOrigin) + (smokeRequestsOf(settings)[0]?.path ?? '/')
  const started = clock()
  try {
    const { status, isRefused } = await answerOf(url, headersOf(settings), wait)
    report.info(`GET ${url} → ${status} (${((clock() - started) / 1000).toFixed(2)} s)`)
    if (isRefused) {
      report.warning({
        title: 'The Function URL answers 403: AWS refuses the caller',
        hint: 'The policy of the alias has both statements that a public URL needs, lambda:InvokeFunctionUrl and lambda:InvokeFunction: they may take a minute to hold. If it stays so, a policy of the organisation forbids public URLs: set function-url to iam, or ask whoever is in charge of it.',
      })
    } else if (status >= 500) {
      report.warning({ title: `GET ${url} answers ${status}`, hint: "Look at the function's log." })
    }
  } catch (error) {
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
    report.warning({
      title: `${url} could not be requested from here`,
      // Of fetch, only the cause tells something; where several addresses were tried, only its code.
      detail: cause?.message || cause?.code || message,
      hint: 'The release is done; this request only reports.',
    })
  }
}

type Headers = Readonly<Record<string, string>>

function headersOf(settings: FunctionSettings): Headers {
  const authorization = authorizationOf(settings)
  return authorization === undefined ? {} : { authorization }
}

interface Answer {
  readonly status: number
  readonly isRefused: boolean
}

async function answerOf(url: string, headers: Headers, wait: Collaborators['wait']): Promise<Answer> {
  let answer = await request(url, headers)
  for (const pause of PATIENCE_MILLISECONDS) {
    if (!answer.isRefused) return answer
    await wait(pause)
    answer = await request(url, headers)
  }
  return answer
}

async function request(url: string, headers: Headers): Promise<Answer> {
  const answer = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  const { status } = answer
  if (status === 403) return { status, isRefused: REFUSED_BY_AWS.test(await answer.text()) }
  // A stream may have no end: of it, the head says enough.
  await answer.body?.cancel()
  return { status, isRefused: false }
}

/** Without a final slash. An emulator's URLs do not resolve: `url-origin` says where they really are. */
export function publicAddress(address: string, origin: string | undefined): string {
  const id = new URL(address).hostname.split('.')[0] ?? ''
  return (origin === undefined ? address : origin.replaceAll('{id}', id)).replace(/\/$/, '')
}
