import { expect, test } from '@jest/globals'
import { checkValues } from '../../src/settings/values.ts'
import { ALLOWED, NO_ROUTES, ROUTES } from './tables.ts'

function check(events: unknown) {
  return checkValues([{ given: { events }, nameOf: (name) => `${name} in pyproject.toml` }])
}

test.each(ROUTES)('%s = %s is a route', (key, target) => {
  const { values, problems } = check({ [key]: target })
  expect(problems).toEqual([])
  expect(values.events).toEqual({ [key]: target })
})

test('a route is a line, an entry of a JSON object, or one of a table', () => {
  const events = { 'sqs:orders': 'shop.jobs:take', 'json:report': 'manage report --day=1' }
  const lines = '# routes\nsqs:orders = shop.jobs:take\n\njson:report=manage report --day=1\n'
  for (const given of [lines, JSON.stringify(events), events]) expect(check(given).values.events).toEqual(events)
})

test.each(NO_ROUTES)('%s = %s is none', (key, target, hint) => {
  expect(check({ [key]: target }).problems).toEqual([
    {
      title: `events in pyproject.toml: ${JSON.stringify(key)} is not valid`,
      detail: `Given: ${JSON.stringify(key)} = ${JSON.stringify(target)}`,
      hint,
    },
  ])
})

test('every mistake is told, of the key and of the target', () => {
  const { problems } = check({ sqss: 'take', sqs: 'shop:take', s3: 'shop.take' })
  expect(problems.map(({ title, hint }) => `${title} | ${hint ?? ''}`)).toEqual([
    'events in pyproject.toml: "sqss" is not valid | A key is SOURCE or SOURCE:NAME, as in sqs:orders. Did you mean sqs?',
    `events in pyproject.toml: "sqss" is not valid | ${ALLOWED} Did you mean manage take?`,
    'events in pyproject.toml: "s3" is not valid | A colon stands in front of the function: shop:take',
  ])
})

test.each([[['sqs=shop:take']], ['sqs'], [{ aws: { s3: 'shop:take' } }], [7], ['{"sqs": ']])(
  '%j is no table',
  (given) => {
    const [problem, ...others] = check(given).problems
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      title: 'events in pyproject.toml is not valid',
      detail: `Given: ${JSON.stringify(given)}`,
      hint: expect.stringMatching(/Example: sqs:orders=shop\.jobs:take_order$/),
    })
  },
)
