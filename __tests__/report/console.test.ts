import { describe, expect, test } from '@jest/globals'
import picocolors from 'picocolors'
import { type ConsoleOptions, consoleReporter, formatProblems } from '../../src/report/console.ts'
import type { Reporter } from '../../src/report/reporter.ts'
import { PLANTED } from './planted.ts'

const colors = picocolors.createColors(false)

function createConsole(options: Partial<ConsoleOptions> = {}) {
  const writes: string[] = []
  let now = 0
  const report = consoleReporter({
    write: (text) => writes.push(text),
    isTerminal: false,
    verbosity: 'normal',
    colors,
    clock: () => (now += 1234),
    ...options,
  })
  return { report, writes }
}

/** One of everything. */
async function reportAll(report: Reporter): Promise<void> {
  await report.phase('Build', () => {
    report.info('info')
    report.progress('progress')
    report.output('output')
    report.debug('debug')
    return Promise.resolve()
  })
  report.notice({ title: 'notice', detail: 'a\nb', hint: 'c' })
  report.warning({ title: 'warning' })
}

/** What a terminal shows, with carriage returns and cleared lines carried out. */
function screen(writes: readonly string[]): string[] {
  const lines = writes
    .join('')
    .split('\n')
    .map((line) => line.split('\r\u001b[2K').at(-1) ?? '')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

describe('without a terminal', () => {
  test('every line is written once, and progress never', async () => {
    const { report, writes } = createConsole()
    await reportAll(report)
    expect(writes).toEqual([
      '▸ Build\n',
      '  info\n',
      '  │ output\n',
      '  1.2 s\n',
      'i notice\n',
      '  a\n',
      '  b\n',
      '  c\n',
      '! warning\n',
    ])
  })

  test('quiet: problems only', async () => {
    const { report, writes } = createConsole({ verbosity: 'quiet' })
    await reportAll(report)
    expect(writes).toEqual(['! warning\n'])
  })

  test('verbose: details too', async () => {
    const { report, writes } = createConsole({ verbosity: 'verbose' })
    await reportAll(report)
    expect(writes).toContain('  debug\n')
  })
})

describe('on a terminal', () => {
  test('progress stands in one line until the next line comes', () => {
    const { report, writes } = createConsole({ isTerminal: true })
    report.progress('one')
    report.progress('two')
    expect(screen(writes)).toEqual(['  … two'])
    report.info('done')
    expect(screen(writes)).toEqual(['  done'])
    report.info('next')
    expect(screen(writes)).toEqual(['  done', '  next'])
  })

  test('quiet: no progress', () => {
    const { report, writes } = createConsole({ isTerminal: true, verbosity: 'quiet' })
    report.progress('one')
    expect(writes).toEqual([])
  })

  test('what is going on is gone when a phase fails, so that the error has a line of its own', async () => {
    const { report, writes } = createConsole({ isTerminal: true })
    const failing = report.phase('Build', () => {
      report.progress('compiling')
      return Promise.reject(new Error('broken'))
    })
    await expect(failing).rejects.toThrow('broken')
    writes.push('✖ broken\n')
    expect(screen(writes)).toEqual(['▸ Build', '✖ broken'])
  })
})

test('a phase gives what its work gives', async () => {
  const { report } = createConsole()
  expect(await report.phase('Build', () => Promise.resolve(42))).toBe(42)
})

describe('text of others', () => {
  const ways: readonly [string, (report: Reporter, text: string) => unknown][] = [
    ['phase', (report, text) => report.phase(text, () => Promise.resolve())],
    [
      'info',
      (report, text) => {
        report.info(text)
      },
    ],
    [
      'debug',
      (report, text) => {
        report.debug(text)
      },
    ],
    [
      'output',
      (report, text) => {
        report.output(text)
      },
    ],
    [
      'progress',
      (report, text) => {
        report.progress(text)
      },
    ],
    [
      'notice',
      (report, text) => {
        report.notice({ title: text, detail: text, hint: text })
      },
    ],
    [
      'warning',
      (report, text) => {
        report.warning({ title: text, detail: text, hint: text })
      },
    ],
  ]

  const shown = ways
    .flatMap(([name, way]) => [false, true].map((isTerminal) => ({ name, way, isTerminal })))
    .filter(({ name, isTerminal }) => name !== 'progress' || isTerminal)

  test.each(shown)('cannot move the cursor: $name, on a terminal: $isTerminal', async ({ way, isTerminal }) => {
    for (const line of PLANTED) {
      const { report, writes } = createConsole({ isTerminal, verbosity: 'verbose' })
      await way(report, line)
      expect(writes).not.toEqual([])
      const written = writes.filter((text) => text !== '\r\u001b[2K').join('')
      expect(written).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}/u)
    }
  })

  test('cannot move the cursor: an error', () => {
    for (const line of PLANTED) {
      const written = formatProblems([{ title: line, detail: line, hint: line }], colors)
      expect(written).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}/u)
    }
  })
})

test('errors: each with its detail and hint, a blank line between them', () => {
  const problems = [{ title: 'one', detail: 'a\nb\n', hint: 'c' }, { title: 'two' }]
  expect(formatProblems(problems, colors)).toBe('✖ one\n  a\n  b\n  c\n\n✖ two\n')
})

test('colours are only ours', () => {
  const { report, writes } = createConsole({ colors: picocolors.createColors(true) })
  report.warning({ title: '\u001b[32mnot green' })
  expect(writes).toEqual(['\u001b[33m! not green\u001b[39m\n'])
})

test.each(PLANTED.map((line) => [JSON.stringify(line), line]))('%s is no workflow command', (_, line) => {
  const { report, writes } = createConsole({ verbosity: 'verbose' })
  const problem = { title: line, detail: line, hint: line }
  report.info(line)
  report.debug(line)
  report.output(line)
  report.warning(problem)
  const lines = [...writes, formatProblems([problem], colors)].join('').split('\n')
  expect(lines.filter((written) => /^\s*::|##\[/.test(written))).toEqual([])
})
