import type { FunctionSettings } from '../../settings/settings.ts'

/** Where the resources of a policy are. */
export interface Place {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  readonly region: string
  readonly account: string
}

/** Actions that a deployment with some settings needs on some resources. */
export interface Grant {
  /** Of its statement: letters and digits. */
  readonly sid: string
  /** What it is needed for, in a few words. */
  readonly why: string
  readonly actions: readonly string[]
  /** ARNs, where `*` stands for anything. */
  readonly resources: readonly string[]
  readonly condition?: Condition
  /** Needed to see what would be done too. */
  readonly isForReading?: true
}

/** By operator, then by key. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Stand where nobody knows better, and are to be replaced. */
export const UNKNOWN = { region: 'REGION', account: 'ACCOUNT', role: 'ROLE' } as const

/** The function itself, and what it is qualified by: versions and aliases. */
export function functionArns(
  { functionName }: FunctionSettings,
  { partition, region, account }: Place,
): readonly string[] {
  const arn = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`
  return [arn, `${arn}:*`]
}

export function ofLambda(action: string): string {
  return `lambda:${action}`
}
