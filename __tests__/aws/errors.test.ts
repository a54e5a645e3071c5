import { describe, expect, test } from '@jest/globals'
import { adviceFor, isBusy, isNotFound } from '../../src/aws/errors.ts'
import { UserError } from '../../src/errors.ts'

const asked = { action: 'lambda:UpdateFunctionCode', resource: 'shop' }

/** An error as the SDK throws it. */
function named(name: string, message = 'why', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more })
}
/** An answer of the service, which carries who is at fault. */
const answered = (name: string, message?: string): Error => named(name, message, { $fault: 'client', $metadata: {} })

function advice(error: unknown): UserError {
  const found = adviceFor(error, asked)
  expect(found).toBeInstanceOf(UserError)
  return found as UserError
}

describe('what is translated', () => {
  test.each<[string, Error, string, RegExp]>([
    [
      'no credentials',
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      'There are no AWS credentials',
      /configure-aws-credentials/,
    ],
    ['no region', named('Error', 'Region is missing'), 'There is no AWS region', /AWS_REGION/],
    [
      'a region that is none',
      named('Error', 'Region not accepted: region="eu west 1" is not a valid hostname component.'),
      'The AWS region is not valid',
      /eu-west-1/,
    ],
    ['old credentials', answered('ExpiredTokenException'), 'The AWS credentials have expired', /Get new ones/],
    ['credentials of nobody', answered('UnrecognizedClientException'), 'AWS does not accept the credentials', /wrong/],
    ['a wrong signature', answered('InvalidSignatureException'), 'AWS does not accept the credentials', /wrong/],
    [
      'a role that Lambda may not assume',
      answered('InvalidParameterValueException', 'The role defined for the function cannot be assumed by Lambda.'),
      'Lambda does not accept the execution role',
      /lambda\.amazonaws\.com/,
    ],
    [
      'an alias that somebody else changed',
      answered('PreconditionFailedException', 'The Revision Id provided does not match the latest Revision Id.'),
      'lambda:UpdateFunctionCode failed: shop was changed by somebody else meanwhile',
      /Run this again/,
    ],
  ])('%s', (_, error, title, hint) => {
    expect(advice(error)).toMatchObject({ title, hint: expect.stringMatching(hint), exitCode: 1, cause: error })
  })

  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EPIPE',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('a connection that fails with %s', (code) => {
    expect(advice(named('Error', `connect ${code}`, { code }))).toMatchObject({
      title: `AWS could not be reached (${code})`,
      detail: `connect ${code}`,
    })
  })

  test('an answer that did not come in time', () => {
    const error = named('TimeoutError', 'a request has exceeded 60000 ms', { code: 'ETIMEDOUT' })
    expect(advice(error).title).toBe('AWS could not be reached (ETIMEDOUT)')
  })

  test.each([
    'InvalidParameterValueException',
    'ValidationException',
    'ServiceException',
    'ResourceConflictException',
    'InvalidZipFileException',
    'Unknown',
  ])('any other answer of AWS says what failed: %s', (name) => {
    expect(advice(answered(name, 'why it failed'))).toMatchObject({
      title: `lambda:UpdateFunctionCode failed: ${name}`,
      detail: 'why it failed',
    })
  })
})

test('the environment that Lambda quotes when it is too large is shown nowhere', () => {
  const error = advice(
    answered(
      'InvalidParameterValueException',
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"ROLE":"canary\\n","PASSWORD":"canary"}',
    ),
  )
  expect(error).toMatchObject({
    title: 'The environment variables are larger than 4 KB, the most that a function can have',
    detail: undefined,
    hint: expect.stringMatching(/Parameter Store|Secrets Manager/),
  })
  expect([error.title, error.detail, error.hint].join('\n')).not.toContain('canary')
})

describe('a right that is missing: the statement that grants it', () => {
  const denied = (message: string): UserError => advice(answered('AccessDeniedException', message))
  const statementOf = ({ hint = '' }: UserError): unknown => JSON.parse(/\{.*\}/.exec(hint)?.[0] ?? '')

  test('with action and resource of the message', () => {
    const arn = 'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:shop:live'
    const error = denied(
      `User: arn:aws-us-gov:sts::123456789012:assumed-role/ci/x is not authorized to perform: lambda:UpdateAlias on resource: ${arn} because no identity-based policy allows the lambda:UpdateAlias action`,
    )
    expect(error.title).toBe(`The credentials may not do lambda:UpdateAlias on ${arn}`)
    expect(statementOf(error)).toEqual({ Effect: 'Allow', Action: 'lambda:UpdateAlias', Resource: arn })
  })

  test('that is another one than the call’s: iam:PassRole', () => {
    const role = 'arn:aws:iam::123456789012:role/shop'
    const error = denied(
      `User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: ${role} because no identity-based policy allows the iam:PassRole action`,
    )
    expect(statementOf(error)).toEqual({ Effect: 'Allow', Action: 'iam:PassRole', Resource: role })
  })

  test.each(['CreateRole', 'PutRolePolicy', 'PutRolePermissionsBoundary'])(
    'that may be there for bounded roles only: iam:%s',
    (action) => {
      const role = 'arn:aws:iam::123456789012:role/shop-pr-7-role'
      const error = denied(
        `User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:${action} on resource: ${role} because no identity-based policy allows the iam:${action} action`,
      )
      expect(error.hint).toMatch(/permissions boundary, set permissions-boundary to its ARN/)
      expect(statementOf(error)).toEqual({ Effect: 'Allow', Action: `iam:${action}`, Resource: role })
    },
  )

  test('that the organisation gives for bounded roles only', () => {
    const { title, hint } = denied(
      'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/shop-role with an explicit deny in a service control policy',
    )
    expect(title).toMatch(/^A policy forbids iam:CreateRole/)
    expect(hint).toMatch(/set permissions-boundary to its ARN\. An explicit deny/)
  })

  test('with what was asked for, where the message says nothing; a resource is an ARN in any case', () => {
    const error = denied('Access denied')
    expect(error.title).toBe('The credentials may not do lambda:UpdateFunctionCode on shop')
    expect(statementOf(error)).toEqual({
      Effect: 'Allow',
      Action: 'lambda:UpdateFunctionCode',
      Resource: 'arn:aws:lambda:*:*:function:shop',
    })
  })
})

describe('a refusal that no statement of one’s own changes', () => {
  const who =
    'User: arn:aws:sts::123456789012:assumed-role/ci/x is not authorized to perform: lambda:UpdateAlias on resource: arn:x'
  const found = (why: string): UserError => advice(answered('AccessDeniedException', `${who} ${why}`))

  test.each([
    ['a service control policy', /organisation/],
    ['a resource control policy', /organisation/],
    ['a permissions boundary', /bounds what the role may do/],
    ['a session policy', /sign-in/],
    ['a VPC endpoint policy', /endpoint/],
    ['a resource-based policy', /resource itself/],
    ['an identity-based policy', /take it out/],
  ])('an explicit deny in %s', (policy, whose) => {
    const { title, hint = '' } = found(`with an explicit deny in ${policy}`)
    expect(title).toBe('A policy forbids lambda:UpdateAlias on arn:x')
    expect(hint).toMatch(/^An explicit deny counts more than any statement that allows/)
    expect(hint).toMatch(whose)
    expect(hint).not.toContain('Add this statement')
  })

  test.each([
    ['service control policy', /organisation/],
    ['permissions boundary', /bounds/],
    ['session policy', /sign-in/],
    ['VPC endpoint policy', /endpoint/],
    ['resource-based policy', /resource itself/],
  ])('no %s that allows it', (policy, whose) => {
    const { title, hint = '' } = found(`because no ${policy} allows the lambda:UpdateAlias action`)
    expect(title).toBe(`The ${policy} does not allow lambda:UpdateAlias on arn:x`)
    expect(hint).toMatch(whose)
    expect(hint).toContain('"Action":"lambda:UpdateAlias","Resource":"arn:x"')
  })

  test('no identity-based policy that allows it is a statement that is missing', () => {
    expect(found('because no identity-based policy allows the lambda:UpdateAlias action').hint).toMatch(
      /^Add this statement to their policy/,
    )
  })
})

describe('what is not', () => {
  test.each([
    ['a defect', new TypeError('x is not a function')],
    ['a cancelled call', named('AbortError', 'Request aborted')],
    ['no error at all', 'text'],
    ['another code', named('Error', 'no such file', { code: 'ENOENT' })],
  ])('%s', (_, error) => {
    expect(adviceFor(error, asked)).toBe(error)
  })

  test('advice that has been given', () => {
    const error = new UserError({ title: 'Region is missing' })
    expect(adviceFor(error, asked)).toBe(error)
  })
})

describe('what does not exist', () => {
  const missing = answered('ResourceNotFoundException', 'Function not found: shop')

  test('is recognised before and after it was translated', () => {
    expect([isNotFound(missing), isNotFound(adviceFor(missing, asked))]).toEqual([true, true])
  })

  test.each([answered('ResourceConflictException'), new UserError({ title: 'ResourceNotFoundException' }), undefined])(
    'is not this: %s',
    (error) => {
      expect(isNotFound(error)).toBe(false)
    },
  )
})

test.each([
  ['ResourceConflictException', 'An update is in progress for resource: shop', true],
  [
    'ResourceConflictException',
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    true,
  ],
  ['ResourceConflictException', 'The function could not be updated due to a concurrent update operation.', true],
  ['ResourceConflictException', 'Function already exist: shop', false],
  ['ResourceConflictException', 'The statement id (wsgi-lambda-url) provided already exists', false],
  ['TooManyRequestsException', 'An update is in progress', false],
])('%s %j passes by itself: %s', (name, message, busy) => {
  expect(isBusy(answered(name, message))).toBe(busy)
})
