import type { Problem } from '../../errors.ts'
import type { Reporter } from '../../report/reporter.ts'
import { authorizationOf } from '../../settings/basic-auth.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { smokeRequestsOf } from '../../settings/traffic.ts'
import type { DesiredRelease } from '../state.ts'

/** An application's own 403 is none of this. */
const REFUSED_BY_AWS = /^Forbidden/i
const WORDS_OF_LAMBDA = /^Internal Server Error$/i
const LONGEST_ANSWER_MS = 30_000
/** How long after a refusal the next request comes: statements that were just written take some seconds to hold. */
const PATIENCE_MILLISECONDS = [1000, 2000, 4000] as const

/** What is asked of whom. */
export interface PublicRequest {
  readonly access: DesiredRelease['access']
  readonly settings: FunctionSettings
}

interface Collaborators {
  readonly report: Reporter
  readonly clock: () => number
  readonly wait: (milliseconds: number) => Promise<void>
}

/** A request to the public address, which only reports: traffic has moved, and a slow network must not undo it. */
export async function requestPublicUrl(
  address: string | undefined,
  asked: PublicRequest,
  { report, clock, wait }: Collaborators,
): Promise<void> {
  const url = urlToAsk(address, asked)
  if (url === undefined) return
  const started = clock()
  try {
    const { status, isRefused } = await answerOf(url, headersOf(asked.settings), wait)
    report.info(answerLine(url, status, clock() - started))
    if (isRefused) {
      report.warning({
        title: 'The Function URL answers 403: AWS refuses the caller',
        hint: 'The policy of the alias has both statements that a public URL needs, lambda:InvokeFunctionUrl and lambda:InvokeFunction: they may take a minute to hold. If it stays so, a policy of the organisation forbids public URLs: set function-url to iam, or ask whoever is in charge of it.',
      })
    } else if (status >= 500) {
      report.warning(failing(url, status))
    }
  } catch (error) {
    report.warning({ ...unreachable(url, error), hint: 'The release is done; this request only reports.' })
  }
}

/** Undefined where nobody would be let in, or nothing is to be asked. */
export function urlToAsk(address: string | undefined, { access, settings }: PublicRequest): string | undefined {
  if (address === undefined || access !== 'public' || !settings.smoke) return undefined
  return publicAddress(address, settings.urlOrigin) + (smokeRequestsOf(settings)[0]?.path ?? '/')
}

export function answerLine(url: string, status: number, milliseconds: number): string {
  return `GET ${url} → ${status} (${(milliseconds / 1000).toFixed(2)} s)`
}

export function failing(url: string, status: number): Problem {
  return { title: `GET ${url} answers ${status}`, hint: "Look at the function's log." }
}

export function unreachable(url: string, error: unknown): Problem {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') {
    return {
      title: `${url} has not answered within ${LONGEST_ANSWER_MS / 1000} s`,
      detail: 'The application is slow: look at its cold start, at what this path does, and at timeout.',
    }
  }
  return {
    title: `${url} could not be requested from here`,
    // Of fetch, only the cause tells something; where several addresses were tried, only its code.
    detail: cause?.message || cause?.code || message,
  }
}

type Headers = Readonly<Record<string, string>>

export function headersOf(settings: FunctionSettings): Headers {
  const authorization = authorizationOf(settings)
  return authorization === undefined ? {} : { authorization }
}

export interface Answer {
  readonly status: number
  /** By AWS, before the function was asked. */
  readonly isRefused: boolean
  /** Whether Lambda answers in place of the function. */
  readonly isLambdas: boolean
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

export async function request(url: string, headers: Headers, signal?: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(LONGEST_ANSWER_MS)
  const until = signal ? AbortSignal.any([signal, timeout]) : timeout
  const answer = await fetch(url, { headers, redirect: 'manual', signal: until })
  const { status } = answer
  if (status === 403 || status === 502) {
    const body = await answer.text()
    return {
      status,
      isRefused: status === 403 && saysAlone(body, REFUSED_BY_AWS),
      isLambdas: status === 502 && isOfLambda(body),
    }
  }
  // A stream may have no end: of it, the head says enough.
  await answer.body?.cancel()
  return { status, isRefused: false, isLambdas: false }
}

/**
 * Of a function that has failed, or whose answer is none, Lambda says nothing, three words, or (of emulators) its error. Other JSON
 * is the application's own.
 */
function isOfLambda(body: string): boolean {
  const text = body.trim()
  if (text === '' || WORDS_OF_LAMBDA.test(text)) return true
  const answer = objectIn(text)
  return ('errorMessage' in answer && 'errorType' in answer) || saysAlone(text, WORDS_OF_LAMBDA)
}

/** Whether it is an error as AWS writes one: a message, perhaps its type, and nothing else. */
function saysAlone(body: string, words: RegExp): boolean {
  const entries = Object.entries(objectIn(body)).map(([name, value]) => [name.toLowerCase(), value] as const)
  return (
    entries.every(([name]) => name === 'message' || name === 'type') &&
    entries.some(([name, value]) => name === 'message' && typeof value === 'string' && words.test(value))
  )
}

/** Without any entry where it is none. */
function objectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Without a final slash. An emulator's URLs do not resolve: `url-origin` says where they really are. */
export function publicAddress(address: string, origin: string | undefined): string {
  const id = new URL(address).hostname.split('.')[0] ?? ''
  return (origin === undefined ? address : origin.replaceAll('{id}', id)).replace(/\/$/, '')
}
