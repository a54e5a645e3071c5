import { fillAddress } from '../settings/address.ts'
import { BASIC_AUTH_VARIABLE } from '../settings/basic-auth.ts'
import type { Table } from '../settings/kinds.ts'
import { SECRETS_VARIABLE } from '../settings/secrets.ts'

/**
 * What the function will have. It reads its secrets itself, with rights that a build does not have; and it is the application that is
 * to answer, not what protects it.
 */
export function checkVariables(environment: Table, secrets: Table): Table {
  const plain = Object.entries(fillAddress(environment, NO_ADDRESS)).filter(([name]) => !NOT_FOR_CHECKS.includes(name))
  const standIns = Object.keys(secrets).map((name) => [name, NOT_KNOWN] as const)
  return Object.fromEntries([...plain, ...standIns])
}

const NOT_FOR_CHECKS: readonly string[] = [SECRETS_VARIABLE, BASIC_AUTH_VARIABLE]

const NOT_KNOWN = 'not-known-in-a-build'
/**
 * Stands for `{{url}}` as long as there is none. In the form of a Function URL, for applications that allow `.on.aws`;
 * nobody's, for theirs start with 32 letters and digits.
 */
export const NO_ADDRESS = 'https://check.lambda-url.us-east-1.on.aws'

/**
 * What Lambda sets for every function, as far as applications look at it (Lambda developer guide, "Defined runtime
 * environment variables").
 */
export const LAMBDA_VARIABLES = {
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_LAMBDA_FUNCTION_NAME: 'check',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
} as const

/** What else it sets, which makes sense only in the image of the runtime. */
export const IMAGE_VARIABLES = {
  _HANDLER: 'wsgi_handler.handler',
  LD_LIBRARY_PATH: '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
  PYTHONPATH: '/var/runtime',
  LAMBDA_TASK_ROOT: '/var/task',
  LAMBDA_RUNTIME_DIR: '/var/runtime',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/check',
  AWS_LAMBDA_LOG_STREAM_NAME: 'check',
  AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
  AWS_ACCESS_KEY_ID: NOT_KNOWN,
  AWS_SECRET_ACCESS_KEY: NOT_KNOWN,
  AWS_SESSION_TOKEN: NOT_KNOWN,
} as const
