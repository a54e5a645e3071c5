import { describe, expect, test } from '@jest/globals'
import { type LogLine, readLogLine } from '../../src/remote/log-line.ts'

const ID = '8f6c1f3a-5d0e-4b7a-9c55-0d2f3c1b7a11'
const metrics = { duration: 102.5, init: 512.3, memory: 128, usedMemory: 70 }
const none = { duration: undefined, init: undefined, memory: undefined, usedMemory: undefined }
const message = { kind: 'message', level: 'INFO', requestId: ID, logger: '', text: 'hello' } as const

describe('a line of a log', () => {
  test.each<[string, string, LogLine]>([
    ['start', `START RequestId: ${ID} Version: $LATEST`, { kind: 'start', requestId: ID, version: '$LATEST' }],
    [
      'start in JSON',
      `{"time":"t","type":"platform.start","record":{"requestId":"${ID}","version":"7"}}`,
      { kind: 'start', requestId: ID, version: '7' },
    ],
    ['end', `END RequestId: ${ID}`, { kind: 'end', requestId: ID }],
    [
      'end in JSON',
      `{"time":"t","type":"platform.runtimeDone","record":{"requestId":"${ID}","status":"success"}}`,
      { kind: 'end', requestId: ID },
    ],
    [
      'report',
      `REPORT RequestId: ${ID}\tDuration: 102.50 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 512.30 ms\t`,
      { kind: 'report', requestId: ID, metrics, status: 'success' },
    ],
    [
      'report of a failure',
      `REPORT RequestId: ${ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tStatus: timeout`,
      { kind: 'report', requestId: ID, metrics: { ...metrics, duration: 3000, init: undefined }, status: 'timeout' },
    ],
    [
      'report of a restored snapshot',
      `REPORT RequestId: ${ID}\tDuration: 1 ms\tRestore Duration: 222.2 ms\tBilled Restore Duration: 9 ms`,
      { kind: 'report', requestId: ID, metrics: { ...none, duration: 1, init: 222.2 }, status: 'success' },
    ],
    [
      'report in JSON',
      `{"time":"t","type":"platform.report","record":{"requestId":"${ID}","metrics":{"durationMs":102.5,"billedDurationMs":103,"memorySizeMB":128,"maxMemoryUsedMB":70,"initDurationMs":512.3},"status":"success"}}`,
      { kind: 'report', requestId: ID, metrics, status: 'success' },
    ],
    [
      'report in JSON without anything',
      '{"type":"platform.report"}',
      { kind: 'report', requestId: '', metrics: none, status: 'success' },
    ],
    [
      'a process that begins',
      'INIT_START Runtime Version: python:3.13.v12',
      { kind: 'init', text: 'INIT_START Runtime Version: python:3.13.v12' },
    ],
    [
      'a process that begins, in JSON',
      '{"type":"platform.initStart","record":{}}',
      { kind: 'init', text: 'platform.initStart' },
    ],
    ['logged', `[INFO]\t2026-11-23T09:14:05.120Z\t${ID}\thello`, message],
    ['logged outside of a request', '[INFO]\t2026-11-23T09:14:05.120Z\t\thello', { ...message, requestId: '' }],
    [
      'logged, of several lines',
      `[ERROR]\t2026-11-23T09:14:05.120Z\t${ID}\tone\rtwo`,
      { ...message, level: 'ERROR', text: 'one\rtwo' },
    ],
    [
      'logged in JSON',
      `{"timestamp":"t","level":"INFO","message":"hello","logger":"shop","requestId":"${ID}"}`,
      { ...message, logger: 'shop' },
    ],
    [
      'logged in JSON by another library',
      `{"level":"INFO","message":{"a":1},"AWSRequestId":"${ID}"}`,
      { ...message, text: '{"a":1}' },
    ],
    [
      'logged in JSON, with a traceback',
      `{"level":"ERROR","message":"failed","stackTrace":["Traceback:\\n","  File x\\n","KeyError: 'a'"],"errorType":"KeyError","errorMessage":"'a'","requestId":"${ID}"}`,
      {
        ...message,
        level: 'ERROR',
        text: "failed\nTraceback:\n  File x\nKeyError: 'a'\nKeyError: 'a'".replace(/\nKeyError: 'a'$/, ''),
      },
    ],
    [
      'logged in JSON, with an error alone',
      `{"level":"ERROR","message":"failed","errorType":"KeyError","requestId":"${ID}"}`,
      { ...message, level: 'ERROR', text: 'failed\nKeyError' },
    ],
    [
      'a time-out',
      `2026-11-23T09:14:05.120Z ${ID} Task timed out after 3.00 seconds`,
      { ...message, level: 'ERROR', text: 'Task timed out after 3.00 seconds' },
    ],
    [
      'an exit',
      `RequestId: ${ID} Error: Runtime exited with error: exit status 1`,
      { ...message, level: 'ERROR', text: 'Error: Runtime exited with error: exit status 1' },
    ],
  ])('%s', (_, text, expected) => {
    expect(readLogLine(text)).toEqual(expected)
  })

  test.each([
    '',
    'hello',
    'START RequestId: mine Version: 7',
    '[INFO] not of Lambda',
    '{"a": 1}',
    '{"level": 5, "message": "x"}',
    '{"level": "INFO"}',
    '{ not JSON',
    '[1, 2]',
  ])('%j was printed', (text) => {
    expect(readLogLine(text)).toEqual({ kind: 'printed', text })
  })
})
