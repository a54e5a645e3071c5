import { describe, expect, test } from '@jest/globals'
import { SettingsError, UserError } from '../src/errors.ts'
import { explanation, problemsOf } from '../src/report/problem.ts'

describe('UserError', () => {
  test('says everything about a problem, and fails with 1', () => {
    const problem = {
      title: 'title',
      detail: 'detail',
      hint: 'hint',
      output: 'output',
      location: { file: 'requirements.txt', line: 3 },
    }
    const error = new UserError(problem)
    expect(error).toMatchObject({ ...problem, name: 'UserError', message: 'title', exitCode: 1 })
    expect(error).toBeInstanceOf(Error)
  })

  test('keeps its cause and its exit code', () => {
    const cause = new Error('why')
    expect(new UserError({ title: 'title' }, { exitCode: 125, cause })).toMatchObject({ exitCode: 125, cause })
  })
})

describe('SettingsError', () => {
  const mistakes = [
    { title: 'one', detail: 'given: 1', hint: 'Use 2.' },
    { title: 'two', hint: 'Use 3.' },
  ]

  test('has the words of its only mistake', () => {
    expect(new SettingsError(mistakes.slice(0, 1))).toMatchObject({
      name: 'SettingsError',
      ...mistakes[0],
      message: 'one',
      exitCode: 2,
    })
  })

  test('counts several', () => {
    const error = new SettingsError(mistakes)
    expect(error).toMatchObject({ title: '2 settings are wrong', problems: mistakes, exitCode: 2 })
    expect([error.detail, error.hint]).toEqual([undefined, undefined])
  })
})

describe('what is shown of whatever was thrown', () => {
  test('every mistake in the settings', () => {
    const mistakes = [{ title: 'one' }, { title: 'two' }]
    expect(problemsOf(new SettingsError(mistakes))).toEqual({ problems: mistakes, exitCode: 2, stack: undefined })
  })

  test('a failure that the user can mend, without a stack', () => {
    const error = new UserError({ title: 'title' }, { exitCode: 125 })
    expect(problemsOf(error)).toEqual({ problems: [error], exitCode: 125, stack: undefined })
  })

  test('a defect, with a stack', () => {
    const bug = new TypeError('x is not a function')
    expect(problemsOf(bug)).toMatchObject({
      problems: [{ title: 'This is a defect of wsgi-lambda: x is not a function' }],
      exitCode: 1,
      stack: bug.stack,
    })
  })

  test.each(['text', undefined, null, 5])('%p, which is no error', (thrown) => {
    expect(problemsOf(thrown)).toMatchObject({
      problems: [{ title: `This is a defect of wsgi-lambda: ${String(thrown)}` }],
      exitCode: 1,
      stack: undefined,
    })
  })

  test.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EISDIR', 'EMFILE', 'ENFILE'])(
    '%s is the machine’s, not a defect',
    (code) => {
      const error = Object.assign(new Error(`${code}: write`), { code })
      const { problems, exitCode, stack } = problemsOf(error)
      expect([exitCode, stack]).toEqual([1, undefined])
      expect(problems).toMatchObject([{ detail: `${code}: write`, hint: expect.any(String) }])
      expect(problems[0]?.title).not.toContain('defect')
    },
  )

  test('a TMPDIR that is not there is the user’s; any other file that is missing is a defect', () => {
    const missing = (syscall: string): Error =>
      Object.assign(new Error(`ENOENT: ${syscall} '/nowhere/x'`), { code: 'ENOENT', syscall })
    expect(problemsOf(missing('mkdtemp')).problems).toMatchObject([{ hint: expect.stringContaining('TMPDIR') }])
    expect(problemsOf(missing('open')).problems[0]?.title).toContain('defect')
  })
})

test.each([
  [{ title: 'title' }, []],
  [{ title: 'title', detail: '' }, []],
  [{ title: 'title', detail: 'a\nb', hint: 'c' }, ['a', 'b', 'c']],
])('the explanation of %j', (problem, lines) => {
  expect(explanation(problem)).toEqual(lines)
})
