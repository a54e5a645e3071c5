import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { readAccount } from '../../../src/aws/identity.ts'
import { checkAccount } from '../../../src/release/permissions/account.ts'
import { useAsAws } from '../../aws/as-aws.ts'

const [OURS, THEIRS] = ['111111111111', '222222222222']

describe('the guard', () => {
  test('asks nobody where no accounts are named', async () => {
    await checkAccount({ allowedAccountIds: [] }, () => Promise.reject(new Error('asked')))
  })

  test.each([[[OURS]], [[THEIRS, OURS]]])('%j lets our account in', async (allowedAccountIds) => {
    await checkAccount({ allowedAccountIds }, () => Promise.resolve(OURS))
  })

  test('keeps any other out, and names both', async () => {
    await expect(checkAccount({ allowedAccountIds: [OURS] }, () => Promise.resolve(THEIRS))).rejects.toMatchObject({
      title: `The credentials are of the account ${THEIRS}, and allowed-account-ids has ${OURS}`,
      exitCode: 1,
    })
  })
})

describe('the account', () => {
  const received: string[] = []
  let answer = { status: 200, body: '' }
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      received.push(body)
      outgoing.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body)
    })
  })
  useAsAws(server)
  afterEach(() => {
    received.length = 0
  })
  const read = (): Promise<string> =>
    readAccount({ version: '1.2.3', wait: () => Promise.resolve(), signal: new AbortController().signal })

  test('is read in one call', async () => {
    answer = {
      status: 200,
      body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${OURS}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    }
    expect(await read()).toBe(OURS)
    expect(received).toEqual([expect.stringContaining('Action=GetCallerIdentity')])
  })

  test('of credentials that have expired is advice', async () => {
    const error =
      '<Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error>'
    answer = { status: 403, body: `<ErrorResponse>${error}</ErrorResponse>` }
    await expect(read()).rejects.toMatchObject({ title: 'The AWS credentials have expired' })
  })
})
