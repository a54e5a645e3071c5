import type { IncomingHttpHeaders } from 'node:http'
import type { Json } from '../faults.ts'
import type { AwsError } from './answers.ts'
import type { Request } from './request.ts'

export interface Policy {
  readonly Statement: readonly {
    readonly Resource: string
    readonly Action: string
    readonly Principal: unknown
    readonly Condition?: { readonly StringEquals?: Json; readonly Bool?: Json }
  }[]
}

interface FunctionUrl {
  readonly functionName: string
  readonly qualifier: string | undefined
  readonly authType: string
  readonly headers: IncomingHttpHeaders // of the call that made it: they tell the emulator account and region
}

/** The URLs that were made through the proxy. */
export interface FunctionUrls {
  /** @param answer what the emulator has answered */
  readonly remember: (request: Request, answer: Json) => void
  /** Of a visit, where not everybody may come. */
  readonly refusal: (visit: Pick<Request, 'path' | 'ask'>) => Promise<AwsError | undefined>
}

export function createFunctionUrls(): FunctionUrls {
  const urls = new Map<string, FunctionUrl>()
  return {
    remember: ({ operation, functionName, qualifier, headers }, answer) => {
      if (operation !== 'CreateFunctionUrlConfig' && operation !== 'UpdateFunctionUrlConfig') return
      const id = /^https?:\/\/([^.]+)\./.exec(String(answer['FunctionUrl']))?.[1]
      if (id !== undefined) urls.set(id, { functionName, qualifier, authType: String(answer['AuthType']), headers })
    },
    refusal: async ({ path, ask }) => {
      const url = urls.get(/^\/_aws\/lambda-url\/([^/?]+)/.exec(path)?.[1] ?? '')
      if (url?.authType !== 'NONE') return undefined
      const query = url.qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(url.qualifier)}`
      const policy = `/2015-03-31/functions/${encodeURIComponent(url.functionName)}/policy${query}`
      const { status, json } = await ask(policy, url.headers)
      return status === 200 && isOpen(JSON.parse(String(json['Policy'])) as Policy) ? undefined : FORBIDDEN
    },
  }
}

/** Lambda developer guide, "Control access to Lambda function URLs": since October 2025 both actions must be allowed. */
function isOpen({ Statement: statements }: Policy): boolean {
  const everybody = statements.filter(
    ({ Principal }) => JSON.stringify(Principal) === '"*"' || JSON.stringify(Principal) === '{"AWS":"*"}',
  )
  const allowsUrl = everybody.some(
    ({ Action, Condition }) =>
      Action === 'lambda:InvokeFunctionUrl' &&
      (Condition?.StringEquals?.['lambda:FunctionUrlAuthType'] ?? 'NONE') === 'NONE',
  )
  const allowsFunction = everybody.some(({ Action }) => Action === 'lambda:InvokeFunction')
  return allowsUrl && allowsFunction
}

const ADVICE =
  'For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html'
const FORBIDDEN: AwsError = { status: 403, type: 'AccessDeniedException', message: `Forbidden. ${ADVICE}` }
