import { describe, expect, test } from '@jest/globals'
import { run } from '../../src/commands/run.ts'
import { runSummary } from '../../src/report/summary.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { same } from '../release/releases.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'

/** A function whose alias `live` serves version 1, and perhaps a version for commands with more time. */
async function createFunction({ commandVersion = '' } = {}) {
  const lambda = fakeLambda()
  const code = { zip: Buffer.from('one'), architecture: 'x86_64' }
  await lambda.createFunction('shop', { ...same.configuration, timeout: 30 }, code)
  await lambda.publish('shop', 'one', '')
  await lambda.createAlias('shop', 'live', { version: '1', description: '' })
  if (commandVersion !== '') {
    if (commandVersion === 'other code') await lambda.updateCode('shop', { ...code, zip: Buffer.from('two') })
    await lambda.updateConfiguration('shop', { ...same.configuration, timeout: 900 })
    await lambda.publish('shop', commandVersion === 'other code' ? 'two' : 'one', '')
    await lambda.createAlias('shop', 'live-commands', { version: '2', description: '' })
  }
  lambda.calls.length = 0
  const report = recordingReporter()
  const collaborators = {
    ...{ lambda, report, logs: fakeLogs(), clock: () => 0, signal: new AbortController().signal },
    wait: () => Promise.resolve(),
  }
  return {
    lambda,
    report,
    run: (text: string) => run(text, { functionName: 'shop', alias: 'live', region: undefined }, collaborators),
  }
}

test('each line runs in the function, in a group of its own', async () => {
  const { lambda, report, run } = await createFunction()
  const result = await run('manage check\n\n# not this one\n  timeout=20 flask seed --count 3  ')
  expect(lambda.calls.filter((call) => call.startsWith('invoke'))).toEqual([
    'invoke live manage "check"',
    'invoke live flask "seed --count 3"',
  ])
  expect(report.lines).toEqual([
    'phase: manage check',
    'output: done',
    'phase: timeout=20 flask seed --count 3',
    'output: done',
  ])
  expect(result).toEqual({
    ...{ functionName: 'shop', qualifier: 'live', exitCode: 0, problem: undefined },
    commands: [
      { command: 'manage check', exitCode: 0, seconds: 0, output: 'done\n' },
      { command: 'timeout=20 flask seed --count 3', exitCode: 0, seconds: 0, output: 'done\n' },
    ],
  })
  expect(runSummary(result)).toMatch(
    /^### <code>shop:live<\/code>: done\n\n<details><summary><code>manage check<\/code>/,
  )
})

test('the first one that fails is the last one', async () => {
  const { lambda, run } = await createFunction()
  lambda.application = () => ({ payload: '[3, "one\\nno such table\\n"]' })
  const result = await run('manage check\nmanage migrate')
  expect(result).toMatchObject({
    exitCode: 3,
    commands: [{ command: 'manage check', exitCode: 3 }],
    problem: { title: 'manage check failed with exit code 3', detail: 'one\nno such table' },
  })
  expect(runSummary(result)).toContain('failed (exit code 3)')
})

test('a command of which nobody knows how it ended is a failure', async () => {
  const { lambda, run } = await createFunction()
  lambda.application = () => ({ functionError: 'Unhandled', payload: '{"errorMessage": "Task timed out"}' })
  expect(await run('manage check')).toMatchObject({
    exitCode: 125,
    commands: [],
    problem: { title: 'manage check: The function timed out' },
  })
})

describe('the version for commands', () => {
  test('runs them where it belongs to what is served', async () => {
    const { lambda, report, run } = await createFunction({ commandVersion: 'same code' })
    expect((await run('timeout=600 manage check')).qualifier).toBe('live-commands')
    expect(lambda.calls.at(-1)).toBe('invoke live-commands manage "check"')
    expect(report.of('info')).toEqual(['runs on version 2 (live-commands), which is configured for commands'])
  })

  test('does not where none is asked for any more', async () => {
    const { lambda, run } = await createFunction({ commandVersion: 'same code' })
    await lambda.updateAlias('shop', 'live-commands', { version: '$LATEST', description: '' })
    expect((await run('manage check')).qualifier).toBe('live')
  })

  test('does not where the alias serves other code', async () => {
    const { report, run } = await createFunction({ commandVersion: 'other code' })
    expect((await run('manage check')).qualifier).toBe('live')
    expect(report.of('info')).toEqual([])
  })
})

describe('nothing is sent', () => {
  test.each([
    ['', ['input run is missing']],
    ['# only this\n', ['input run is missing']],
    [
      'migrate\nmanage check\ntimeout=901 manage check',
      ['"migrate" is not a remote command', 'The timeout of "timeout=901 manage check" is out of range'],
    ],
    [
      'timeout=31 manage check',
      ['"timeout=31 manage check" is given more time than the version has that runs it: 30 seconds'],
    ],
  ])('for %j', async (text, titles) => {
    const { lambda, run } = await createFunction()
    await expect(run(text)).rejects.toMatchObject({
      exitCode: 2,
      problems: titles.map((title) => expect.objectContaining({ title }) as unknown),
    })
    expect(lambda.calls.some((call) => call.startsWith('invoke'))).toBe(false)
  })

  test('where there is no such function', async () => {
    const { lambda } = await createFunction()
    const collaborators = {
      ...{ lambda, report: recordingReporter(), logs: fakeLogs(), clock: () => 0 },
      ...{ wait: () => Promise.resolve(), signal: new AbortController().signal },
    }
    await expect(
      run('manage check', { functionName: 'other', alias: 'live', region: undefined }, collaborators),
    ).rejects.toMatchObject({
      title: 'other:live does not exist',
    })
  })
})
