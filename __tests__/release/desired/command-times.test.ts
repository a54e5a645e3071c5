import { describe, expect, test } from '@jest/globals'
import { SettingsError } from '../../../src/errors.ts'
import { checkCommandTimes } from '../../../src/release/desired/command-times.ts'
import { irreversible } from '../../../src/release/undo/irreversible.ts'

describe('the time that a command is given', () => {
  test.each([[[]], [['manage migrate', 'timeout=30 manage migrate', 'timeout=1 shell sleep 5']]])(
    'fits %j',
    (commands) => {
      expect(() => {
        checkCommandTimes(commands, 30)
      }).not.toThrow()
    },
  )

  test('does not, and every such line is named', () => {
    const check = (): void => {
      checkCommandTimes(['timeout=31 manage migrate', 'manage check', 'timeout=900 flask seed'], 30)
    }
    expect(check).toThrow(SettingsError)
    expect(check).toThrow(
      expect.objectContaining({
        exitCode: 2,
        problems: [
          expect.objectContaining({
            title: '"timeout=31 manage migrate" is given more time than the version has that runs it: 30 seconds',
            hint: expect.stringContaining('command-timeout') as unknown,
          }),
          expect.objectContaining({ title: expect.stringContaining('"timeout=900 flask seed"') as unknown }),
        ],
      }),
    )
  })
})

describe('what is not reversed', () => {
  const ran = (...commands: string[]) => ({
    begun: commands,
    commands: commands.map((command) => ({
      ...{ command, phase: 'before-traffic', exitCode: 0, seconds: 1, output: '' },
    })) as never,
    version: '8',
  })
  const old = 'That leaves the old code on the new schema: version 7 has to work with it until a release succeeds.'

  test.each([
    ['nothing has run', ran(), '7', ''],
    ['only shown', ran('manage migrate --plan'), '7', ''],
    [
      'a migration, and an older version goes on',
      ran('manage migrate --plan', 'timeout=600 manage migrate'),
      '7',
      `Migrations are never reversed: what timeout=600 manage migrate has applied stays in the database. ${old}`,
    ],
    [
      'of Flask too, beside other commands',
      ran('flask db upgrade', 'flask seed'),
      '7',
      `Migrations are never reversed: what flask db upgrade has applied stays in the database. ${old} These commands have run and are not reversed: flask seed.`,
    ],
    [
      'a migration, and the new version serves',
      ran('manage migrate'),
      '8',
      'Migrations are never reversed: what manage migrate has applied stays in the database.',
    ],
    [
      'a migration, and nothing serves',
      ran('manage migrate'),
      undefined,
      'Migrations are never reversed: what manage migrate has applied stays in the database.',
    ],
  ])('%s', (_, progress, served, expected) => {
    expect(irreversible(progress, served)).toBe(expected)
  })

  test('a migration that failed counts, another command that failed does not', () => {
    const failed = (command: string) => ({ begun: [command], commands: [], version: '8' })
    expect(irreversible(failed('manage migrate'), '7')).toContain('never reversed')
    expect(irreversible(failed('manage clearsessions'), '7')).toBe('')
  })
})
