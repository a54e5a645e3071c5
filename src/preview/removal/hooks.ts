import type { LambdaApi } from '../../aws/lambda.ts'
import { type CommandCollaborators, remarksOn } from '../../remote/command.ts'
import { parseCommandLine } from '../../remote/command-line.ts'
import { lastLines } from '../../remote/live.ts'
import { exitStatus } from '../../remote/protocol.ts'
import { runShown } from '../../remote/run-shown.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Ended } from './result.ts'

/** A command of `before-destroy`. It never fails: what is to go goes all the same. */
export type RunHook = (command: string) => Promise<Ended>

export interface HookCollaborators extends CommandCollaborators {
  readonly lambda: LambdaApi
}

/** Runs commands in what the alias of a preview serves. Where nothing was released yet, nothing has to be tidied up. */
export function hooksOf(functionName: string, alias: string, collaborators: HookCollaborators): RunHook {
  const { lambda } = collaborators
  return async (command) => {
    try {
      const served = await lambda.getVersion(functionName, alias)
      if (served === undefined) return { outcome: 'missing' }
      const target = {
        ...{ functionName, qualifier: alias, timeoutSeconds: served.timeout },
        logGroup: () => Promise.resolve(served.options.logGroup),
      }
      const parsed = parseCommandLine(command)
      const outcome = await runShown(parsed, target, collaborators)
      for (const remark of remarksOn(parsed, outcome)) collaborators.report.notice(remark)
      const exitCode = exitStatus(outcome)
      if (exitCode === 0) return { outcome: 'done' }
      const output = outcome.output.toString()
      return failed(command, `failed with exit code ${exitCode}`, lastLines(output))
    } catch (error) {
      collaborators.signal.throwIfAborted()
      const [problem] = problemsOf(error).problems
      return failed(command, problem?.title ?? '', problem?.detail)
    }
  }
}

function failed(command: string, what: string, detail: string | undefined): Ended {
  return {
    outcome: 'warned',
    problem: { title: `${command}: ${what}`, detail, hint: 'The preview is removed all the same.' },
  }
}
