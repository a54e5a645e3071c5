import { expect, test } from '@jest/globals'
import { checkValues } from '../../src/settings/values.ts'

const ALLOWED = 'Allowed: module:function, manage NAME [ARGUMENTS] or flask NAME [ARGUMENTS].'

function check(events: unknown) {
  return checkValues([{ given: { events }, nameOf: (name) => `${name} in pyproject.toml` }])
}

test.each([
  ['schedule', 'manage clearsessions'],
  ['schedule:nightly', 'manage clearsessions --verbosity 0'],
  ['schedule:jobs/nightly', 'flask send-mails'],
  ['sqs:orders.fifo', 'shop.jobs:take_order'],
  ['s3', 'shop.files:Uploads.take'],
  ['eventbridge:aws.s3/Object Created', 'shop.files:uploaded'],
  ['cognito:PreSignUp_SignUp', 'shop.users:check'],
  ['logs:/aws/lambda/shop', 'shop.logs:keep'],
  ['websocket:$connect', 'shop.chat:join'],
  ['warmer', 'shop.warm:up'],
  ['json:report', "manage report --title 'Our report' --day=1"],
  ['kafka:café', 'shop.café:prüfe'],
])('%s = %s is a route', (key, target) => {
  const { values, problems } = check({ [key]: target })
  expect(problems).toEqual([])
  expect(values.events).toEqual({ [key]: target })
})

test('a route is a line, an entry of a JSON object, or one of a table', () => {
  const events = { 'sqs:orders': 'shop.jobs:take', 'json:report': 'manage report --day=1' }
  const lines = '# routes\nsqs:orders = shop.jobs:take\n\njson:report=manage report --day=1\n'
  for (const given of [lines, JSON.stringify(events), events]) expect(check(given).values.events).toEqual(events)
})

test.each([
  [
    'orders',
    'shop.jobs:take',
    'A key is SOURCE or SOURCE:NAME, as in sqs:orders. Known: schedule, sqs, sns, s3, dynamodb, kinesis, eventbridge, cognito, logs, kafka, mq, websocket, warmer, json.',
  ],
  ['schedul:nightly', 'manage check', 'A key is SOURCE or SOURCE:NAME, as in sqs:orders. Did you mean schedule?'],
  ['Kinesis', 'shop:take', 'A key is SOURCE or SOURCE:NAME, as in sqs:orders. Did you mean kinesis?'],
  ['sqs:', 'shop:take', 'A name stands right behind the colon. For all of them write sqs alone.'],
  ['sqs: orders', 'shop:take', 'A name stands right behind the colon. For all of them write sqs alone.'],
  ['warmer:mine', 'shop:take', 'warmer has no names: write it alone.'],
  ['json:_serverless-wsgi', 'shop:take', 'That is the key of remote commands.'],
  [
    'arn:aws:sqs:eu-west-1:123456789012:orders',
    'shop:take',
    'A name is never an ARN. Write sqs:orders, or the source alone.',
  ],
  [
    'dynamodb:arn:aws:dynamodb:eu-west-1:123456789012:table/orders',
    'shop:take',
    'A name is never an ARN. Write dynamodb:orders, or the source alone.',
  ],
  [
    'arn:aws:events:eu-west-1:123456789012:rule/nightly',
    'shop:take',
    'A name is never an ARN. Write schedule:nightly, or the source alone.',
  ],
  [
    'arn:aws:iot:eu-west-1:123456789012:rule/nightly',
    'shop:take',
    'A name is never an ARN. Write SOURCE:nightly, or the source alone.',
  ],
  ['sqs', 'shop.jobs.take', 'A colon stands in front of the function: shop.jobs:take'],
  ['sqs', 'shop.jobs:take()', 'A function is named, not called: shop.jobs:take'],
  ['sqs', 'shop.jobs:', ALLOWED],
  ['sqs', '', ALLOWED],
  ['sqs', 'shop jobs:take', `${ALLOWED} Did you mean manage shop jobs:take?`],
  ['schedule', 'clearsessions', `${ALLOWED} Did you mean manage clearsessions?`],
  ['schedule', 'manage', `${ALLOWED} A quote needs its end.`],
  ['schedule', 'flask  ', `${ALLOWED} A quote needs its end.`],
  ['schedule', "manage report --title 'Our", `${ALLOWED} A quote needs its end.`],
  ['schedule', 'manage report \\', `${ALLOWED} A quote needs its end.`],
  ['schedule', 'exec print(1)', `${ALLOWED} exec and shell are for people.`],
  ['cognito:PreSignUp', 'manage check', 'cognito waits for an answer, which only module:function gives.'],
  ['websocket', 'flask join', 'websocket waits for an answer, which only module:function gives.'],
])('%s = %s is none', (key, target, hint) => {
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
