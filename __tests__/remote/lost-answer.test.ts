import { describe, expect, test } from '@jest/globals'
import type { Invocation } from '../../src/aws/lambda.ts'
import { UserError } from '../../src/errors.ts'
import { remarksOn, runRemoteCommand } from '../../src/remote/command.ts'
import type { RemoteCommand } from '../../src/remote/protocol.ts'
import { createRun, idOf, line } from './running.ts'

const migrate: RemoteCommand = { kind: 'manage', data: 'migrate' }
const done: Invocation = { payload: '[0, "done\\n"]', functionError: undefined, logTail: '' }

/** A failure as the client gives it: with advice, and what happened as its cause. */
function failure(name: string, fields: object = {}): UserError {
  const cause = Object.assign(new Error('why'), { name }, fields)
  return new UserError({ title: `lambda:InvokeFunction failed: ${name}`, hint: 'Try again.' }, { cause })
}

const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } })
const reset = failure('TimeoutError', { code: 'ECONNRESET', syscall: 'read' })

describe('what proves that nothing ran is sent again', () => {
  test.each([
    failure('TooManyRequestsException', status(429)),
    failure('ResourceConflictException', status(409)),
    failure('ResourceNotReadyException', status(502)),
    failure('EC2ThrottledException', status(502)),
    failure('SnapStartNotReadyException', status(409)),
    failure('Error', { code: 'ECONNREFUSED', syscall: 'connect' }),
    failure('TimeoutError', { code: 'ETIMEDOUT', syscall: 'connect' }),
    failure('Error', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
  ])('$title', async (error) => {
    const { target, collaborators, sent, waits, report } = createRun((_, attempt) =>
      attempt < 3 ? Promise.reject(error) : Promise.resolve(done),
    )
    const { outcome } = await runRemoteCommand(migrate, target, collaborators)
    expect(outcome).toMatchObject({ exitCode: 0, output: Buffer.from('done\n') })
    expect(new Set(sent.map(idOf)).size).toBe(1)
    expect([sent.length, waits]).toEqual([3, [1000, 2000]])
    expect(report.of('info')).toEqual([
      expect.stringMatching(/^the command has not started \(\w+\): sent again in 1 s$/),
      expect.stringMatching(/sent again in 2 s$/),
    ])
  })

  test('two minutes long', async () => {
    const error = failure('TooManyRequestsException', status(429))
    const { target, collaborators, waits, logs } = createRun(() => Promise.reject(error))
    await expect(runRemoteCommand(migrate, target, collaborators)).rejects.toMatchObject({
      title: error.title,
      hint: 'Try again.',
      exitCode: 125,
    })
    const seconds = waits.reduce((sum, each) => sum + each, 0) / 1000
    expect(seconds).toBeGreaterThan(100)
    expect(seconds).toBeLessThanOrEqual(120)
    expect(logs.queries).toEqual([])
  })
})

test.each([
  failure('AccessDeniedException', status(403)),
  failure('ResourceNotFoundException', status(404)),
  failure('RequestTooLargeException', status(413)),
  failure('KMSAccessDeniedException', status(502)),
  failure('InvalidRuntimeException', status(502)),
  failure('EFSMountTimeoutException', status(408)),
  failure('CredentialsProviderError'),
  Object.assign(failure('ResourceConflictException', status(409)), {
    cause: Object.assign(new Error('The function is currently in the following state: Failed'), {
      name: 'ResourceConflictException',
    }),
  }),
])('what never runs is neither sent again nor looked for: $title', async (error) => {
  const { target, collaborators, sent, logs } = createRun(() => Promise.reject(error))
  await expect(runRemoteCommand(migrate, target, collaborators)).rejects.toMatchObject({
    title: error.title,
    hint: 'Try again.',
    exitCode: 125,
  })
  expect([sent.length, logs.queries]).toEqual([1, []])
})

describe('where the answer got lost, it is sent once, and the log tells', () => {
  test.each([
    reset,
    failure('TimeoutError', { code: 'EPIPE', syscall: 'write' }),
    failure('TimeoutError', { code: 'ETIMEDOUT' }),
    failure('ServiceException', status(500)),
    failure('ServiceUnavailable', status(503)),
    failure('EFSIOException', status(410)),
    Object.assign(new SyntaxError('Unexpected token <'), status(502)),
  ])('that it succeeded: %s', async (error) => {
    const run = createRun((sent) => {
      const id = idOf(sent)
      run.logs.put('other', line.begun('another'), 'of another')
      run.logs.put('mine', 'before', line.start, line.begun(id), 'Applying shop.0001... OK', '', 'two')
      run.logs.put('mine', line.ended(id, 0), line.end, line.report, 'after')
      return Promise.reject(error)
    })
    const { outcome } = await runRemoteCommand(migrate, run.target, run.collaborators)
    expect(outcome).toEqual({
      exitCode: 0,
      output: Buffer.from('Applying shop.0001... OK\n\ntwo\n'),
      omittedBytes: 0,
      isFromLog: true,
      run: {
        id: idOf(run.sent[0] ?? fail()),
        ...{ requestId: '8f6c1f3a-5d0e-4b7a-9c55-0d2f3c1b7a11', logGroup: '/aws/lambda/shop', logStream: 'mine' },
        seconds: 2.784,
      },
    })
    expect(run.sent).toHaveLength(1)
    expect(remarksOn(migrate, outcome)).toMatchObject([
      { title: 'The answer of the command got lost, and its log told how it ended' },
    ])
  })

  test('that it failed, or was refused', async () => {
    for (const [ending, exitCode] of [
      [(id: string) => [line.begun(id), 'no', line.ended(id, 3)], 3],
      [(id: string) => [line.refused(id)], 126],
    ] as const) {
      const run = createRun((sent) => {
        run.logs.put('mine', ...ending(idOf(sent)))
        return Promise.reject(reset)
      })
      const { outcome } = await runRemoteCommand(migrate, run.target, run.collaborators)
      expect(outcome).toMatchObject({ exitCode, isFromLog: true })
    }
  })

  test('in JSON too', async () => {
    const own = (message: string) =>
      JSON.stringify({
        timestamp: '2026-11-23T09:14:05.120Z',
        level: 'INFO',
        message,
        logger: 'wsgi_lambda',
        requestId: 'r',
      })
    const run = createRun((sent) => {
      const name = `id "${idOf(sent)}"`
      run.logs.put('s', own(`runs command manage ["migrate"], ${name}`), '{"level": "INFO", "message": "of the app"}')
      run.logs.put('s', own(`command manage ended with exit code 0 after 1.000 s, and left 1 threads running, ${name}`))
      return Promise.reject(reset)
    })
    const { outcome } = await runRemoteCommand(migrate, run.target, run.collaborators)
    expect(outcome).toMatchObject({ exitCode: 0, run: { requestId: 'r' } })
    expect(outcome.output.toString()).toBe('{"level": "INFO", "message": "of the app"}\n')
  })

  test('as soon as it has the end, while the command goes on', async () => {
    const run = createRun(() => Promise.reject(reset))
    run.logs.onRead = (count) => {
      const id = idOf(run.sent[0] ?? fail())
      if (count === 4) run.logs.put('mine', line.begun(id), 'one')
      if (count === 8) run.logs.put('mine', 'two', line.ended(id, 0))
    }
    const { outcome } = await runRemoteCommand(migrate, run.target, run.collaborators)
    expect(outcome.output.toString()).toBe('one\ntwo\n')
    expect(run.waits.length).toBeGreaterThan(4)
  })

  test('also where its end comes into sight after what Lambda says', async () => {
    const run = createRun((sent) => {
      run.logs.put(
        'mine',
        line.begun(idOf(sent)),
        'one',
        line.end,
        line.report,
        line.ended(idOf(sent), 0),
        'of another',
      )
      return Promise.reject(reset)
    })
    const { outcome } = await runRemoteCommand(migrate, run.target, run.collaborators)
    expect([outcome.exitCode, outcome.output.toString()]).toEqual([0, 'one\n'])
  })

  test.each([
    ['by the function’s timeout', [line.timedOut, line.end, line.report], 'Task timed out after 30.00 seconds\n'],
    ['by an exit of the process', [line.end, line.report], ''],
  ])('that it was cut off %s, and how far it came', async (_, ending, reason) => {
    const run = createRun((sent) => {
      run.logs.put('mine', line.begun(idOf(sent)), 'Applying shop.0001... OK', ...ending)
      return Promise.reject(reset)
    })
    await expect(runRemoteCommand(migrate, run.target, run.collaborators)).rejects.toMatchObject({
      title: 'The function ended before the command did',
      detail: `${reason}It came this far:\nApplying shop.0001... OK`,
      hint: 'It is not sent again. Its log is the stream mine of /aws/lambda/shop.',
      exitCode: 125,
    })
  })
})

describe('nobody knows how it ended', () => {
  test('where the log has nothing of it for a minute', async () => {
    const run = createRun(() => Promise.reject(reset))
    const target = { ...run.target, timeoutSeconds: 900 }
    await expect(runRemoteCommand(migrate, target, run.collaborators)).rejects.toMatchObject({
      title: 'It is not known how the command ended',
      detail: 'lambda:InvokeFunction failed: TimeoutError',
      hint: expect.stringMatching(
        /^It may have run, and nothing was sent again\. Look for its end in the function's log, .* [\da-f-]{36}\.$/,
      ) as unknown,
      exitCode: 125,
    })
    expect(run.collaborators.clock()).toBeGreaterThan(60_000)
    expect(run.collaborators.clock()).toBeLessThan(70_000)
    expect(run.sent).toHaveLength(1)
  })

  test('where it began, and the function’s time has passed', async () => {
    const run = createRun((sent) => {
      run.logs.put('mine', line.begun(idOf(sent)), 'Applying shop.0001... OK')
      return Promise.reject(reset)
    })
    await expect(
      runRemoteCommand(migrate, { ...run.target, timeoutSeconds: 100 }, run.collaborators),
    ).rejects.toMatchObject({
      detail: expect.stringMatching(/It came this far:\nApplying shop\.0001\.\.\. OK$/) as unknown,
      hint: expect.stringMatching(/in the stream mine of \/aws\/lambda\/shop, in the line that ends with/) as unknown,
    })
    expect(run.collaborators.clock()).toBeGreaterThan(120_000)
  })

  test('where the log may not be read: at once, with the permission that is missing', async () => {
    const run = createRun(() => Promise.reject(reset))
    run.logs.failure = new UserError(
      { title: 'The credentials may not do logs:FilterLogEvents', hint: 'Add this statement.' },
      { cause: Object.assign(new Error('no'), { name: 'AccessDeniedException' }) },
    )
    await expect(runRemoteCommand(migrate, run.target, run.collaborators)).rejects.toMatchObject({
      detail: expect.stringContaining(
        'The log cannot be read: The credentials may not do logs:FilterLogEvents',
      ) as unknown,
      hint: expect.stringMatching(/\nAdd this statement\.$/) as unknown,
    })
    expect([run.logs.queries.length, run.waits]).toEqual([1, []])
  })

  test('a log that cannot be read for a time is read again', async () => {
    const run = createRun((sent) => {
      run.logs.put('mine', line.begun(idOf(sent)), line.ended(idOf(sent), 0))
      return Promise.reject(reset)
    })
    run.logs.failure = new Error('throttled')
    run.logs.onRead = (count) => {
      if (count === 3) run.logs.failure = undefined
    }
    expect((await runRemoteCommand(migrate, run.target, run.collaborators)).outcome.exitCode).toBe(0)
  })
})

test('a cancelled program says what goes on in the function', async () => {
  const run = createRun(() => {
    run.controller.abort()
    return Promise.reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }))
  })
  await expect(runRemoteCommand(migrate, run.target, run.collaborators)).rejects.toMatchObject({ name: 'AbortError' })
  expect(run.report.problems).toMatchObject([
    {
      title: 'The command goes on in the function',
      detail: expect.stringMatching(/until its 30 seconds are over\. Its id is [\da-f-]{36}\.$/) as unknown,
    },
  ])
})

test('a program that is cancelled before the command has begun says nothing of it', async () => {
  const run = createRun(() => {
    setImmediate(() => {
      run.controller.abort()
    })
    return Promise.reject(failure('TooManyRequestsException', status(429)))
  })
  await expect(runRemoteCommand(migrate, run.target, run.collaborators)).rejects.toMatchObject({ name: 'AbortError' })
  expect(run.report.problems).toEqual([])
})

function fail(): never {
  throw new Error('nothing was sent')
}
