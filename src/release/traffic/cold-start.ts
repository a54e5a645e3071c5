import type { LambdaApi } from '../../aws/lambda.ts'

/**
 * The `Init Duration` of an invocation's REPORT line, in milliseconds; undefined where the platform tells none. With the log
 * format JSON the line is an object (Lambda developer guide, "Lambda Telemetry API Event schema reference": platform.report).
 */
export function coldStartOf(logTail: string): number | undefined {
  const [, plain] = /^REPORT RequestId: .*\bInit Duration: ([\d.]+) ms/m.exec(logTail) ?? []
  const [, json] = /"type":\s*"platform\.report".*"initDurationMs":\s*([\d.]+)/.exec(logTail) ?? []
  const milliseconds = Number(plain ?? json)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

/** Tells of the first invocation of each version how long its start took, whatever it is invoked for. */
export function tellingColdStart(
  lambda: LambdaApi,
  tell: (version: string, milliseconds: number | undefined) => void,
): LambdaApi {
  const started = new Set<string>()
  return {
    ...lambda,
    invoke: async (functionName, qualifier, ...rest) => {
      const invocation = await lambda.invoke(functionName, qualifier, ...rest)
      if (!started.has(qualifier)) tell(qualifier, coldStartOf(invocation.logTail))
      started.add(qualifier)
      return invocation
    },
  }
}
