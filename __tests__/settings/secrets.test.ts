import { expect, test } from '@jest/globals'
import { checkValues } from '../../src/settings/values.ts'
import { NO_REFERENCES, REFERENCES_TO_SECRETS } from './tables.ts'

const check = (secrets: unknown) => checkValues([{ given: { secrets }, nameOf: (name) => `--${name}` }])

test.each(REFERENCES_TO_SECRETS)('%s is a reference', (reference) => {
  const { values, problems } = check({ DATABASE_URL: reference })
  expect(problems).toEqual([])
  expect(values.secrets).toEqual({ DATABASE_URL: reference })
})

test.each(NO_REFERENCES)('%s is no reference, and is not repeated', (_, reference, hint) => {
  const { problems } = check({ DATABASE_URL: reference })
  expect(problems).toEqual([{ title: '--secrets: DATABASE_URL is not valid', hint }])
  expect(JSON.stringify(problems)).not.toContain('hunter2')
})

test.each(['MY-KEY', '1KEY', ''])('%j is no variable for a secret', (name) => {
  expect(check({ [name]: 'ssm:x' }).problems).toEqual([
    {
      title: `--secrets: ${JSON.stringify(name)} is not valid`,
      hint: 'The name of a variable is letters, digits and _, no digit first.',
    },
  ])
})

test('the variable that holds the references is none of them', () => {
  expect(check({ WSGI_LAMBDA_SECRETS: 'ssm:x' }).problems).toEqual([
    {
      title: '--secrets: "WSGI_LAMBDA_SECRETS" is not valid',
      hint: 'This variable holds the references of all others.',
    },
  ])
})

test('what is no table is not repeated either', () => {
  for (const given of ['hunter2', ['hunter2'], { A: { B: 'hunter2' } }]) {
    const { problems } = check(given)
    expect(problems).toMatchObject([{ title: '--secrets is not valid', detail: undefined }])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  }
})

test('lines and a JSON object are tables too', () => {
  const secrets = { SECRET_KEY: 'ssm:/shop/key', DATABASE_URL: 'secretsmanager:shop#url' }
  const lines = 'SECRET_KEY=ssm:/shop/key\n# more\nDATABASE_URL=secretsmanager:shop#url'
  for (const given of [lines, JSON.stringify(secrets), secrets]) expect(check(given).values.secrets).toEqual(secrets)
})
