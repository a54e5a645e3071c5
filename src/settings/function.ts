import * as v from 'valibot'
import { lines, oneOf, type Table, table, text, trueOrFalse, wholeNumber } from './kinds.ts'

/** What a setting says to have nothing of its kind. Without the setting, what the function has stays. */
export const NONE = 'none'

type ListOptions = Parameters<typeof lines>[0] & { readonly format: string; readonly each: RegExp }

/** A list of which the word none stands for an empty one: an empty text is no value of an input or a flag. */
export function listOrNone({ each, format, ...options }: ListOptions) {
  const setting = lines({ ...options, format: `${format}, or ${NONE}` })
  const schema = v.pipe(
    setting.schema,
    v.transform((entries) => (entries.length === 1 && entries[0] === NONE ? [] : entries)),
    v.everyItem((entry: string) => each.test(entry)),
  )
  return { ...setting, schema }
}

const SUBNET = /^subnet-[0-9a-f]{8,17}$/
const SECURITY_GROUP = /^sg-[0-9a-f]{8,17}$/
/** Lambda API reference, "FileSystemConfig". */
const MOUNT = /^\/mnt\/[\w.-]+=arn:aws[\w-]*:elasticfilesystem:[\w-]+:\d{12}:access-point\/fsap-[0-9a-f]+$/
const LAYER_VERSION = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+$/

/** Lambda API reference, "Tag": keys of AWS's own and what names whom a resource belongs to are not the user's. */
function tagMistakes(tags: Table) {
  return Object.keys(tags)
    .filter((name) => /^(?:aws|wsgi-lambda):/i.test(name) || name === 'managed-by')
    .map((name) => ({
      entry: name,
      hint: 'aws: is reserved for AWS; managed-by says that wsgi-lambda made it, and wsgi-lambda: what removes a preview.',
    }))
}

/** CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTIONS = [
  ...(['1', '3', '5', '7', '14', '30', '60', '90', '120', '150', '180', '365', '400', '545', '731'] as const),
  ...(['1096', '1827', '2192', '2557', '2922', '3288', '3653'] as const),
] as const

/** Settings of what a function has, each of which is left as it is where nobody sets it. */
export const FUNCTION_SETTINGS = {
  manage: oneOf(['all', 'code'], {
    description:
      'What a deployment changes: all, or only code, version and alias, for a function whose configuration something else owns.',
    example: 'code',
    default: 'all',
    placeholder: 'WHAT',
  }),
  'create-role': trueOrFalse({
    description: 'Make the execution role FUNCTION-NAME-role with what the function needs, and keep it so.',
    example: 'true',
    default: false,
  }),
  'permissions-boundary': text({
    description: 'The policy that bounds what a role may do that create-role makes, whatever its own policy says.',
    format: 'the ARN of an IAM policy',
    pattern: /^arn:aws[\w-]*:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    example: 'arn:aws:iam::123456789012:policy/shop-boundary',
    placeholder: 'ARN',
  }),
  'vpc-subnets': listOrNone({
    description: "The subnets of the function's VPC. none takes it out of its VPC.",
    format: 'ids of subnets, one a line',
    each: SUBNET,
    example: 'subnet-0a1b2c3d',
    placeholder: 'IDS',
  }),
  'vpc-security-groups': listOrNone({
    description: 'The security groups of the function in its VPC.',
    format: 'ids of security groups, one a line',
    each: SECURITY_GROUP,
    example: 'sg-0a1b2c3d',
    placeholder: 'IDS',
  }),
  layers: listOrNone({
    description: 'Layers of your own, in the order in which they are laid over each other.',
    format: 'the ARNs of versions of layers, one a line',
    each: LAYER_VERSION,
    example: 'arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3',
    placeholder: 'ARNS',
  }),
  'file-systems': listOrNone({
    description: 'The file system that the function mounts.',
    format: '/mnt/NAME=ARN of an access point',
    each: MOUNT,
    example: '/mnt/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d',
    placeholder: 'LINES',
  }),
  tracing: oneOf(['active', 'pass-through'], {
    description: 'Whether X-Ray samples requests (active), or only what the caller samples is traced.',
    example: 'active',
    placeholder: 'MODE',
  }),
  'ephemeral-storage': wholeNumber(512, 10_240, 'MB', {
    description: 'The size of /tmp.',
    example: '1024',
    placeholder: 'MB',
  }),
  'snap-start': trueOrFalse({
    description: 'Start new environments from a snapshot that is taken of each version when it is published.',
    example: 'true',
  }),
  'log-format': oneOf(['text', 'json'], {
    description: "The format of the function's logs.",
    example: 'json',
    placeholder: 'FORMAT',
  }),
  'log-level': oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
    description: "The lowest level of the application's log lines that is kept. Needs log-format json.",
    example: 'warn',
    placeholder: 'LEVEL',
  }),
  'system-log-level': oneOf(['debug', 'info', 'warn'], {
    description: "The lowest level of Lambda's own log lines that is kept. Needs log-format json.",
    example: 'warn',
    placeholder: 'LEVEL',
  }),
  'log-group': text({
    description: 'The log group that the function writes to. {{stage}} is filled in.',
    format: '1 to 512 letters, digits and . - _ / #',
    pattern: /^(?:[\w./#-]|\{\{\s*stage\s*\}\}){1,512}$/,
    example: '/shop/production',
    placeholder: 'NAME',
  }),
  'log-retention': oneOf([...RETENTIONS, 'never'], {
    description:
      'How many days log lines are kept; never keeps them for ever. The log group is made where there is none.',
    example: '30',
    placeholder: 'DAYS',
  }),
  'kms-key': text({
    description: "The key that encrypts the function's variables; none is AWS's own.",
    format: `the ARN of a KMS key, or ${NONE}`,
    pattern: /^(?:none|arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+)$/,
    example: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    placeholder: 'ARN',
  }),
  'dead-letter-target': text({
    description: 'The queue or topic that asynchronous events go to which the function could not handle.',
    format: `the ARN of an SQS queue or an SNS topic, or ${NONE}`,
    pattern: /^(?:none|arn:aws[\w-]*:(?:sqs|sns):[\w-]+:\d{12}:[\w.-]+)$/,
    example: 'arn:aws:sqs:eu-west-1:123456789012:shop-failed',
    placeholder: 'ARN',
  }),
  tags: table({
    description: 'Tags of the function. They are added; others stay. {{stage}} is filled in.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: /^[^=]{1,128}$/,
    mistakes: tagMistakes,
    example: 'team=shop',
    default: {},
    placeholder: 'LINES',
  }),
  'reserved-concurrency': text({
    description: "How many requests the function may handle at once, out of the account's; none reserves nothing.",
    format: `a whole number from 1, or ${NONE}`,
    pattern: /^(?:none|[1-9]\d{0,5})$/,
    example: '50',
    placeholder: 'NUMBER',
  }),
  'code-signing-config': text({
    description: 'The code signing configuration that new code is checked against.',
    format: `the ARN of a code signing configuration, or ${NONE}`,
    pattern: /^(?:none|arn:aws[\w-]*:lambda:[\w-]+:\d{12}:code-signing-config:csc-[a-z0-9]{17})$/,
    example: 'arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0',
    placeholder: 'ARN',
  }),
} as const
