import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { confirmPublicUrl } from '../../../src/release/traffic/confirm-url.ts'
import type { FunctionSettings } from '../../../src/settings/settings.ts'
import { recordingReporter } from '../../report/recording.ts'

const REFUSED_BY_AWS =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
const settings = {
  functionUrl: 'public',
  smoke: true,
  smokePath: '/health',
  smokeRequests: [] as readonly string[],
} as FunctionSettings

interface Given {
  readonly settings?: Partial<FunctionSettings>
  /** What happens while it is waited. */
  readonly during?: (controller: AbortController) => void
}

/** Time is what was waited for. */
async function confirmed(answer: RequestListener, { settings: other, during }: Given = {}) {
  let asked = 0
  const server = createServer((incoming, outgoing) => {
    asked += 1
    answer(incoming, outgoing)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const report = recordingReporter()
  const controller = new AbortController()
  let waited = 0
  const wait = (milliseconds: number): Promise<void> => {
    waited += milliseconds
    during?.(controller)
    return Promise.resolve()
  }
  const all = { ...settings, ...other }
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  try {
    const ended = await confirmPublicUrl(
      'shop-pr-7',
      address,
      { access: all.functionUrl ?? 'none', settings: all },
      { report, clock: () => waited, wait, signal: controller.signal },
    ).catch((error: unknown) => error as Error)
    return { ended, report, asked, waited, address }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

function answering(status: number, body = ''): RequestListener {
  return (_, outgoing) => {
    outgoing.writeHead(status).end(body)
  }
}

describe('a public address is asked before anybody is told of it', () => {
  test('one that answers', async () => {
    const { ended, report, asked, waited, address } = await confirmed(answering(200))
    expect([ended, asked, waited]).toEqual(['asked', 1, 0])
    expect(report.lines).toEqual([`info: GET ${address}health → 200 (0.00 s)`])
  })

  test.each([302, 400, 403, 404, 429, 500, 502, 503])("the application's own %d is an answer", async (status) => {
    const { ended, asked, report } = await confirmed(answering(status, '<h1>Sorry</h1>'))
    expect([ended, asked]).toEqual(['asked', 1])
    expect(report.problems).toHaveLength(status >= 500 ? 1 : 0)
  })

  test.each([
    '{"message": "upstream down"}',
    '{"error": {"message": "upstream down"}}',
    '{"message": "Internal Server Error", "code": 7}',
    '{"errorMessage": "upstream down"}',
    '{"error": {"errorMessage": "no", "errorType": "Upstream"}}',
    '{Internal Server Error}',
  ])("the application's own 502 is an answer: %s", async (body) => {
    const { ended, report } = await confirmed(answering(502, body))
    expect(ended).toBe('asked')
    expect(report.problems).toMatchObject([{ title: expect.stringContaining('answers 502') }])
  })

  test('AWS refuses visitors until the statements hold', async () => {
    let refusals = 6
    const { ended, asked, waited, report } = await confirmed((incoming, outgoing) => {
      answering(refusals-- > 0 ? 403 : 200, REFUSED_BY_AWS)(incoming, outgoing)
    })
    expect([ended, asked, waited, report.problems]).toEqual(['asked', 7, 22_000, []])
    expect(report.lines.some((line) => line.includes('the Function URL still answers 403 (17 s)'))).toBe(true)
  })

  test('AWS goes on to refuse them', async () => {
    const { ended, waited } = await confirmed(answering(403, REFUSED_BY_AWS))
    expect(waited).toBeGreaterThanOrEqual(60_000)
    expect(waited).toBeLessThan(66_000)
    expect(ended).toMatchObject({
      title: expect.stringContaining('The Function URL of shop-pr-7 answers 403'),
      detail: expect.stringMatching(/lambda:InvokeFunctionUrl and lambda:InvokeFunction\b/),
      hint: expect.stringMatching(/the account or its organisation forbids/),
    })
  })

  test('what is cancelled meanwhile is not waited for', async () => {
    const { ended, waited } = await confirmed(answering(403, REFUSED_BY_AWS), {
      during: (controller) => {
        controller.abort()
      },
    })
    expect([(ended as Error).name, waited]).toEqual(['AbortError', 1000])
  })

  test.each([
    'Internal Server Error',
    '',
    '{"message":"Internal Server Error"}',
    '{"errorMessage": "no module", "errorType": "Runtime.ImportModuleError"}',
  ])('Lambda answers in place of the function: %j', async (body) => {
    const { ended, asked } = await confirmed(answering(502, body))
    expect(asked).toBe(1)
    expect(ended).toMatchObject({
      title: expect.stringContaining('Lambda answers 502 in place of shop-pr-7'),
      hint: expect.stringContaining('wsgi-lambda logs --function-name shop-pr-7'),
    })
  })

  test('a machine that does not reach it says nothing of others', async () => {
    const { ended, report } = await confirmed((incoming) => incoming.socket.destroy())
    expect(ended).toBe('unreachable')
    expect(report.problems).toMatchObject([{ title: expect.stringContaining('could not be requested from here') }])
  })

  test.each<[string, Partial<FunctionSettings>]>([
    ['behind IAM', { functionUrl: 'iam' }],
    ['without a URL', { functionUrl: 'none' }],
    ['where nothing is to be asked', { smoke: false }],
  ])('none %s', async (_, other) => {
    const { ended, asked } = await confirmed(answering(200), { settings: other })
    expect([ended, asked]).toEqual(['not to be asked', 0])
  })
})
