import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseCommand, parseFileCommands, runAction, startAction } from './action-runner.ts'

const METADATA = `
name: Sample
inputs:
  function-name: { required: true }
  two words: { default: 7 }
  token: { default: '\${{ github.token }}' }
  mode: { default: plain }
runs: { using: node24, main: dist/main.cjs, post: dist/post.cjs, post-if: always() }
`

const MAIN = `
const { appendFileSync } = require('node:fs')
const { env } = process
const write = (name, text) => appendFileSync(env['GITHUB_' + name], text)
if (env.INPUT_MODE === 'wait') {
  process.on('SIGINT', () => { console.log('interrupted'); process.exitCode = 130; clearInterval(timer) })
  const timer = setInterval(() => {}, 1000)
  console.log('waiting')
} else if (env.INPUT_MODE === 'broken') {
  write('OUTPUT', 'nonsense\\n')
} else {
  write('OUTPUT', 'url=https://a.example\\nnotes<<END_1\\none\\n\\ntwo=2\\nEND_1\\n')
  write('STATE', 'folder<<X\\n/tmp/f\\nX\\n')
  write('ENV', 'STAGE=blue\\n')
  write('PATH', '/opt/tool/bin\\n')
  write('STEP_SUMMARY', '# Done\\n')
  console.log('secret before')
  console.log('::add-mask::secret')
  console.log('secret after')
  console.log('::error title=Bad%2C worse,file=app.py,line=3::it%0Abroke 100%25')
  console.error('  ::warning::on the other stream')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300) // nothing says which stream is read first
  console.log('::stop-commands::tok-1')
  console.log('::error::smuggled')
  console.log('::tok-1::')
  console.log('::notice::after all')
  console.log('::unknown::text')
  console.log(JSON.stringify({
    name: env['INPUT_FUNCTION-NAME'], words: env.INPUT_TWO_WORDS, token: env.INPUT_TOKEN, event: require(env.GITHUB_EVENT_PATH),
    cwd: process.cwd() === env.GITHUB_WORKSPACE, ref: env.GITHUB_REF, leaked: env.LEAK ?? null,
  }))
  if (env.INPUT_MODE === 'fail') process.exit(3)
}
`

const POST = `
const { env } = process
console.log(JSON.stringify({ folder: env.STATE_folder, stage: env.STAGE, name: env['INPUT_FUNCTION-NAME'], path: env.PATH.split(':')[0] }))
`

let action: string

beforeAll(async () => {
  action = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await mkdir(join(action, 'dist'))
  await writeFile(join(action, 'action.yml'), METADATA)
  await writeFile(join(action, 'dist/main.cjs'), MAIN)
  await writeFile(join(action, 'dist/post.cjs'), POST)
  process.env['LEAK'] = 'yes'
})
afterAll(async () => {
  delete process.env['LEAK']
  await rm(action, { recursive: true })
})

const inputs = { 'function-name': 'web' }

describe('an action', () => {
  test('gets its inputs, and gives its outputs, state, variables, summary and annotations', async () => {
    const event = { pull_request: { number: 7, head: { ref: 'blue' }, base: { ref: 'main' } } }
    const result = await runAction({
      action,
      inputs,
      env: { GITHUB_TOKEN: 'from-env' },
      workspace: action,
      eventName: 'pull_request',
      event,
    })
    expect(result).toMatchObject({
      exitCode: 0,
      outputs: { url: 'https://a.example', notes: 'one\n\ntwo=2' },
      state: { folder: '/tmp/f' },
      exportedEnv: { STAGE: 'blue' },
      exportedPath: ['/opt/tool/bin'],
      summary: '# Done\n',
      masks: ['secret', 'secret'],
    })
    expect(result.annotations).toHaveLength(3)
    expect(result.annotations).toEqual(
      expect.arrayContaining([
        { level: 'error', title: 'Bad, worse', file: 'app.py', line: 3, message: 'it\nbroke 100%' },
        { level: 'warning', message: 'on the other stream' },
        { level: 'notice', message: 'after all' },
      ]),
    )
    expect(JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      name: 'web',
      words: '7',
      token: 'from-env',
      event,
      cwd: true,
      ref: 'refs/pull/7/merge',
      leaked: null,
    })
    expect(result.stdout).toContain('secret after')
    expect(result.log).toContain('secret before\n::add-mask::***\n*** after')
    expect(result.log).toContain('::unknown::text')
    expect(JSON.parse(result.post?.stdout ?? '')).toEqual({
      folder: '/tmp/f',
      stage: 'blue',
      name: 'web',
      path: '/opt/tool/bin',
    })
  })

  test('runs its post step after a failure too', async () => {
    const result = await runAction({ action, inputs: { ...inputs, mode: 'fail' }, workspace: action })
    expect([result.exitCode, result.post?.exitCode]).toEqual([3, 0])
  })

  test('fails when it writes a file that the runner cannot read', async () => {
    const result = await runAction({ action, inputs: { ...inputs, mode: 'broken' }, workspace: action })
    expect(result.exitCode).toBe(1)
    expect(result.annotations).toEqual([
      { level: 'error', message: "Unable to process file command 'output' successfully. Invalid format 'nonsense'" },
    ])
  })

  test('is refused an input that it does not declare', async () => {
    await expect(runAction({ action, inputs: { functionname: 'web' }, workspace: action })).rejects.toThrow(
      'action.yml declares no input functionname',
    )
  })

  test('can be cancelled, and its post step runs', async () => {
    const running = await startAction({ action, inputs: { ...inputs, mode: 'wait' }, workspace: action })
    await running.waitFor(/waiting/)
    running.cancel()
    const result = await running.result
    expect([result.exitCode, result.post?.exitCode]).toEqual([130, 0])
    expect(result.stdout).toContain('interrupted')
  })

  test('says so when it ends without what is waited for', async () => {
    const running = await startAction({ action, inputs: { ...inputs, mode: 'fail' }, workspace: action })
    await expect(running.waitFor(/never/)).rejects.toThrow(/^main.cjs ended without/)
    await running.result
  })
})

test.each([
  ['plain text', undefined],
  ['text ::error::no', undefined],
  ['::error::', { name: 'error', properties: {}, message: '' }],
  ['  ::Warning file=a%3Ab,line=2::x::y', { name: 'warning', properties: { file: 'a:b', line: '2' }, message: 'x::y' }],
  ['text ##[error]old form', { name: 'error', properties: {}, message: 'old form' }],
])('the line %j', (line, command) => {
  expect(parseCommand(line)).toEqual(command)
})

test.each([
  ['a=1\nb=x=y\n', { a: '1', b: 'x=y' }],
  ['a=b<<c\n', { a: 'b<<c' }],
  ['a<<E\n1\nE x\nE\nb=2', { a: '1\nE x', b: '2' }],
  ['a<<E\r\n1\r\nE\r\n', { a: '1' }],
  ['a<<E\nE\n', { a: '' }],
])('the file %j', (text, pairs) => {
  expect(parseFileCommands(text)).toEqual(pairs)
})

test.each([
  ['=1', 'Name must not be empty'],
  ['a<<\nx', 'delimiter must not be empty'],
  ['a<<E\n1\n', "Matching delimiter not found 'E'"],
  ['words', "Invalid format 'words'"],
])('the file %j is refused', (text, message) => {
  expect(() => parseFileCommands(text)).toThrow(message)
})
