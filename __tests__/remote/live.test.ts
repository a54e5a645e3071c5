import { describe, expect, test } from '@jest/globals'
import type { Invocation } from '../../src/aws/lambda.ts'
import { UserError } from '../../src/errors.ts'
import { runRemoteCommand } from '../../src/remote/command.ts'
import { unshown } from '../../src/remote/live.ts'
import type { RemoteCommand } from '../../src/remote/protocol.ts'
import { runShown } from '../../src/remote/run-shown.ts'
import { createRun, idOf, line } from './running.ts'

const migrate: RemoteCommand = { kind: 'manage', data: 'migrate' }
const done: Invocation = { payload: '[0, "one\\ntwo\\nthree\\n"]', functionError: undefined, logTail: '' }

/** A command whose log grows with each look at it, and that answers at one of them. */
function createLongRun(looks: readonly ((id: string) => readonly string[])[]) {
  let finish: (answer: Invocation) => void = () => undefined
  const run = createRun(() => new Promise((resolve) => (finish = resolve)))
  let look = 0
  const collaborators = {
    ...run.collaborators,
    wait: async (milliseconds: number, until?: AbortSignal) => {
      await run.collaborators.wait(milliseconds, until)
      const lines = looks[look]?.(idOf(run.sent[0] ?? fail()))
      look += 1
      if (lines) run.logs.put('mine', ...lines)
      else finish(done)
      await new Promise(setImmediate)
    },
  }
  return { ...run, collaborators }
}

test('lines are shown as they come, once; the first look is after two seconds', async () => {
  const run = createLongRun([() => [], (id) => [line.start, line.begun(id), 'one'], () => [], () => ['two']])
  const lines: string[] = []
  const { outcome, shown } = await runRemoteCommand(migrate, run.target, run.collaborators, (each) => lines.push(each))
  expect(lines).toEqual(['one', 'two'])
  expect(shown).toEqual(lines)
  expect(outcome.output.toString()).toBe('one\ntwo\nthree\n')
  expect(run.waits.slice(0, 3)).toEqual([2000, 1000, 1000])
})

test('a command that answers in time costs no call', async () => {
  const run = createRun(() => Promise.resolve(done))
  const lines: string[] = []
  const { shown } = await runRemoteCommand(migrate, run.target, run.collaborators, (each) => lines.push(each))
  expect([lines, shown, run.logs.queries]).toEqual([[], [], []])
})

test.each([true, false])('a command of a deployment shows all its lines, followed or not (%s)', async (follows) => {
  const run = createRun(() => new Promise((resolve) => setTimeout(resolve, 30, done)))
  await runShown(migrate, run.target, { ...run.collaborators, follows })
  expect(run.report.of('output')).toEqual(['one', 'two', 'three'])
  expect(run.logs.queries.length > 0).toBe(follows)
})

test('without the permission there is one notice, and the output at the end', async () => {
  const run = createRun(() => new Promise((resolve) => setTimeout(resolve, 30, done)))
  run.logs.failure = new UserError(
    { title: 'The credentials may not do logs:FilterLogEvents on x', hint: 'Add this statement.' },
    { cause: Object.assign(new Error('no'), { name: 'AccessDeniedException' }) },
  )
  const { outcome, shown } = await runRemoteCommand(migrate, run.target, run.collaborators, () => undefined)
  expect([outcome.exitCode, shown, run.logs.queries.length]).toEqual([0, [], 1])
  expect(run.report.problems).toEqual([
    {
      title: 'The output is shown when the command has ended: the credentials may not do logs:FilterLogEvents',
      hint: 'Add this statement.',
    },
  ])
})

describe('what is left to show', () => {
  test.each<[string, string, readonly string[], string]>([
    ['all, when nothing was shown', 'one\n\ntwo', [], 'one\n\ntwo'],
    ['what came after', 'one\ntwo\nthree\n', ['one', 'two'], 'three\n'],
    ['the end of an output without an end of line', 'one\ntwo', ['one'], 'two'],
    ['nothing', 'one\ntwo\n', ['one', 'two'], ''],
    ['empty lines only behind what was shown', 'one\n\ntwo\n\nthree\n', ['one', 'two'], '\nthree\n'],
    ['a line that the log has not got yet', 'one\ntwo\nthree\n', ['one', 'three'], 'two\n'],
    ['as many of the same lines as are left', 'a\na\na\n', ['a', 'a'], 'a\n'],
    ['a line that looks otherwise in the log', 'a\rb\nc\n', ['a b', 'c'], 'a\rb\n'],
    ['lines whose ends differ', 'one  \r\ntwo\r\n', ['one'], 'two\r\n'],
  ])('%s', (_, output, shown, expected) => {
    expect(unshown(Buffer.from(output), shown).toString()).toBe(expected)
  })

  test('all of what is no text', () => {
    const output = Buffer.from([0x61, 10, 0xff, 10])
    expect(unshown(output, ['a'])).toBe(output)
  })
})

function fail(): never {
  throw new Error('nothing was sent')
}
