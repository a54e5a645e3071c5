import type { FunctionUrl } from '../../aws/function-url.ts'
import type { Invocation } from '../../aws/lambda.ts'
import { type Problem, SeveralErrors } from '../../errors.ts'
import { invocationFailure } from '../../remote/failure.ts'
import { OWN_CLIENT } from '../../remote/protocol.ts'
import type { SmokeRequest } from '../../settings/traffic.ts'
import type { Waiting } from '../wait.ts'
import { untilAccepted } from './accepted.ts'

/** Which version is asked, and under which name. */
export interface SmokeTarget {
  readonly functionName: string
  readonly version: string
  /** As messages call it. */
  readonly called: 'the new version' | `version ${string}`
  readonly host: string
  /** The header of that name, where the version asks for one. */
  readonly authorization?: string | undefined
  readonly timeoutSeconds: number
}

/** What a version is asked as. Without a Function URL no address is known: a name that is a host and nothing else. */
export function smokeHostOf(given: string | undefined, url: FunctionUrl | undefined): string {
  return given ?? (url ? new URL(url.address).host : 'localhost')
}

/** Sends each request to a version, as HTTP events. @throws SeveralErrors with every answer that is not as expected. */
export async function smoke(requests: readonly SmokeRequest[], target: SmokeTarget, waiting: Waiting): Promise<void> {
  const problems: Problem[] = []
  for (const request of requests) {
    const { statusCode, problem } = await ask(request, target, waiting)
    if (problem) {
      problems.push(problem)
      continue
    }
    waiting.report.info(`GET ${request.path} on version ${target.version} → ${statusCode}`)
    if (statusCode === 400 && request.status.from === 0) waiting.report.notice(maybeHost(request.path, target.host))
  }
  if (problems.length > 0) {
    throw new SeveralErrors(problems, `${problems.length} of ${requests.length} smoke requests failed`)
  }
}

/** The first request whose answer is not as expected. */
export async function findFailure(
  requests: readonly SmokeRequest[],
  target: SmokeTarget,
  waiting: Waiting,
): Promise<Problem | undefined> {
  for (const request of requests) {
    const { problem } = await ask(request, target, waiting)
    if (problem) return problem
  }
  return undefined
}

async function ask(
  request: SmokeRequest,
  { functionName, version, called, host, authorization, timeoutSeconds }: SmokeTarget,
  waiting: Waiting,
): Promise<{ readonly statusCode: number; readonly problem: Problem | undefined }> {
  // Who asks so waits for a whole answer, also where the function streams its answers to others.
  const event = JSON.stringify(httpEvent(request.path, host, authorization))
  const invocation = await untilAccepted(
    () => waiting.lambda.invoke(functionName, version, event, timeoutSeconds, OWN_CLIENT),
    `GET ${request.path} on version ${version}`,
    waiting,
  )
  const { statusCode = 0, body } = readAnswer(invocation.payload)
  return { statusCode, problem: problemOf(request, called, invocation, { statusCode, body }) }
}

function problemOf(
  { path, status: { from, to }, text }: SmokeRequest,
  called: SmokeTarget['called'],
  invocation: Invocation,
  { statusCode, body }: { readonly statusCode: number; readonly body: string },
): Problem | undefined {
  if (invocation.functionError !== undefined || statusCode === 0) {
    const { title, detail, hint } = invocationFailure(invocation)
    return { title: `${capitalized(called)} does not answer GET ${path}: ${title}`, detail, hint }
  }
  const detail = [excerpt(body), invocation.logTail.trimEnd()].filter(Boolean).join('\n')
  if (statusCode < from || statusCode > to) {
    const title = `${capitalized(called)} answers GET ${path} with ${statusCode}`
    if (from === 0) return { title, detail, hint: `Mend the application; or, ${OTHER_PATH}` }
    const expected = from === to ? String(from) : `${from} to ${to}`
    return { title: `${title}, and ${expected} was expected`, detail, hint: `Mend the application, or ${EXPECTATION}` }
  }
  if (text === undefined || body.includes(text)) return undefined
  return {
    title: `The answer of ${called} to GET ${path} (${statusCode}) does not hold ${JSON.stringify(text)}`,
    detail,
    hint: `Mend the application, or ${EXPECTATION}`,
  }
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

const OTHER_PATH = 'if this is what it should answer, choose another smoke-path.'
const EXPECTATION = 'what smoke-requests expects.'

function maybeHost(path: string, host: string): Problem {
  return {
    title: `GET ${path} was answered with 400 Bad Request`,
    detail: `The request had the Host ${host}.`,
    hint: 'Django answers so for a host that is not in ALLOWED_HOSTS: add it there, or set smoke-host to one that is.',
  }
}

/** Payload format 2.0 as a Function URL sends it (Lambda developer guide, "Invoking Lambda function URLs"). */
function httpEvent(path: string, host: string, authorization: string | undefined) {
  const [, rawPath = '/', rawQueryString = ''] = /^([^?]*)\??([^]*)$/.exec(path) ?? []
  const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'wsgi-lambda' }
  const headers = {
    host,
    accept: '*/*',
    ...(authorization !== undefined && { authorization }),
    'user-agent': 'wsgi-lambda',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-forwarded-for': '127.0.0.1',
  }
  const requestContext = {
    apiId: 'smoke',
    domainName: host,
    http,
    requestId: 'smoke',
    routeKey: '$default',
    stage: '$default',
    timeEpoch: 0,
  }
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers,
    requestContext: { ...requestContext, domainPrefix: 'smoke' },
    isBase64Encoded: false,
  }
}

interface Answer {
  readonly statusCode: number | undefined
  readonly body: string
}

function readAnswer(payload: string): Answer {
  try {
    const { statusCode, body, isBase64Encoded } = JSON.parse(payload) as {
      statusCode?: number
      body?: string
      isBase64Encoded?: boolean
    }
    return { statusCode, body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '') }
  } catch {
    return { statusCode: undefined, body: payload }
  }
}

function excerpt(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text
}
