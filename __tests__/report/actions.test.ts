import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import type { Problem } from '../../src/errors.ts'
import { PLANTED } from './planted.ts'

const MODULE = new URL('../../src/report/actions.ts', import.meta.url).href

/** What a process writes that makes these calls of the reporter, as the runner gets it. */
async function written(calls: readonly (readonly [string, unknown])[]): Promise<string> {
  const script = `
    import { text } from 'node:stream/consumers'
    import { actionsReporter, annotateError } from ${JSON.stringify(MODULE)}
    const place = { workspace: '/srv/shop', project: '/srv/shop/backend' }
    let now = 0
    let look
    const beat = { clock: () => now, every: (_, task) => ((look = task), () => undefined) }
    const report = actionsReporter({ ...place, clock: () => (now += 1000), beat })
    for (const [method, value] of JSON.parse(await text(process.stdin))) {
      if (method === 'phase') await report.phase(value, async () => report.info('inside'))
      else if (method === 'silence') {
        await report.phase('Release', async () => (report.progress(value), now += 12_000, look()))
      } else if (method === 'error') annotateError(value, place)
      else report[method](value)
    }`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(calls))
  return await text(child.stdout)
}

interface Command {
  readonly name: string
  readonly properties: string
  readonly message: string
}

/**
 * The commands that the runner finds (its `ActionCommand.TryParseV2`, then `TryParse`): `::name properties::message` at
 * the start of a line, or `##[name properties]message` anywhere. It knows three ends of a line.
 */
function commandsIn(output: string): Command[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, name, properties, message] =
      /^::([^\s:]+)\s*([^]*?)::([^]*)$/.exec(line.trimStart()) ?? /##\[([^\s\]]+)\s*([^\]]*)\]([^]*)$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, properties: properties ?? '', message: message ?? '' }]
  })
}

test('the parser of this test finds the commands of the corpus', () => {
  const found = PLANTED.filter((line) => commandsIn(line).length > 0)
  expect(found.length).toBeGreaterThan(20)
})

const PROBLEMS = ['notice', 'warning', 'error']
const outputs = new Map<string, Promise<string>>()

/** What one method makes of the whole corpus. */
function corpusBy(method: string): Promise<string> {
  const asGiven = (line: string): unknown =>
    PROBLEMS.includes(method)
      ? ({ title: line, detail: line, hint: line, location: { file: line, line: 1 } } satisfies Problem)
      : line
  const output = outputs.get(method) ?? written(PLANTED.map((line) => [method, asGiven(line)]))
  outputs.set(method, output)
  return output
}

describe('no line of others is a workflow command', () => {
  test.each<[string, readonly string[]]>([
    ['info', []],
    ['output', []],
    ['debug', ['debug']],
    ['notice', ['notice']],
    ['warning', ['warning']],
    ['error', ['error']],
    ['phase', ['group', 'endgroup']],
    ['silence', ['group', 'endgroup']],
  ])('%s: of each line, the commands are %j', async (method, commands) => {
    const output = await corpusBy(method)
    expect(commandsIn(output).map(({ name }) => name)).toEqual(PLANTED.flatMap(() => commands))
    expect(output.trimEnd().split(/\r\n|\r|\n/).length).toBeGreaterThanOrEqual(PLANTED.length)
  })

  test.each(['info', 'output', 'debug', 'phase', 'silence', ...PROBLEMS])(
    'nor does it carry control characters: %s',
    async (method) => {
      expect(decoded(await corpusBy(method))).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}/u)
    },
  )
})

/** What the runner makes of the escapes of commands; in what it only shows there are none. */
function decoded(output: string): string {
  return output.replace(/^::.*$/gm, (command) =>
    command.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%'),
  )
}

describe('what the log shows', () => {
  test('a phase is a group with its duration', async () => {
    expect(await written([['phase', 'Build']])).toBe('::group::Build\ninside\nBuild: 1.0 s\n::endgroup::\n')
  })

  test('what goes on is said after ten seconds of silence', async () => {
    expect(await written([['silence', 'uploading 50 MB']])).toBe(
      '::group::Release\n… uploading 50 MB (12 s)\nRelease: 13.0 s\n::endgroup::\n',
    )
  })

  test('output has a mark, progress is nothing', async () => {
    const calls = [
      ['info', 'info'],
      ['output', 'output'],
      ['progress', 'progress'],
    ] as const
    expect(await written(calls)).toBe('info\n│ output\n')
  })

  test('an annotation says title, detail and hint', async () => {
    const problem = { title: 'one: two, three', detail: 'a\nb', hint: 'c' }
    expect(commandsIn(await written([['warning', problem]]))).toEqual([
      { name: 'warning', properties: 'title=one%3A two%2C three', message: 'one: two, three%0Aa%0Ab%0Ac' },
    ])
  })

  test('an annotation stands at the line of the user’s file, as the repository names it', async () => {
    const problem = { title: 'no such package', location: { file: 'requirements/base.txt', line: 3 } }
    const [command] = commandsIn(await written([['error', problem]]))
    expect(command?.properties).toBe('title=no such package,file=backend/requirements/base.txt,line=3')
  })
})
