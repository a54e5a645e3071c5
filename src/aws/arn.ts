/** The name in the ARN of a function or a log group: `arn:aws:lambda:REGION:ACCOUNT:function:NAME`. */
export function nameInArn(arn: string): string {
  return arn.split(':')[6] ?? ''
}

/** The account that a thing belongs to. */
export function accountInArn(arn: string): string {
  return arn.split(':')[4] ?? ''
}

/** Of a log group in the partition, region and account of a function. */
export function logGroupArn(functionArn: string, name: string): string {
  const [, partition = '', , region = '', account = ''] = functionArn.split(':')
  return `arn:${partition}:logs:${region}:${account}:log-group:${name}`
}
