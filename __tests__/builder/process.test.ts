import { chmod, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Completed } from '../../src/builder/builder.ts'
import { runProcess } from '../../src/builder/process.ts'
import { folderWith } from '../settings/project-folder.ts'

const node = process.execPath
const ECHO = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'

async function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Completed & { readonly lines: string[] }> {
  const lines: string[] = []
  const onLine = (line: string): void => {
    lines.push(line)
  }
  return { ...(await runProcess(command, { cwd: await folderWith(), env, onLine })), lines }
}

describe('arguments arrive as they are', () => {
  test.each([
    ['none', []],
    ['spaces', ['a b', ' a ', '  ']],
    ['nothing in them', ['', 'a', '']],
    ['quotes', ['"', "'", 'a"b"c', `"a b"`, '\\"']],
    ['line ends', ['a\nb', '\n', 'a\r\nb\t']],
    ['backslashes', ['\\', 'C:\\a\\b', '\\\\']],
    ['what a shell would read', ['$HOME', '`id`', '$(id)', '*', '~', 'a;b', 'a|b', 'a&&b', '>x', '#x', '!x', '%PATH%']],
    ['other alphabets', ['é', '☃', 'модуль', '😀']],
    ['long ones', ['x'.repeat(100_000)]],
  ])('%s', async (_, args) => {
    expect(JSON.parse((await run([node, '-e', ECHO, '--', ...args])).stdout)).toEqual(args)
  })
})

describe('a program', () => {
  test.each(['with space', "with 'quotes'", 'with (brackets) & more', 'ünïcode'])('in a folder %s', async (name) => {
    const folder = join(await folderWith({ [`${name}/tool`]: '#!/bin/sh\necho "$1"\n' }), name)
    await chmod(join(folder, 'tool'), 0o755)
    expect(await run([join(folder, 'tool'), 'a b'])).toMatchObject({ exitCode: 0, stdout: 'a b\n' })
  })

  test('is looked for on PATH', async () => {
    expect((await run(['sh', '-c', 'echo here'])).stdout).toBe('here\n')
  })

  test('has the folder and the variables that it is given, and no other', async () => {
    const folder = await folderWith()
    const print = 'console.log(JSON.stringify([process.cwd(), process.env]))'
    const { stdout } = await runProcess([node, '-e', print], { cwd: folder, env: { A: 'b c', EMPTY: '' } })
    expect(JSON.parse(stdout)).toEqual([folder, { A: 'b c', EMPTY: '' }])
  })

  test.each([0, 1, 2, 125, 255])('ends with %d', async (code) => {
    expect((await run([node, '-e', `process.exit(${code})`])).exitCode).toBe(code)
  })

  test('that a signal ends has not succeeded', async () => {
    expect((await run(['sh', '-c', 'echo before; kill -9 $$'])).exitCode).toBe(-1)
  })

  test('that asks for something gets no answer instead of waiting for ever', async () => {
    expect(await run(['sh', '-c', 'read answer || echo "no answer"'])).toMatchObject({ stdout: 'no answer\n' })
  })

  test.each([['no-such-program-here'], ['/no/such/program'], ['./no-such-program'], ['']])(
    'that is missing is an error: %j',
    async (program) => {
      await expect(run([program, 'x'])).rejects.toThrow()
    },
  )

  test('that nobody may execute is an error', async () => {
    const folder = await folderWith({ 'tool.txt': 'text' })
    await expect(run([join(folder, 'tool.txt')])).rejects.toThrow()
  })

  test('behind a link is run', async () => {
    const folder = await folderWith()
    await symlink(node, join(folder, 'my node'))
    expect(await run([join(folder, 'my node'), '-e', 'process.exit(7)'])).toMatchObject({ exitCode: 7 })
  })

  test('in a folder that is missing is an error', async () => {
    const cwd = join(await folderWith(), 'missing')
    await expect(runProcess([node, '-e', ''], { cwd, env: {} })).rejects.toThrow('missing')
  })
})

describe('what it writes', () => {
  test('is kept apart and whole', async () => {
    const { stdout, stderr } = await run(['sh', '-c', 'printf "a\\n\\nb"; printf "x\\r\\ny\\n" >&2'])
    expect({ stdout, stderr }).toEqual({ stdout: 'a\n\nb', stderr: 'x\r\ny\n' })
  })

  test.each([
    ['whole lines', 'printf "a\\nb\\n"', ['a', 'b']],
    ['a last line without an end', 'printf "a\\nb"', ['a', 'b']],
    ['standard error too', 'printf "a\\n" >&2', ['a']],
    ['pieces of a line', 'printf a; sleep 0.05; printf "b\\n"', ['ab']],
    ['a character in two pieces', 'printf "\\303"; sleep 0.05; printf "\\251\\n"', ['é']],
    ['line ends of Windows', 'printf "a\\r\\nb\\r\\n"', ['a', 'b']],
    ['nothing', 'true', []],
  ])('comes line by line: %s', async (_, script, lines) => {
    expect((await run(['sh', '-c', script])).lines).toEqual(lines)
  })

  test('may be much', async () => {
    const script = 'for (let i = 0; i < 20000; i++) console.log("line " + i + " ☃".repeat(10))'
    const { stdout, lines } = await run([node, '-e', script])
    expect(lines).toHaveLength(20_000)
    expect(lines.at(-1)).toBe(`line 19999${' ☃'.repeat(10)}`)
    expect(stdout).toBe(`${lines.join('\n')}\n`)
  })

  test('comes while it runs', async () => {
    const heard: string[] = []
    const started = performance.now()
    let firstAfter = Number.NaN
    await runProcess(['sh', '-c', 'echo first; sleep 0.3; echo second'], {
      cwd: '/',
      env: {},
      onLine: (line) => {
        if (heard.push(line) === 1) firstAfter = performance.now() - started
      },
    })
    expect(heard).toEqual(['first', 'second'])
    expect(performance.now() - started - firstAfter).toBeGreaterThan(200)
  })
})
