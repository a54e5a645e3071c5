import { describe, expect, test } from '@jest/globals'
import { withMigratePlan } from '../../../src/release/desired/migrate-plan.ts'

describe('what a migration will do is shown first', () => {
  test.each<[string, readonly string[], string]>([
    ['of the short form', ['manage migrate --noinput'], 'manage migrate --plan'],
    ['of another spelling', ['manage  migrate --no-input'], 'manage migrate --plan'],
    ['of one with a timeout', ['timeout=600 manage migrate --noinput'], 'manage migrate --plan'],
    [
      'of one database, of one application',
      ['manage migrate --database a shop'],
      'manage migrate --plan --database a shop',
    ],
    ['of the first of two', ['manage migrate a', 'manage migrate b'], 'manage migrate --plan a'],
    ['before commands that stand before it', ['manage check', 'manage migrate'], 'manage migrate --plan'],
  ])('%s', (_, commands, plan) => {
    expect(withMigratePlan(commands)).toEqual([plan, ...commands])
  })

  test.each([
    [[]],
    [['manage check']],
    [['manage migrate_schemas --noinput']],
    [['manage migrate --plan']],
    [['manage migrate --check --noinput']],
    [['flask db upgrade']],
    [['shell manage migrate']],
  ])('nothing is added to %j', (commands) => {
    expect(withMigratePlan(commands)).toEqual(commands)
  })
})
