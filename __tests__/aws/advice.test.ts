import { describe, expect, test } from '@jest/globals'
import { ADVICE } from '../../src/aws/advice.ts'
import { adviceFor } from '../../src/aws/errors.ts'
import { UserError } from '../../src/errors.ts'

function adviceOn(name: string, message: string, more: object = {}): UserError {
  const error = Object.assign(new Error(message), { name, $fault: 'client', $metadata: {}, ...more })
  const found = adviceFor(error, { action: 'lambda:UpdateFunctionConfiguration', resource: 'shop' })
  expect(found).toBeInstanceOf(UserError)
  return found as UserError
}

const INVALID = 'InvalidParameterValueException'

/** AWS's names and words, and how the advice begins and what it says to do. */
const CASES: readonly (readonly [name: string, message: string, title: string, hint: RegExp])[] = [
  [
    'CredentialsProviderError',
    'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
    'The sign-in to AWS has expired',
    /aws sso login/,
  ],
  [
    'Error',
    'Could not load credentials from any providers',
    'There are no AWS credentials',
    /configure-aws-credentials/,
  ],
  [
    'ExpiredTokenException',
    'The security token included in the request is expired',
    'The AWS credentials have expired',
    /role-duration-seconds/,
  ],
  ['ExpiredToken', 'The provided token has expired.', 'The AWS credentials have expired', /goes on from there/],
  [
    'SignatureDoesNotMatch',
    'Signature expired: 20261123T090000Z is now earlier than 20261123T091000Z',
    'The clock of this machine is wrong: AWS refuses what is signed with it',
    /Set the time/,
  ],
  [
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    'The clock of this machine is wrong: AWS refuses what is signed with it',
    /Set the time/,
  ],
  [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    'AWS does not accept the credentials',
    /not enabled/,
  ],
  [
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
    'AWS does not accept the credentials',
    /get new ones/,
  ],
  [
    'SubscriptionRequiredException',
    'The AWS Access Key Id needs a subscription for the service',
    'The account does not use this service of AWS yet',
    /console/,
  ],

  [
    INVALID,
    'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION',
    'Lambda sets these variables itself: AWS_REGION',
    /environment/,
  ],
  [
    'ValidationException',
    "1 validation error detected: Value '{A=canary}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint",
    'Lambda does not accept the environment variables',
    /two characters/,
  ],

  [
    INVALID,
    'The provided execution role does not have permissions to call CreateNetworkInterface on EC2',
    'The execution role may not make network interfaces, which a function in a VPC needs',
    /AWSLambdaVPCAccessExecutionRole/,
  ],
  [
    INVALID,
    'Your access has been denied by EC2, please make sure your function execution role have permission to CreateNetworkInterface. EC2 Error Code: UnauthorizedOperation.',
    'The execution role may not make network interfaces, which a function in a VPC needs',
    /AWSLambdaVPCAccessExecutionRole/,
  ],
  [
    'NoSuchEntityException',
    'Scope ARN: arn:aws:iam::123456789012:policy/shop-boundary does not exist or is not attachable.',
    'The policy of permissions-boundary does not exist: arn:aws:iam::123456789012:policy/shop-boundary',
    /policy of the account/,
  ],
  [
    INVALID,
    'The provided execution role does not have permissions to call SendMessage on SQS',
    'The execution role may not do SendMessage of SQS',
    /create-role/,
  ],
  [
    INVALID,
    'The role defined for the function cannot be assumed by Lambda.',
    'Lambda does not accept the execution role',
    /lambda\.amazonaws\.com/,
  ],
  [
    INVALID,
    'EFS file system arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0 has mount targets created in all availability zones the function will execute in, but not all are in the available life cycle state yet.',
    'Lambda does not accept the file system',
    /mount target/,
  ],

  [
    'KMSAccessDeniedException',
    "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings.",
    'Lambda may not use the key that encrypts the variables of the function',
    /kms:Decrypt/,
  ],
  [
    'KMSDisabledException',
    'Lambda was unable to decrypt the environment variables because the KMS key used is disabled.',
    'The key that encrypts the variables of the function cannot be used',
    /enable it/,
  ],
  [
    'KMSInvalidStateException',
    'the state of the KMS key used is not valid for Decrypt',
    'The key that encrypts the variables of the function cannot be used',
    /deleted/,
  ],
  [
    'KMSNotFoundException',
    'the KMS key was not found',
    'The key that encrypts the variables of the function does not exist',
    /kms-key/,
  ],
  [
    INVALID,
    'Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. Please check your KMS key settings.',
    'Lambda cannot use the KMS key',
    /kms:CreateGrant/,
  ],
  [
    'KMS.DisabledException',
    'arn:aws:kms:eu-west-1:123456789012:key/1 is disabled.',
    'The key that encrypts the bucket cannot be used',
    /upload-kms-key/,
  ],

  [
    INVALID,
    'Your access has been denied by EC2, please make sure your request credentials have permission to DescribeSecurityGroups for sg-0a1b2c3d. EC2 Error Code: UnauthorizedOperation.',
    'The credentials may not do ec2:DescribeSecurityGroups, with which Lambda checks subnets and security groups',
    /ec2:DescribeSubnets/,
  ],
  [
    INVALID,
    "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID 'subnet-0a1b2c3d' does not exist",
    'A subnet of vpc-subnets does not exist here',
    /region/,
  ],
  [
    INVALID,
    "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group 'sg-0a1b2c3d' does not exist",
    'A security group of vpc-security-groups does not exist here',
    /VPC/,
  ],
  [
    'ENILimitReachedException',
    'Lambda was not able to create an elastic network interface in the VPC, specified as part of Lambda function configuration, because the limit for network interfaces has been reached.',
    'The VPC has no room for the function',
    /quota/,
  ],
  [
    'EC2AccessDeniedException',
    'Need additional permissions to configure VPC settings.',
    'Lambda could not make network interfaces in the VPC',
    /AWSLambdaVPCAccessExecutionRole/,
  ],
  [
    'EFSMountConnectivityException',
    'The function could not make a network connection to the configured file system.',
    'The function cannot use its file system',
    /2049/,
  ],

  [
    'CodeStorageExceededException',
    'Code storage limit exceeded.',
    'The account has no room for more code in this region',
    /keep-versions/,
  ],
  [
    INVALID,
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    'reserved-concurrency leaves the other functions of the account less than 100, the fewest that Lambda keeps for them',
    /Reserve less/,
  ],
  [
    INVALID,
    'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    'Lambda does not accept provisioned-concurrency',
    /reserved-concurrency/,
  ],
  ['TooManyRequestsException', 'Rate exceeded', 'lambda:UpdateFunctionConfiguration was throttled', /wait/],
  ['ThrottlingException', 'Rate exceeded', 'lambda:UpdateFunctionConfiguration was throttled', /wait/],
  [
    'ValidationException',
    "1 validation error detected: Value '10240' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 3008",
    'The account may have no more than 3008 MB of memory for a function',
    /memory/,
  ],
  [
    INVALID,
    'Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 270000000 bytes.',
    'Code and layers are larger than 262144000 bytes together, unzipped',
    /slim/,
  ],
  [
    INVALID,
    'Unzipped size must be smaller than 262144000 bytes',
    'Code and layers are larger than 262144000 bytes together, unzipped',
    /exclude/,
  ],
  [
    INVALID,
    'Layers consume more than the available size of 262144000 bytes',
    'Code and layers are larger than 262144000 bytes together, unzipped',
    /runtime-sdk/,
  ],
  [INVALID, 'Cannot reference more than 5 layers.', 'A function has 5 layers at most', /dependencies-layer/],
  [
    INVALID,
    'Two different versions of the same layer are not allowed to be referenced in the same function.',
    'layers names two versions of the same layer',
    /one of them/,
  ],
  [
    INVALID,
    'Layer version arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3 does not exist.',
    'The layer arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3 does not exist',
    /deleted/,
  ],
  [
    'RequestEntityTooLargeException',
    'Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation',
    'The request is larger than Lambda takes',
    /upload-bucket/,
  ],
  [
    'PolicyLengthExceededException',
    'The final policy size (20605) is bigger than the limit (20480).',
    'The policy of shop is as long as it can be',
    /remove-permission/,
  ],
  [
    'LimitExceededException',
    'Cannot exceed quota for RolesPerAccount: 1000.',
    'lambda:UpdateFunctionConfiguration is more than the account may have',
    /quota/,
  ],

  [
    'InvalidCodeSignatureException',
    'The code signature failed the integrity check.',
    'The code is not signed as code-signing-config demands',
    /none/,
  ],
  [
    'CodeVerificationFailedException',
    'The code signature failed one or more of the validation checks for signature mismatch or expiration',
    'The code is not signed as code-signing-config demands',
    /none/,
  ],
  [
    'CodeSigningConfigNotFoundException',
    'The specified code signing configuration does not exist.',
    'The code signing configuration does not exist',
    /ARN/,
  ],
  [
    INVALID,
    'Please provide ImageUri when updating a function with packageType Image.',
    'shop is a function of another kind: a container image',
    /another function-name/,
  ],
  [
    INVALID,
    'The runtime parameter of python3.8 is no longer supported for creating or updating AWS Lambda functions.',
    'Lambda has retired the runtime',
    /runtime/,
  ],
  [
    INVALID,
    "Value python3.14 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [python3.13]",
    'Lambda does not have the runtime in this region',
    /runtime/,
  ],
  [
    INVALID,
    'python3.11 is not supported for SnapStart enabled functions.',
    'Lambda does not take SnapStart here',
    /python3\.12/,
  ],
  ['SnapStartTimeoutException', 'SnapStart could not restore', 'Lambda does not take SnapStart here', /snap-start/],
  [
    INVALID,
    'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    'Lambda could not read the artifact from the bucket',
    /s3:GetObject/,
  ],

  ['NoSuchBucket', 'The specified bucket does not exist', 'The bucket of shop does not exist', /create it/],
  [
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint.',
    'The bucket of shop is in another region',
    /AWS_REGION/,
  ],
  [
    'ResourceNotFoundException',
    'Function not found: arn:aws:lambda:us-east-1:123456789012:function:shop',
    'There is no function shop in us-east-1 of the account 123456789012',
    /AWS_REGION/,
  ],
  [
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id.',
    'lambda:UpdateFunctionConfiguration failed: shop was changed by somebody else meanwhile',
    /again/,
  ],
]

test.each(CASES)('%s: %s', (name, message, title, hint) => {
  expect(adviceOn(name, message)).toMatchObject({ title, hint: expect.stringMatching(hint), exitCode: 1 })
})

test('concurrency that is reserved and used up is told by its reason', () => {
  const error = adviceOn('TooManyRequestsException', 'Rate Exceeded.', {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  expect(error.title).toBe('The function has no concurrency left that is reserved for it')
})

test('what may quote the values of variables is shown nowhere', () => {
  for (const [name, message] of CASES.filter(([, message]) => /environment\.?.?variables/i.test(message))) {
    const { title, detail, hint } = adviceOn(name, message)
    expect([title, detail, hint].join('\n')).not.toContain('canary')
  }
})

describe('the table', () => {
  test('has no row that nothing reaches', () => {
    const titles = [...CASES.map(([name, message]) => adviceOn(name, message).title), ...OTHERS]
    const unreached = ADVICE.filter(({ title }) => {
      const pattern = new RegExp(`^${title.replaceAll(/\$\w+/g, '.+')}$`)
      return !titles.some((each) => pattern.test(each))
    })
    expect(unreached).toEqual([])
  })

  test('says what to do in sentences', () => {
    for (const { title, hint } of ADVICE) {
      expect(title).not.toMatch(/\.$/)
      expect(hint).toMatch(/\.$/)
    }
  })
})

/** Tested elsewhere. */
const OTHERS = [
  'There is no AWS region',
  'The AWS region is not valid',
  'The environment variables are larger than 4 KB, the most that a function can have',
  'The function has no concurrency left that is reserved for it',
]
