/**
 * What to do about what AWS says, in the order in which it is looked for: the first row that fits counts. AWS's own words are
 * those of the API references and of its answers. In a title and a hint, `$1` is what the pattern caught, `$action` and
 * `$resource` are what was asked for.
 */
export interface AdviceRow {
  /** Names of errors, as AWS has them. Any where absent. */
  readonly names?: RegExp
  /** What the message says. Anything where absent. */
  readonly says?: RegExp
  readonly title: string
  readonly hint: string
  /** AWS quotes the values of variables in it: the message is shown nowhere. */
  readonly isConfidential?: true
}

const INVALID = /^InvalidParameterValueException$/

export const ADVICE: readonly AdviceRow[] = [
  // ---- credentials and region
  {
    says: /SSO session|aws sso login|sso.*token.*expired/i,
    title: 'The sign-in to AWS has expired',
    hint: 'Sign in again: aws sso login.',
  },
  {
    says: /could not load credentials/i,
    title: 'There are no AWS credentials',
    hint: 'In a workflow, run aws-actions/configure-aws-credentials before this step (with id-token: write); elsewhere, set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
  {
    names: /^CredentialsProviderError$/,
    title: 'There are no AWS credentials',
    hint: 'In a workflow, run aws-actions/configure-aws-credentials before this step (with id-token: write); elsewhere, set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
  {
    says: /region is missing/i,
    title: 'There is no AWS region',
    hint: 'Set AWS_REGION, or a region in the profile.',
  },
  {
    says: /region not accepted/i,
    title: 'The AWS region is not valid',
    hint: 'Set AWS_REGION, as in eu-west-1.',
  },
  {
    names: /^(?:ExpiredToken(?:Exception)?|TokenRefreshRequired)$/,
    title: 'The AWS credentials have expired',
    hint: 'Get new ones and run again: it goes on from there. In a workflow, role-duration-seconds of aws-actions/configure-aws-credentials makes them hold for longer, up to what the role allows.',
  },
  {
    names: /^(?:RequestTimeTooSkewed|RequestExpired|SignatureDoesNotMatch|InvalidSignatureException)$/,
    says: /signature expired|not yet current|too skewed|request has expired|difference between the request time/i,
    title: 'The clock of this machine is wrong: AWS refuses what is signed with it',
    hint: 'Set the time, and run again.',
  },
  {
    names:
      /^(?:UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|MissingAuthenticationToken(?:Exception)?|IncompleteSignature(?:Exception)?)$/,
    title: 'AWS does not accept the credentials',
    hint: 'They are wrong, or of another partition, or the region is not enabled for the account: get new ones and run again.',
  },
  {
    names: /^(?:OptInRequired|SubscriptionRequiredException)$/,
    title: 'The account does not use this service of AWS yet',
    hint: 'Finish its registration in the AWS console.',
  },

  // ---- variables: what Lambda says of them may have their values
  {
    names: INVALID,
    says: /environment variables.*exceeded the 4 ?KB limit/is,
    title: 'The environment variables are larger than 4 KB, the most that a function can have',
    hint: 'Remove some, or keep long values in Parameter Store or Secrets Manager.',
    isConfidential: true,
  },
  {
    says: /reserved keys that are currently not supported for modification.*used in this request: ([\w, ]+)/is,
    title: 'Lambda sets these variables itself: $1',
    hint: 'Remove them from environment.',
    isConfidential: true,
  },
  {
    says: /environment\.?variables/i,
    names: /^(?:ValidationException|InvalidParameterValueException)$/,
    title: 'Lambda does not accept the environment variables',
    hint: 'A name is two characters or more: letters, digits and _, a letter first.',
    isConfidential: true,
  },

  // ---- the execution role
  {
    says: /Scope ARN:? (\S+) does not exist or is not attachable/i,
    title: 'The policy of permissions-boundary does not exist: $1',
    hint: 'Check the ARN: it must be a policy of the account of the function, or one of AWS.',
  },
  {
    says: /execution role (?:does not )?have permissions? to (?:call )?CreateNetworkInterface/i,
    title: 'The execution role may not make network interfaces, which a function in a VPC needs',
    hint: 'Attach the policy AWSLambdaVPCAccessExecutionRole to the role, or let create-role make one. Where the role has it, a policy of the organisation forbids it.',
  },
  {
    says: /execution role does not have permissions to call (\w+) on (\w+)/i,
    title: 'The execution role may not do $1 of $2',
    hint: 'Add the action to the policy of the role, or let create-role make one.',
  },
  {
    names: INVALID,
    says: /EFS|file ?system|mount target|access point/i,
    title: 'Lambda does not accept the file system',
    hint: 'It needs a mount target in each subnet of vpc-subnets, which is available, and security groups that let the function reach port 2049.',
  },
  {
    names: INVALID,
    says: /role/i,
    title: 'Lambda does not accept the execution role',
    hint: 'Check the ARN in role. Its trust policy must allow lambda.amazonaws.com to assume it; a new role takes some seconds to be known.',
  },

  // ---- KMS
  {
    names: /^KMSAccessDeniedException$/,
    title: 'Lambda may not use the key that encrypts the variables of the function',
    hint: "The execution role needs kms:Decrypt on the key, and so does whoever reads the variables; the key's own policy must allow it. Where the role was deleted and made anew, set kms-key again: the grant was of the old role.",
  },
  {
    names: /^KMS(?:Disabled|InvalidState)Exception$/,
    title: 'The key that encrypts the variables of the function cannot be used',
    hint: 'It is disabled, or is going to be deleted: enable it, or choose another kms-key.',
  },
  {
    names: /^KMSNotFoundException$/,
    title: 'The key that encrypts the variables of the function does not exist',
    hint: 'Choose another kms-key, of the region of the function; none is the key of AWS.',
  },
  {
    names: INVALID,
    says: /KMS key/i,
    title: 'Lambda cannot use the KMS key',
    hint: 'kms-key must be a symmetric key of the region of the function, and the credentials need kms:CreateGrant and kms:Encrypt on it.',
  },
  {
    names: /^(?:KMS\.\w+|KMSKeyNotAccessibleFault)$/,
    title: 'The key that encrypts the bucket cannot be used',
    hint: 'Check upload-kms-key: the key must be enabled, of the region of the bucket, and allow the credentials kms:GenerateDataKey and kms:Decrypt.',
  },

  // ---- VPC
  {
    says: /denied by EC2.*permission to (\w+)/is,
    title: 'The credentials may not do ec2:$1, with which Lambda checks subnets and security groups',
    hint: 'Add ec2:DescribeSubnets, ec2:DescribeSecurityGroups and ec2:DescribeVpcs on * to their policy.',
  },
  {
    says: /InvalidSubnetID|subnet ID '?([\w-]+)'? does not exist/i,
    title: 'A subnet of vpc-subnets does not exist here',
    hint: 'It must be of the account and the region of the function (AWS_REGION).',
  },
  {
    says: /InvalidGroup|InvalidSecurityGroup|security group '?([\w-]+)'? does not exist/i,
    title: 'A security group of vpc-security-groups does not exist here',
    hint: 'It must be of the account, the region and the VPC of the function.',
  },
  {
    names: /^(?:ENILimitReached|SubnetIPAddressLimitReached|EC2Throttled)Exception$/,
    title: 'The VPC has no room for the function',
    hint: 'Choose subnets with free addresses, or raise the quota of network interfaces; where EC2 throttles, wait and run again.',
  },
  {
    names: /^EC2(?:AccessDenied|Unexpected)Exception$/,
    title: 'Lambda could not make network interfaces in the VPC',
    hint: 'The execution role needs the policy AWSLambdaVPCAccessExecutionRole.',
  },
  {
    names: /^EFS\w+Exception$/,
    title: 'The function cannot use its file system',
    hint: 'Its security groups must let it reach port 2049 of a mount target in its zone, and its role needs elasticfilesystem:ClientMount and ClientWrite.',
  },

  // ---- limits
  {
    names: /^CodeStorageExceededException$/,
    title: 'The account has no room for more code in this region',
    hint: 'Let keep-versions be smaller, remove functions and layers that nobody uses, or raise the quota of function and layer storage.',
  },
  {
    names: INVALID,
    says: /unreservedconcurrentexecution.*below its minimum value of \[?(\d+)/is,
    title:
      'reserved-concurrency leaves the other functions of the account less than $1, the fewest that Lambda keeps for them',
    hint: 'Reserve less, or raise the quota of concurrent executions.',
  },
  {
    names: INVALID,
    says: /provisioned concurrency/i,
    title: 'Lambda does not accept provisioned-concurrency',
    hint: 'It may not be more than reserved-concurrency, nor than what the account has left.',
  },
  {
    names: /^TooManyRequestsException$/,
    says: /ReservedFunctionConcurrent/,
    title: 'The function has no concurrency left that is reserved for it',
    hint: 'Raise reserved-concurrency: with 0, which the console calls throttle, nothing can be invoked.',
  },
  {
    names: /^(?:TooManyRequestsException|Throttling(?:Exception)?|ThrottledException|RequestLimitExceeded|SlowDown)$/,
    title: '$action was throttled',
    hint: 'Others use up what the account may do: wait, and run again.',
  },
  {
    says: /'(?:memorySize|MemorySize)' failed to satisfy constraint.*less than or equal to (\d+)/is,
    title: 'The account may have no more than $1 MB of memory for a function',
    hint: 'Set memory to that, or ask AWS for more: new accounts begin with less.',
  },
  {
    names: INVALID,
    says: /(?:combined with layers exceeds|consume more than|must be smaller than).*?(\d{6,}) bytes/is,
    title: 'Code and layers are larger than $1 bytes together, unzipped',
    hint: 'slim, exclude, no-deploy and runtime-sdk make the artifact smaller; the message says how large it is.',
  },
  {
    says: /cannot reference more than (\d+) layers/i,
    title: 'A function has $1 layers at most',
    hint: 'Name fewer in layers, or remove dependencies-layer, which is one of them.',
  },
  {
    says: /two different versions of the same layer/i,
    title: 'layers names two versions of the same layer',
    hint: 'Keep one of them.',
  },
  {
    says: /layer version (\S+) does not exist/i,
    title: 'The layer $1 does not exist',
    hint: 'Check layers: a version that was deleted cannot be given to a function again.',
  },
  {
    names: /^Request(?:Entity)?TooLargeException$/,
    title: 'The request is larger than Lambda takes',
    hint: 'Set upload-bucket: auto, so that code goes by a bucket, or name a bucket there.',
  },
  {
    names: /^PolicyLengthExceededException$/,
    title: 'The policy of $resource is as long as it can be',
    hint: 'Remove statements that nobody needs: aws lambda get-policy shows them, remove-permission takes one out.',
  },
  {
    names: /^(?:LimitExceeded(?:Exception)?|ServiceQuotaExceededException)$/,
    title: '$action is more than the account may have',
    hint: 'Remove what nobody uses, or raise the quota that the message names.',
  },

  // ---- code
  {
    names: /^(?:InvalidCodeSignature|CodeVerificationFailed)Exception$/,
    title: 'The code is not signed as code-signing-config demands',
    hint: 'This program signs nothing: let the configuration warn only, or take it off with code-signing-config: none.',
  },
  {
    names: /^CodeSigningConfigNotFoundException$/,
    title: 'The code signing configuration does not exist',
    hint: 'Check the ARN in code-signing-config: it must be of the region of the function.',
  },
  {
    says: /packageType (?:Image|Zip)|ImageUri/i,
    title: '$resource is a function of another kind: a container image',
    hint: 'A function stays what it was created as. Choose another function-name.',
  },
  {
    says: /no longer supported for creating or updating/i,
    title: 'Lambda has retired the runtime',
    hint: 'Set runtime to a newer one.',
  },
  {
    says: /'runtime' failed to satisfy constraint/i,
    title: 'Lambda does not have the runtime in this region',
    hint: 'Set runtime to one that the message names.',
  },
  {
    names: /^(?:InvalidParameterValueException|SnapStart\w*Exception)$/,
    says: /snap ?start/i,
    title: 'Lambda does not take SnapStart here',
    hint: 'It needs python3.12 or newer, a region that has it, no file system and at most 512 MB of ephemeral-storage. Remove snap-start otherwise.',
  },
  {
    names: INVALID,
    says: /S3 Error Code/i,
    title: 'Lambda could not read the artifact from the bucket',
    hint: "The bucket of upload-bucket must be in the function's region, and the credentials need s3:GetObject on it.",
  },

  // ---- buckets
  {
    names: /^NoSuchBucket$/,
    title: 'The bucket of $resource does not exist',
    hint: 'Check its name, or create it.',
  },
  {
    names: /^(?:PermanentRedirect|AuthorizationHeaderMalformed)$/,
    title: 'The bucket of $resource is in another region',
    hint: "Use one in the function's region (AWS_REGION).",
  },

  // ---- others
  {
    names: /^ResourceNotFoundException$/,
    says: /Function not found: arn:[\w-]+:lambda:([\w-]+):(\d+):function:([\w-]+)/,
    title: 'There is no function $3 in $1 of the account $2',
    hint: 'Check function-name, the region (AWS_REGION) and whose credentials these are.',
  },
  {
    names: /^PreconditionFailedException$/,
    title: '$action failed: $resource was changed by somebody else meanwhile',
    hint: 'Run this again when nothing else changes it.',
  },
]
