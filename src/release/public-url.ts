import type { Reporter } from '../report/reporter.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { smokeRequestsOf } from '../settings/traffic.ts'
import type { DesiredRelease } from './state.ts'

/** An application's own 403 is none of this. */
const REFUSED_BY_AWS = /^\{[^]*"message":\s*"Forbidden/i

/** One request to the public address, which only reports: traffic has moved, and a slow network must not undo it. */
export async function requestPublicUrl(
  address: string | undefined,
  { access, settings }: { access: DesiredRelease['access']; settings: FunctionSettings },
  { report, clock }: { report: Reporter; clock: () => number },
): Promise<void> {
  if (address === undefined || access !== 'public' || !settings.smoke) return
  const url = publicAddress(address, settings.urlOrigin) + (smokeRequestsOf(settings)[0]?.path ?? '/')
  const started = clock()
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) })
    // A stream may have no end: of it, the head says enough.
    let body = ''
    if (answer.status === 403) body = await answer.text()
    else await answer.body?.cancel()
    report.info(`GET ${url} → ${answer.status} (${((clock() - started) / 1000).toFixed(2)} s)`)
    if (answer.status === 403 && REFUSED_BY_AWS.test(body)) {
      report.warning({
        title: 'The Function URL answers 403: AWS refuses the caller',
        hint: 'A public URL needs both statements, lambda:InvokeFunctionUrl and lambda:InvokeFunction, in the policy of the alias. They may take some seconds to hold, and an organisation may forbid public URLs.',
      })
    } else if (answer.status >= 500) {
      report.warning({ title: `GET ${url} answers ${answer.status}`, hint: "Look at the function's log." })
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

/** Without a final slash. An emulator's URLs do not resolve: `url-origin` says where they really are. */
export function publicAddress(address: string, origin: string | undefined): string {
  const id = new URL(address).hostname.split('.')[0] ?? ''
  return (origin === undefined ? address : origin.replaceAll('{id}', id)).replace(/\/$/, '')
}
