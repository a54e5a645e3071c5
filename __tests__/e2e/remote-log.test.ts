import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { runAction } from '../support/action-runner.ts'
import { type Ended, REPOSITORY, startWorld, type World } from '../support/world.ts'

/** What the log is for: output while a command runs, how it ended where the answer got lost, and the command `logs`. */

let world: World
let project = ''
const run = (args: readonly string[]): Promise<Ended> => world.cli(['--function-name', 'logged', ...args])
const deploy = (args: readonly string[]): Promise<Ended> =>
  world.deploy([
    ...[
      '--project',
      project,
      '--function-name',
      'logged',
      '--timeout',
      '5',
      '--commands',
      'exec',
      '--commands',
      'shell',
    ],
    ...args,
  ])

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'project')
  await cp(join(REPOSITORY, '__tests__/fixtures/bare-wsgi'), project, { recursive: true })
  expect(await deploy([])).toMatchObject({ exitCode: 0 })
}, 180_000)
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})
beforeEach(() => {
  world.proxy.clear()
})

const begun = async (word: string): Promise<number> =>
  (await run(['logs', '--filter', 'runs command'])).stdout.split('\n').filter((line) => line.includes(word)).length

/** The program with these arguments, the time that each of its lines came after, and its exit code. */
async function watch(args: readonly string[], interruptAt?: RegExp) {
  const child = spawn(process.execPath, [join(REPOSITORY, 'dist/cli.cjs'), ...args], {
    env: world.env,
    cwd: world.folder,
  })
  const started = performance.now()
  const lines: { readonly stream: 'out' | 'err'; readonly line: string; readonly seconds: number }[] = []
  for (const stream of ['out', 'err'] as const) {
    child[`std${stream}`].on('data', (chunk: Buffer) => {
      const seconds = (performance.now() - started) / 1000
      for (const line of chunk.toString().trimEnd().split('\n')) lines.push({ stream, line, seconds })
      if (interruptAt?.test(chunk.toString()) === true) child.kill('SIGINT')
    })
  }
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, lines, seconds: (performance.now() - started) / 1000 }
}

describe('an answer that gets lost', () => {
  test('is found in the log, with the exit code and the output', async () => {
    world.proxy.inject({ operation: 'Invoke', drop: 'after' })
    const ended = await run(['shell', '-c', 'echo one-lost; echo two; exit 3'])
    expect(ended).toMatchObject({ exitCode: 3, stdout: 'one-lost\ntwo\n' })
    expect(ended.stderr).toContain('! The answer of the command got lost, and its log told how it ended\n')
    expect(await begun('one-lost')).toBe(1)
  })

  test('lets a release go on where the command succeeded', async () => {
    world.proxy.inject({ operation: 'Invoke', drop: 'after' })
    const { exitCode, stdout } = await deploy(['--memory', '300', '--before-traffic', 'shell echo settled'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('  │ settled\n')
    expect(stdout).toContain('i The answer of the command got lost')
    expect(await begun('settled')).toBe(1)
  })

  test('stops it where the command failed, or where nobody knows', async () => {
    world.proxy.inject({ operation: 'Invoke', drop: 'after' })
    const failed = await deploy(['--memory', '301', '--before-traffic', 'shell echo why-lost; exit 4'])
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain('with exit code 4\n  why-lost\n')
    world.proxy.inject({ operation: 'Invoke', status: 500, type: 'ServiceException' })
    const unknown = await deploy(['--memory', '302', '--before-traffic', 'shell echo never-ran'])
    expect(unknown.exitCode).toBe(1)
    expect(unknown.stderr).toContain('shell echo never-ran: It is not known how the command ended\n')
    expect(unknown.stderr).toMatch(/nothing was sent again\. Look for its end in the function's log/)
    expect([await begun('why-lost'), await begun('never-ran')]).toEqual([1, 0])
  }, 90_000)

  test('and was of a command whose process ended', async () => {
    world.proxy.inject({ operation: 'Invoke', drop: 'after' })
    const ended = await run(['exec', '-c', 'import os; print("begun"); os.kill(os.getpid(), 9)'])
    expect(ended).toMatchObject({ exitCode: 125, stdout: '' })
    expect(ended.stderr).toContain('✖ The function ended before the command did\n')
  })
})

test('what Lambda did not take is sent again', async () => {
  world.proxy.inject({ operation: 'Invoke', status: 429, type: 'TooManyRequestsException' })
  const ended = await run(['shell', 'echo', 'throttled'])
  expect(ended).toMatchObject({ exitCode: 0, stdout: 'throttled\n' })
  expect(ended.stderr).toBe('  the command has not started (TooManyRequestsException): sent again in 1 s\n')
})

describe('while a command runs', () => {
  const slow = 'for n in 1 2 3; do echo line $n; sleep 1; done'

  test('a release shows its lines, each once', async () => {
    const inputs = Object.entries(world.inputs).flatMap(([name, value]) => [`--${name}`, value])
    const { exitCode, lines, seconds } = await watch([
      ...['deploy', ...inputs, '--output', join(world.folder, 'app.zip'), '--project', project, '--memory', '310'],
      ...[
        '--function-name',
        'logged',
        '--commands',
        'shell',
        '--commands',
        'exec',
        '--before-traffic',
        `shell ${slow}`,
      ],
    ])
    expect(exitCode).toBe(0)
    const shown = lines.filter(({ line }) => /│ line \d/.test(line))
    expect(shown.map(({ line }) => line.trim())).toEqual(['│ line 1', '│ line 2', '│ line 3'])
    expect(seconds - (shown[0]?.seconds ?? seconds)).toBeGreaterThan(0.8)
  }, 60_000)

  test('the command line does too where it is asked, and standard output stays what the command printed', async () => {
    const { exitCode, lines } = await watch(['--function-name', 'logged', '--follow', 'shell', '-c', slow])
    const of = (stream: string) => lines.filter((each) => each.stream === stream).map(({ line }) => line)
    expect(exitCode).toBe(0)
    expect(of('out')).toEqual(['line 1', 'line 2', 'line 3'])
    expect(of('err').slice(0, 2)).toEqual(['  │ line 1', '  │ line 2'])
  }, 30_000)

  test('without the permission there is one notice, and nothing else changes', async () => {
    const denied = { operation: 'FilterLogEvents', status: 400, type: 'AccessDeniedException', times: Infinity }
    world.proxy.inject({ ...denied, message: 'User is not authorized to perform: logs:FilterLogEvents' })
    const ended = await run(['--follow', 'shell', '-c', 'echo one; sleep 3'])
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'one\n' })
    expect(ended.stderr).toMatch(
      /^i The output is shown when the command has ended: .* logs:FilterLogEvents\n {2}Add this/,
    )
    expect(world.operations().filter((operation) => operation === 'FilterLogEvents')).toHaveLength(1)
  }, 30_000)

  test('Ctrl-C says that it goes on, under which name, and where', async () => {
    const { exitCode, lines } = await watch(
      ['--function-name', 'logged', '--follow', 'shell', '-c', 'echo endless; sleep 4'],
      /endless/,
    )
    expect(exitCode).toBe(130)
    const told = lines.map(({ line }) => line).join('\n')
    expect(told).toContain('! The command goes on in the function\n')
    expect(told).toMatch(
      /until its 5 seconds are over\. Its id is [\da-f-]{36}, and its log is the stream \S+ of \S+\./,
    )
  }, 30_000)
})

describe('logs', () => {
  test('shows lines with their request, and those of one request alone', async () => {
    const told = await run(['--json', 'shell', 'echo', 'traceable'])
    const { requestId } = JSON.parse(told.stdout) as { requestId: string }
    const { exitCode, stdout, stderr } = await run(['logs', '--request-id', requestId])
    expect([exitCode, stderr]).toEqual([0, ''])
    const lines = stdout.trimEnd().split('\n').slice(1)
    expect(lines.map((line) => line.slice(13, 21))).toEqual(lines.map(() => requestId.slice(0, 8)))
    expect(lines.map((line) => line.slice(22))).toEqual([
      expect.stringMatching(/^▸ version \d+$/),
      expect.stringMatching(/^INFO {2}wsgi-lambda: runs command shell/),
      'traceable',
      expect.stringMatching(/^INFO {2}wsgi-lambda: command shell ended with exit code 0/),
      expect.stringMatching(/^■ \d+ ms, 70 of \d+ MB$/),
    ])
  })

  test('--json has them as objects', async () => {
    await run(['shell', 'echo', 'as-json'])
    const { stdout } = await run(['logs', '--json', '--filter', 'as-json'])
    const { events } = JSON.parse(stdout) as { events: readonly Readonly<Record<string, unknown>>[] }
    expect(events.at(-1)).toMatchObject({ kind: 'printed', message: 'as-json', version: expect.any(String) as unknown })
  })

  test('--follow ends with 0 when it is told to', async () => {
    const { exitCode, lines } = await watch(
      ['--function-name', 'logged', 'logs', '--follow', '--since', '2026-01-01'],
      /as-json/,
    )
    expect(exitCode).toBe(0)
    expect(lines.every(({ stream }) => stream === 'out')).toBe(true)
  })

  test('says that a function has not run, or is not there', async () => {
    const never = ['--function-name', 'unused', '--no-smoke', '--function-url', 'none']
    expect(await world.deploy(['--project', project, ...never])).toMatchObject({ exitCode: 0 })
    expect(await world.cli(['--function-name', 'unused', 'logs'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('i unused has not run yet\n') as unknown,
    })
    expect(await world.cli(['--function-name', 'nowhere', 'logs'])).toMatchObject({ exitCode: 1 })
  })
})

describe('the action runs commands', () => {
  const act = (lines: string) =>
    runAction({
      inputs: { command: 'run', run: lines, project, 'function-name': 'logged' },
      env: world.env,
      workspace: REPOSITORY,
    })

  test('one after the other, in groups', async () => {
    const result = await act('shell echo first\n# a remark\ntimeout=3 shell echo second')
    expect(result.exitCode).toBe(0)
    expect(result.outputs).toMatchObject({ 'function-name': 'logged', 'exit-code': '0' })
    expect(result.log).toMatch(
      /##\[group\]shell echo first\n│ first\n[^]*##\[group\]timeout=3 shell echo second\n│ second\n/,
    )
    expect(result.summary).toContain('logged:live</code>: done')
  })

  test('and ends as the one that failed', async () => {
    const result = await act('shell echo why; exit 3\nshell echo never')
    expect(result.exitCode).toBe(3)
    expect(result.outputs).toMatchObject({ 'exit-code': '3' })
    expect(result.log).not.toContain('never')
    expect(result.summary).toContain('failed (exit code 3)')
  })
})
