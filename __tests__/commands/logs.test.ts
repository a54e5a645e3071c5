import { describe, expect, test } from '@jest/globals'
import picocolors from 'picocolors'
import { type LogsArguments, logs } from '../../src/commands/logs.ts'
import { logRecord, logText } from '../../src/remote/log-text.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { same } from '../release/releases.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'

const START = Date.parse('2026-11-23T09:14:05Z')
const [A, B] = ['aaaaaaaa-5d0e-4b7a-9c55-0d2f3c1b7a11', 'bbbbbbbb-5d0e-4b7a-9c55-0d2f3c1b7a11']
const nothing: LogsArguments = {
  ...{ follow: false, since: undefined, version: undefined, requestId: undefined, filter: undefined },
}

/** A function with two versions, of which the first is served, and a log of two requests. */
async function createFunction({ hasRun = true } = {}) {
  const lambda = fakeLambda()
  const code = (text: string) => ({ zip: Buffer.from(text), architecture: 'x86_64' })
  await lambda.createFunction('shop', same.configuration, code('one'))
  await lambda.publish('shop', 'one', '')
  await lambda.createAlias('shop', 'live', { version: '1', description: '' })
  const api = fakeLogs('/aws/lambda/shop', START + 1)
  if (hasRun) {
    api.put('2026/11/23/[1]a', 'INIT_START Runtime Version: python:3.13.v12', `START RequestId: ${A} Version: 1`, 'one')
    api.put('2026/11/23/[2]b', `START RequestId: ${B} Version: 2`, 'other')
    api.put('2026/11/23/[1]a', `[WARNING]\t2026-11-23T09:14:05.120Z\t${A}\tlow\rstock`, 'two', `END RequestId: ${A}`)
    api.put(
      '2026/11/23/[1]a',
      `REPORT RequestId: ${A}\tDuration: 12.30 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 512.30 ms`,
      'between requests',
    )
  }
  return { lambda, api }
}

async function show(given: Partial<LogsArguments>, { hasRun = true, looks = 3 } = {}) {
  const { lambda, api } = await createFunction({ hasRun })
  const report = recordingReporter()
  const controller = new AbortController()
  const text = logText(picocolors.createColors(false))
  let shown = ''
  let look = 0
  await logs(
    { ...nothing, ...given },
    { functionName: 'shop' },
    {
      ...{ lambda, logs: api, report, signal: controller.signal, now: () => START + 60_000 },
      wait: () => {
        look += 1
        api.put('2026/11/23/[1]a', `new ${look}`)
        if (look === looks) controller.abort()
        return Promise.resolve()
      },
      print: (found) => {
        shown += text(found)
      },
    },
  )
  return { shown, report, api }
}

test('lines have a time, a request and a level; what Lambda says of itself is short', async () => {
  const { shown, report } = await show({})
  expect(shown).toBe(
    [
      '2026-11-23',
      '09:14:05.001          ▸ a process starts',
      '09:14:05.002 aaaaaaaa ▸ version 1',
      '09:14:05.003 aaaaaaaa one',
      '09:14:05.004 bbbbbbbb ▸ version 2',
      '09:14:05.005 bbbbbbbb other',
      '09:14:05.006 aaaaaaaa WARNING low',
      '                      stock',
      '09:14:05.007 aaaaaaaa two',
      '09:14:05.009 aaaaaaaa ■ 12.3 ms, 512.3 ms to start, 70 of 128 MB',
      '09:14:05.010          between requests',
      '',
    ].join('\n'),
  )
  expect(report.problems).toEqual([])
})

describe('what is shown', () => {
  const messages = (shown: string) =>
    shown
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.slice(22))
  test.each<[Partial<LogsArguments>, readonly string[]]>([
    [{ version: '2' }, ['▸ version 2', 'other']],
    [{ requestId: B }, ['▸ version 2', 'other']],
    [
      { requestId: A, filter: 'o' },
      ['▸ version 1', 'one', 'WARNING low', 'stock', 'two', '■ 12.3 ms, 512.3 ms to start, 70 of 128 MB'],
    ],
    [{ filter: 'one' }, ['one']],
    [{ since: '2026-11-23T09:14:05.010Z' }, ['between requests']],
    [{ since: '50s' }, []],
    [{ version: 'live', filter: 'other' }, []],
  ])('%j', async (given, expected) => {
    expect(messages((await show(given)).shown)).toEqual(expected)
  })

  test('with --follow also what comes, until it is cancelled', async () => {
    const { shown } = await show({ since: '2026-11-23T09:14:05.010Z', follow: true })
    expect(messages(shown)).toEqual(['between requests', 'new 1', 'new 2'])
  })

  test('untrusted text stays text', () => {
    const text = logText(picocolors.createColors(false))
    const event = { id: '1', at: START, stream: 's', message: '' }
    const printed = (line: string) => text({ event, line: { kind: 'printed', text: line }, requestId: '\u001b[2J' })
    expect(printed('\u001b[31mred\u001b[0m ##[error]x')).toBe('2026-11-23\n09:14:05.000          red # #[error]x\n')
  })
})

test('as JSON, with what the line says of itself', async () => {
  const { lambda, api } = await createFunction()
  const records: unknown[] = []
  await logs(
    { ...nothing, requestId: A, filter: 'REPORT' },
    { functionName: 'shop' },
    {
      ...{ lambda, logs: api, report: recordingReporter(), signal: new AbortController().signal, now: () => START },
      wait: () => Promise.resolve(),
      print: (found) => records.push(logRecord(found)),
    },
  )
  expect(records).toEqual([
    {
      timestamp: '2026-11-23T09:14:05.009Z',
      kind: 'report',
      level: undefined,
      requestId: A,
      version: '1',
      stream: '2026/11/23/[1]a',
      message: expect.stringMatching(/^REPORT/) as unknown,
      metrics: { duration: 12.3, init: 512.3, memory: 128, usedMemory: 70 },
      status: 'success',
    },
  ])
})

describe('what is not there', () => {
  test.each<[Partial<LogsArguments>, boolean, string]>([
    [{}, false, 'shop has not run yet'],
    [{ requestId: A }, false, 'shop has not run yet'],
    [{ filter: 'no such text' }, true, 'Nothing was found since 2026-11-23T09:05:05.000Z'],
    [{ requestId: 'cccccccc' }, true, 'Nothing was found since 2026-11-23T09:05:05.000Z'],
  ])('%j where it has run: %s', async (given, hasRun, title) => {
    const { report, shown } = await show(given, { hasRun })
    expect([shown, report.problems.map((problem) => problem.title)]).toEqual(['', [title]])
  })

  test('a log that begins while it is followed', async () => {
    const { report, shown } = await show({ follow: true }, { hasRun: false })
    expect(report.problems).toHaveLength(1)
    expect(shown).toContain('new 1')
  })

  test('a version that was removed has its lines still', async () => {
    expect((await show({ version: '9' })).report.problems).toMatchObject([
      { title: expect.stringMatching(/^Nothing/) as unknown },
    ])
  })

  test.each([
    [{ version: 'other' }, 'shop:other does not exist', 1],
    [{ since: '10 minutes' }, '--since is not valid', 2],
    [{ since: '2026-99-99' }, '--since is not valid', 2],
  ])('%j', async (given, title, exitCode) => {
    await expect(show(given)).rejects.toMatchObject({ title, exitCode })
  })
})
