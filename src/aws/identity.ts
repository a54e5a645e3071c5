import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type ClientOptions, createCaller } from './call.ts'

/** Whose credentials are used. Nobody needs a right to ask that. @throws UserError where advice is possible. */
export async function readAccount({ version, wait, signal }: ClientOptions): Promise<string> {
  const client = new STSClient({ customUserAgent: [['wsgi-lambda', version]] })
  const { call } = createCaller(wait, () => '*', 'sts')
  const { Account: account = '' } = await call('GetCallerIdentity', 'the credentials', () =>
    client.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
  )
  return account
}
