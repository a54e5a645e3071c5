/** Entries of `events` and `secrets`, which the settings and the runtime must judge alike. */

export const ALLOWED = 'Allowed: module:function, manage NAME [ARGUMENTS] or flask NAME [ARGUMENTS].'

/** Key and target. */
export const ROUTES: readonly (readonly [string, string])[] = [
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
]

/** Key, target, and what is said of them. */
export const NO_ROUTES: readonly (readonly [string, string, string])[] = [
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
]

const REFERENCES = 'ssm:NAME, secretsmanager:NAME or the ARN of either, with #KEY for one key of a JSON object'
const NEVER = `Allowed: ${REFERENCES}. A secret itself is never written here: store it, and name where it is.`

export const REFERENCES_TO_SECRETS: readonly string[] = [
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
]

/** What it is, itself, and what is said of it. */
export const NO_REFERENCES: readonly (readonly [string, string, string])[] = [
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
]
