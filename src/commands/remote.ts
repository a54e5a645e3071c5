import { readFile } from 'node:fs/promises'
import type { LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import {
  type CommandKind,
  type CommandOutcome,
  runRemoteCommand,
  UNKNOWN_RESULT,
  unknownResult,
} from '../remote/command.ts'
import type { FunctionSettings } from '../settings/settings.ts'

export interface RemoteArguments {
  readonly kind: 'manage' | 'flask' | 'exec' | 'shell'
  /** `-c`: one text. */
  readonly text: string | undefined
  /** `-f`: a local file, or `-` for standard input. */
  readonly file: string | undefined
  readonly arguments: readonly string[]
}

/** Runs one command in the deployed function. @throws UserError with exit code 125 when it never ran. */
export async function remote(
  given: RemoteArguments,
  qualifier: string | undefined,
  settings: FunctionSettings,
  { lambda, readInput }: { lambda: LambdaApi; readInput: () => Promise<string> },
): Promise<CommandOutcome> {
  const data = await dataOf(given, readInput)
  const target = qualifier ?? settings.alias
  const version = await lambda.getVersion(settings.functionName, target).catch((error: unknown) => {
    throw unknownResult(error)
  })
  if (!version) {
    throw new UserError(
      {
        title: `${settings.functionName}:${target} does not exist`,
        hint: 'Deploy it first, or check function-name, --qualifier and the region.',
      },
      { exitCode: UNKNOWN_RESULT },
    )
  }
  const kind: CommandKind = given.kind === 'shell' ? 'command' : given.kind
  const where = { functionName: settings.functionName, qualifier: target, timeoutSeconds: version.timeout }
  return await runRemoteCommand({ kind, data }, where, lambda)
}

async function dataOf(
  { kind, text, file, arguments: passed }: RemoteArguments,
  readInput: () => Promise<string>,
): Promise<string | readonly string[]> {
  if (text !== undefined && file !== undefined) throw wrong(`${kind} takes -c or -f, not both`)
  const isCode = kind === 'exec' || kind === 'shell'
  if (file !== undefined && !isCode) throw wrong(`${kind} takes no file`, `Give its arguments, as in: ${kind} --help`)
  const code = file === undefined ? text : await readCode(file, readInput)
  if (code !== undefined) {
    if (passed.length > 0) throw wrong(`${kind} takes -c or -f, or arguments, not both`)
    return code
  }
  if (kind === 'exec') throw wrong('exec needs -c CODE or -f FILE', "As in: exec -c 'print(1 + 1)'")
  if (kind === 'shell' && passed.length === 0) throw wrong('shell needs a command', 'As in: shell ls -l')
  return kind === 'shell' ? passed.map(quote).join(' ') : passed
}

async function readCode(file: string, readInput: () => Promise<string>): Promise<string> {
  if (file === '-') return await readInput()
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw wrong(`The file ${file} cannot be read`, error instanceof Error ? error.message : undefined)
  })
}

/** For a POSIX shell: arguments arrive as they were given. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'"'"'`)}'`
}

function wrong(title: string, hint?: string): UserError {
  return new UserError({ title, hint }, { exitCode: 2 })
}
