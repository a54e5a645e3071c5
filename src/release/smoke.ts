import type { LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { invocationFailure } from '../remote/command.ts'
import { OWN_CLIENT } from '../remote/protocol.ts'
import type { Reporter } from '../report/reporter.ts'

export interface SmokeRequest {
  readonly path: string
  readonly host: string
}

/** Sends one HTTP event to a version. An answer below 500 passes. @throws UserError otherwise. */
export async function smoke(
  { path, host }: SmokeRequest,
  { functionName, version, timeoutSeconds }: { functionName: string; version: string; timeoutSeconds: number },
  { lambda, report }: { lambda: LambdaApi; report: Reporter },
): Promise<number> {
  // Who asks so waits for a whole answer, also where the function streams its answers to others.
  const event = JSON.stringify(httpEvent(path, host))
  const invocation = await lambda.invoke(functionName, version, event, timeoutSeconds, OWN_CLIENT)
  const { statusCode, body } = readAnswer(invocation.payload)
  if (invocation.functionError !== undefined || statusCode === undefined) {
    const { title, detail, hint } = invocationFailure(invocation)
    throw new UserError({ title: `The new version does not answer GET ${path}: ${title}`, detail, hint })
  }
  if (statusCode >= 500) {
    throw new UserError({
      title: `The new version answers GET ${path} with ${statusCode}`,
      detail: [excerpt(body), invocation.logTail.trimEnd()].filter(Boolean).join('\n'),
      hint: 'Mend the application; or, if this is what it should answer, choose another smoke-path.',
    })
  }
  report.info(`GET ${path} on version ${version} → ${statusCode}`)
  if (statusCode === 400) {
    report.notice({
      title: `GET ${path} was answered with 400 Bad Request`,
      detail: `The request had the Host ${host}.`,
      hint: 'Django answers so for a host that is not in ALLOWED_HOSTS: add it there, or set smoke-host to one that is.',
    })
  }
  return statusCode
}

/** Payload format 2.0 as a Function URL sends it (Lambda developer guide, "Invoking Lambda function URLs"). */
function httpEvent(path: string, host: string) {
  const [, rawPath = '/', rawQueryString = ''] = /^([^?]*)\??([^]*)$/.exec(path) ?? []
  const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'wsgi-lambda' }
  const headers = {
    host,
    accept: '*/*',
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
