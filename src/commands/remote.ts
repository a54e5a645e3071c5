import { readFile } from 'node:fs/promises'
import type { LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { commandsAlias } from '../release/plan/command-version.ts'
import {
  type CommandCollaborators,
  type CommandTarget,
  type RanRemotely,
  remarksOn,
  runRemoteCommand,
} from '../remote/command.ts'
import { unknownResult } from '../remote/failure.ts'
import { quoteAll, type RemoteCommand } from '../remote/protocol.ts'
import { theRegion } from '../settings/region.ts'
import type { FunctionSettings } from '../settings/settings.ts'

export interface RemoteArguments {
  readonly kind: 'manage' | 'flask' | 'exec' | 'shell'
  /** `-c`: one text. */
  readonly text: string | undefined
  /** `-f`: a local file, or `-` for standard input. */
  readonly file: string | undefined
  readonly arguments: readonly string[]
  /** `--env`: `NAME=VALUE`, or `NAME` for the value that it has here. */
  readonly environment: readonly string[]
  /** `-i`: whether standard input goes with the command. */
  readonly sendsInput: boolean
}

export interface RemoteCollaborators extends CommandCollaborators {
  readonly lambda: LambdaApi
  /** All of standard input. */
  readonly readInput: () => Promise<Buffer>
  /** The variables of this process. */
  readonly variables: Readonly<Record<string, string>>
  /** Is given the lines of the output while the command runs; undefined where nobody looks at them. */
  readonly show: ((line: string) => void) | undefined
}

/** Runs one command in the deployed function. @throws UserError with exit code 125 when it is not known how it ended. */
export async function remote(
  given: RemoteArguments,
  qualifier: string | undefined,
  settings: FunctionSettings,
  collaborators: RemoteCollaborators,
): Promise<RanRemotely> {
  const command = await commandOf(given, collaborators)
  const target = await targetOf(qualifier, settings, collaborators).catch((error: unknown) => {
    throw unknownResult(error)
  })
  const ran = await runRemoteCommand(command, target, collaborators, collaborators.show)
  for (const remark of remarksOn(command, ran.outcome)) collaborators.report.warning(remark)
  return ran
}

/** The version for commands that belongs to what the alias serves, where there is one and nobody names another. */
export async function targetOf(
  qualifier: string | undefined,
  { functionName, alias, region }: Pick<FunctionSettings, 'functionName' | 'alias' | 'region'>,
  { lambda, report }: Pick<RemoteCollaborators, 'lambda' | 'report'>,
): Promise<CommandTarget> {
  const own = commandsAlias(alias)
  const [served, forCommands] = await Promise.all([
    lambda.getVersion(functionName, qualifier ?? alias),
    qualifier === undefined ? lambda.getVersion(functionName, own) : undefined,
  ])
  if (!served) {
    throw new UserError({
      title: `${functionName}:${qualifier ?? alias} does not exist`,
      hint: `Deploy it first, or check function-name, --qualifier and ${theRegion({ region })}.`,
    })
  }
  // After a rollback the alias may serve other code than the last release.
  const isRight = forCommands?.version !== '$LATEST' && forCommands?.codeSha256 === served.codeSha256
  const version = isRight ? forCommands : served
  if (isRight) report.info(`runs on version ${version.version} (${own}), which is configured for commands`)
  return {
    functionName,
    qualifier: isRight ? own : (qualifier ?? alias),
    timeoutSeconds: version.timeout,
    logGroup: () => Promise.resolve(version.options.logGroup),
  }
}

async function commandOf(given: RemoteArguments, collaborators: RemoteCollaborators): Promise<RemoteCommand> {
  const { file, environment, sendsInput } = given
  const command = await programOf(given, collaborators)
  if (sendsInput && file === '-') throw wrong('-f - and -i both read standard input', 'Name a file, or leave out -i.')
  return {
    ...command,
    environment: environment.length > 0 ? variablesOf(environment, collaborators.variables) : undefined,
    stdin: sendsInput ? await collaborators.readInput() : undefined,
  }
}

/** What runs, and with which arguments. */
async function programOf(
  { kind, text, file, arguments: passed }: RemoteArguments,
  { readInput }: RemoteCollaborators,
): Promise<RemoteCommand> {
  if (text !== undefined && file !== undefined) throw wrong(`${kind} takes -c or -f, not both`)
  switch (kind) {
    case 'manage':
    case 'flask':
      if (file !== undefined) throw wrong(`${kind} takes no file`, `Give its arguments, as in: ${kind} --help`)
      if (text === undefined) return { kind, data: quoteAll(passed), arguments: passed }
      if (passed.length > 0) throw wrong(`${kind} takes -c or arguments, not both`)
      return { kind, data: text }
    case 'exec':
      if (file !== undefined) return { kind, data: await readCode(file, readInput), file, arguments: passed }
      if (text === undefined) throw wrong('exec needs -c CODE or -f FILE', "As in: exec -c 'print(1 + 1)'")
      return { kind, data: text, arguments: passed }
    case 'shell':
      if (file !== undefined) {
        return { kind: 'command', data: await readCode(file, readInput), file, arguments: passed }
      }
      if (text === undefined && passed.length === 0) throw wrong('shell needs a command', 'As in: shell ls -l')
      if (text === undefined) return { kind: 'command', data: quoteAll(passed), arguments: passed }
      if (passed.length > 0) throw wrong('shell takes -c or arguments, not both', "As in: shell -c 'ls | wc -l'")
      return { kind: 'command', data: text }
  }
}

function variablesOf(given: readonly string[], variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    given.map((line): [string, string] => {
      const [, name = '', , value] = /^([^=]+)(=([^]*))?$/.exec(line) ?? []
      if (name === '') throw wrong('--env needs the name of a variable', 'As in: --env NAME=VALUE')
      const taken = value ?? (Object.hasOwn(variables, name) ? variables[name] : undefined)
      if (taken !== undefined) return [name, taken]
      throw wrong(`--env ${name} has no value`, `Write ${name}=VALUE, or set ${name} here.`)
    }),
  )
}

async function readCode(file: string, readInput: () => Promise<Buffer>): Promise<string> {
  const bytes = await (file === '-' ? readInput() : readFile(file)).catch((error: unknown) => {
    throw wrong(`The file ${file} cannot be read`, error instanceof Error ? error.message : undefined)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wrong(`The file ${file} is not UTF-8`, 'Save it so.')
  }
}

function wrong(title: string, hint?: string): UserError {
  return new UserError({ title, hint }, { exitCode: 2 })
}
