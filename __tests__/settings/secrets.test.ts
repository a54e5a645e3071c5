import { expect, test } from '@jest/globals'
import { checkValues } from '../../src/settings/values.ts'

const REFERENCES = 'ssm:NAME, secretsmanager:NAME or the ARN of either, with #KEY for one key of a JSON object'
const NEVER = `Allowed: ${REFERENCES}. A secret itself is never written here: store it, and name where it is.`

const check = (secrets: unknown) => checkValues([{ given: { secrets }, nameOf: (name) => `--${name}` }])

test.each([
  'ssm:/shop/production/secret-key',
  'ssm:secret.key',
  'ssm:/shop/secret-key:3',
  'ssm:/shop/secret-key:current',
  'ssm:/shop/database#url',
  'ssm:/shop/{{stage}}/database#url',
  'arn:aws:ssm:eu-west-1:123456789012:parameter/shop/secret-key',
  'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/shop/secret-key:2#a b',
  'secretsmanager:shop/production/database',
  'secretsmanager:shop-{{ stage }}#url',
  'secretsmanager:rds_cluster-1@x=y+z',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-Ab12Cd',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-Ab12Cd#url',
])('%s is a reference', (reference) => {
  const { values, problems } = check({ DATABASE_URL: reference })
  expect(problems).toEqual([])
  expect(values.secrets).toEqual({ DATABASE_URL: reference })
})

test.each([
  ['the secret itself', 'hunter2', NEVER],
  ['an address with a password', 'postgres://shop:hunter2@db/shop', NEVER],
  ['nothing', '', NEVER],
  ['another store', 'vault:hunter2', NEVER],
  ['a name with a space', 'ssm:/hunter2 x', `Allowed: ${REFERENCES}.`],
  ['no name', 'ssm:#hunter2', `Allowed: ${REFERENCES}.`],
  ['no key', 'secretsmanager:hunter2#', `Allowed: ${REFERENCES}.`],
  ['an ARN of something else', 'arn:aws:s3:::hunter2', `Allowed: ${REFERENCES}.`],
  ['an ARN without an account', 'arn:aws:ssm:eu-west-1::parameter/hunter2', `Allowed: ${REFERENCES}.`],
  [
    'a key as ECS writes it',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hunter2-Ab12Cd:url::',
    'A key of a secret stands behind #, as in arn:…:secret:shop-Ab12Cd#url',
  ],
])('%s is no reference, and is not repeated', (_, reference, hint) => {
  const { problems } = check({ DATABASE_URL: reference })
  expect(problems).toEqual([{ title: '--secrets: DATABASE_URL is not valid', hint }])
  expect(JSON.stringify(problems)).not.toContain('hunter2')
})

test.each(['MY-KEY', '1KEY', '', 'WSGI_LAMBDA_SECRETS'])('%j is no variable for a secret', (name) => {
  expect(check({ [name]: 'ssm:x' }).problems).toEqual([
    {
      title: `--secrets: ${JSON.stringify(name)} is not valid`,
      hint: 'The name of a variable is letters, digits and _, no digit first.',
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
