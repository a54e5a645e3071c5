import { describe, expect, test } from '@jest/globals'
import { type CheckAnswer, type CheckTerms, judge } from '../../src/artifact/check-verdict.ts'

const TERMS: CheckTerms = {
  path: '/',
  host: 'check.lambda-url.us-east-1.on.aws',
  isChosen: false,
  status: undefined,
  standIns: [],
  memory: undefined,
  seconds: 60,
}
const ANSWER: CheckAnswer = {
  stage: 'request',
  error: null,
  late: null,
  status: 200,
  malformed: null,
  exception: null,
  body: '',
  seconds: {},
  imports: null,
}
const ERROR = { type: 'ValueError', message: 'a value', name: null, traceback: 'Traceback of it' }

const verdictOn = (answer: Partial<CheckAnswer>, terms: Partial<CheckTerms> = {}, log = '') =>
  judge({ kind: 'ended', exitCode: 1, answer: { ...ANSWER, ...answer }, log }, { ...TERMS, ...terms })

const chosen = { isChosen: true } as const
const secret = { standIns: ['KEY'] } as const

describe('an answer', () => {
  test.each<[string, Partial<CheckAnswer>, Partial<CheckTerms>, string]>([
    ['200', { status: 200 }, {}, 'passed'],
    ['302 of a chosen path', { status: 302 }, chosen, 'passed'],
    ['404 of a chosen path', { status: 404 }, chosen, 'passed'],
    ['500 of a path that nobody chose', { status: 500 }, {}, 'passed'],
    ['500 of a chosen path', { status: 500 }, chosen, 'failed'],
    ['503 of a chosen path, without a secret', { status: 503 }, { ...chosen, ...secret }, 'unknown'],
    ['the status that is wanted', { status: 401 }, { ...chosen, status: 401 }, 'passed'],
    ['500 where that is wanted', { status: 500 }, { ...chosen, status: 500 }, 'passed'],
    ['another status', { status: 200 }, { ...chosen, status: 401 }, 'failed'],
    ['another status, without a secret', { status: 200 }, { ...chosen, ...secret, status: 401 }, 'failed'],
    ['none in time', { status: null, late: 'there' }, {}, 'passed'],
    ['none in time of a chosen path', { status: null, late: 'there' }, chosen, 'failed'],
    ['one that cannot be sent on', { status: null, malformed: 'it has no status' }, secret, 'failed'],
    ['an exception of the handler', { status: null, error: ERROR }, {}, 'failed'],
  ])('%s: %s', (_, answer, terms, kind) => {
    expect(verdictOn(answer, terms).kind).toBe(kind)
  })

  test('of 400 passes, with the host that may have been refused', () => {
    expect(verdictOn({ status: 400 })).toMatchObject({
      kind: 'passed',
      statusCode: 400,
      remark: {
        detail: 'The request had the Host check.lambda-url.us-east-1.on.aws.',
        hint: expect.stringContaining('ALLOWED_HOSTS'),
      },
    })
  })

  test.each([
    [
      'the log, where it has one',
      'Traceback (most recent call last):\n of the log',
      'Traceback (most recent call last):\n of the log',
    ],
    ['the framework, where the log has none', 'a line', 'a line\nTraceback of it'],
  ])('of 500 is shown with the traceback of %s', (_, log, detail) => {
    expect(verdictOn({ status: 500, exception: ERROR }, {}, log)).toMatchObject({ remark: { detail } })
  })

  test('of 500 that passes is shown by its end', () => {
    const log = ['Traceback (most recent call last):', ...Array.from({ length: 50 }, (_, index) => `line ${index + 1}`)]
    const verdict = verdictOn({ status: 500 }, {}, log.join('\n'))
    expect(verdict).toMatchObject({ remark: { detail: expect.stringMatching(/^…\nline 36\n[^]*line 50$/) } })
  })

  test('of 500 without any traceback is shown with its body', () => {
    expect(verdictOn({ status: 500, body: 'Sorry' }, chosen)).toMatchObject({ problem: { detail: 'Sorry' } })
  })

  test('of 500 says what it may be about', () => {
    const exception = { ...ERROR, type: 'OperationalError', message: 'could not translate host name "db"' }
    expect(verdictOn({ status: 500, exception }, chosen)).toMatchObject({
      problem: { hint: expect.stringContaining('no network and no database') },
    })
  })
})

describe('an application that cannot be imported', () => {
  const imported = (type: string, terms: Partial<CheckTerms> = {}) =>
    verdictOn({ stage: 'import', status: null, error: { ...ERROR, type } }, terms)

  test.each(['KeyError', 'ValueError', 'ModuleNotFoundError', 'RouteError'])('%s fails', (type) => {
    expect(imported(type)).toMatchObject({
      kind: 'failed',
      problem: { title: expect.stringContaining(type), detail: 'Traceback of it' },
    })
  })

  test.each(['ModuleNotFoundError', 'ImportError', 'SyntaxError', 'LoadingError', 'PolicyError', 'RouteError'])(
    '%s fails without its secrets too: no value is the reason',
    (type) => {
      expect(imported(type, secret)).toMatchObject({
        kind: 'failed',
        problem: { title: `The application cannot be imported: ${type}: a value` },
      })
    },
  )

  test('of what the missing secrets may be the reason of, nobody knows', () => {
    expect(imported('ValueError', secret)).toMatchObject({
      kind: 'unknown',
      problem: {
        title: 'The application could not be imported without its secrets: ValueError',
        hint: expect.stringMatching(/^Here KEY had a stand-in.*check-environment.*smoke request/),
      },
    })
  })

  test('in time fails, with the place', () => {
    expect(verdictOn({ stage: 'import', status: null, late: ' line 3\n' }, { seconds: 10 })).toMatchObject({
      kind: 'failed',
      problem: { title: 'The application was not imported within 10 seconds', detail: 'It was here:\n line 3' },
    })
  })

  test('in time, and which does not even let the time be looked at', () => {
    expect(judge({ kind: 'late' }, TERMS)).toMatchObject({
      kind: 'failed',
      problem: { title: 'The application was not imported within 60 seconds', detail: '' },
    })
  })
})

test.each([
  [3, undefined, /ended Python while it was imported or answered \(exit code 3\)/],
  [139, undefined, /crashed Python.*\(SIGSEGV\)/],
  [137, 128, /more than 128 MB/],
  [137, undefined, /^Python was killed/],
])('a program that says nothing and ends with %d, limited to %s MB', (exitCode, memory, title) => {
  const verdict = judge(
    { kind: 'ended', exitCode, answer: undefined, log: 'last words' },
    { ...TERMS, ...secret, memory },
  )
  expect(verdict).toMatchObject({
    kind: 'failed',
    problem: { title: expect.stringMatching(title), detail: 'last words' },
  })
})

test('of a long log the end is shown', () => {
  const log = Array.from({ length: 500 }, (_, index) => `line ${index + 1}`).join('\n')
  const verdict = judge({ kind: 'ended', exitCode: 3, answer: undefined, log }, TERMS)
  expect('problem' in verdict && verdict.problem.detail).toMatch(/^line 441\n[^]*line 500$/)
})
