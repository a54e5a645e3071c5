import type { IncomingHttpHeaders } from 'node:http'
import { lambdaOperation } from './lambda-operations.ts'
import { isS3, s3Operation } from './s3-operations.ts'

/** How a request and its answer are written. */
export type Protocol =
  | 'lambda' // JSON, the operation in method and path
  | 'form' // as STS and IAM: the operation in a form, answers in XML
  | 's3' // the operation in method, path and query, answers in XML
  | 'other' // what is passed on as it is

export interface Named {
  readonly operation: string
  readonly protocol: Protocol
  readonly functionName?: string | undefined
  readonly qualifier?: string | undefined
}

/** What a request is called, as far as that can be told without its body. */
export function nameOf(method: string, path: string, headers: IncomingHttpHeaders): Named {
  const url = new URL(path, 'http://proxy')
  const unknown = `${method} ${url.pathname}`
  if (isS3(headers)) return { operation: s3Operation(method, url) ?? unknown, protocol: 's3' }
  const lambda = lambdaOperation(method, url)
  if (lambda !== undefined) return { ...lambda, protocol: 'lambda' }
  const amzTarget = headers['x-amz-target']
  const rpc =
    typeof amzTarget === 'string' ? amzTarget.split('.').at(-1) : /\/operation\/(\w+)$/.exec(url.pathname)?.[1]
  if (rpc !== undefined) return { operation: rpc, protocol: 'other' }
  if (url.pathname.startsWith('/_aws/lambda-url/')) return { operation: 'FunctionUrl', protocol: 'other' }
  const isForm =
    method === 'POST' &&
    url.pathname === '/' &&
    (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  return { operation: unknown, protocol: isForm ? 'form' : 'other' }
}
