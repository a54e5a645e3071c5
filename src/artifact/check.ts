import type { Toolchain } from '../builder/builder.ts'
import type { Sandbox, SandboxEnd } from '../builder/sandbox.ts'
import { type Problem, UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import type { ImportFacts } from '../report/import-section.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Table } from '../settings/kinds.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { checkVariables, IMAGE_VARIABLES, LAMBDA_VARIABLES, NO_ADDRESS } from './check-environment.ts'
import { type CheckAnswer, type CheckEnd, type CheckTerms, judge } from './check-verdict.ts'
import { importTimesOf } from './import-times.ts'

/** What the check depends on. */
export type CheckSettings = Pick<
  BuildSettings,
  | 'target'
  | 'handler'
  | 'packRequirements'
  | 'environment'
  | 'secrets'
  | 'checkPath'
  | 'checkStatus'
  | 'checkEnvironment'
  | 'smokeHost'
  | 'memory'
  | 'timeout'
  | 'functionName'
>

type Checking = Omit<Sandbox, 'collect'>

interface Collaborators {
  readonly toolchain: Pick<Toolchain, 'kind'> & { readonly sandbox?: () => Promise<Checking> }
  readonly store: Store
  readonly report: Reporter
}

/**
 * `unknown`: it failed, and a secret that is not known here may be the reason. `unchecked`: nothing was tried, and the log
 * says why.
 */
export type CheckResult =
  | {
      readonly outcome: 'passed'
      /** Undefined where the request was not answered in time, which passes unless somebody chose it. */
      readonly statusCode: number | undefined
      /** Whether an earlier build has checked the same artifact. */
      readonly isKept: boolean
      /** Of this check, or of the one that is kept. */
      readonly imports: ImportFacts | undefined
    }
  | { readonly outcome: 'unknown' | 'unchecked' }

/** Whether a command checks what it has built: what is released is checked, what is only built is when somebody asks. */
export function wantsCheck(check: boolean | undefined, command: 'build' | 'deploy' | 'preview'): boolean {
  return check ?? command !== 'build'
}

/**
 * Imports the application from the finished artifact in the image of its runtime, as Lambda will, and sends it one
 * request. An artifact that passed is not checked again until something changes that the result depends on.
 *
 * @throws UserError with the application's own traceback, the cause and the remedy
 */
export async function checkArtifact(
  artifact: { readonly path: string; readonly sha256: string },
  settings: CheckSettings,
  { toolchain, store, report }: Collaborators,
): Promise<CheckResult> {
  const reason = whyUnchecked(settings, toolchain.sandbox !== undefined)
  if (reason || !toolchain.sandbox) {
    if (reason) report.notice(reason)
    return { outcome: 'unchecked' }
  }
  const sandbox = await toolchain.sandbox()
  const env = variablesOf(settings)
  const key = checkKey(artifact.sha256, sandbox.identity, Object.keys(env), settings)
  const kept = await readRecord<KeptCheck>(store, 'checks', key)
  if (kept) return recall(kept, checkTerms(settings), report)
  report.progress('importing the application from the artifact')
  const result = await tryArtifact(artifact.path, { settings, env, sandbox, report })
  if (result.outcome !== 'unchecked') await writeRecord(store, 'checks', key, result)
  return result
}

interface Trial {
  readonly settings: CheckSettings
  readonly env: Table
  readonly sandbox: Checking
  readonly report: Reporter
}

async function tryArtifact(path: string, { settings, env, sandbox, report }: Trial): Promise<CheckResult> {
  const terms = checkTerms(settings)
  const { memory = NEW_FUNCTION_MB } = settings
  const request = JSON.stringify({ path: terms.path, host: terms.host, memory, seconds: terms.seconds })
  const seconds = 2 * terms.seconds + MARGIN_SECONDS
  const ended = await sandbox.check(path, { request, env, memory: settings.memory, seconds })
  if (ended.kind === 'foreign') {
    report.notice(foreignProblem(settings.target))
    return { outcome: 'unchecked' }
  }
  const end = readEnd(ended)
  if (end.kind === 'ended') for (const line of end.log.split('\n')) if (line !== '') report.debug(line)
  const verdict = judge(end, terms)
  if (verdict.kind === 'failed') throw new UserError(verdict.problem)
  if (verdict.kind === 'unknown') {
    report.warning(verdict.problem)
    return { outcome: 'unknown' }
  }
  const { statusCode, remark } = verdict
  const imports = end.kind === 'ended' ? importTimesOf(end.answer?.imports, sandbox.image) : undefined
  report.info(`import check: ${said(terms.path, statusCode)} (${sandbox.image})`)
  if (remark) report[statusCode === 400 ? 'notice' : 'warning'](remark)
  return { outcome: 'passed', statusCode, isKept: false, imports }
}

/** What the store keeps of a check: nothing that the application said, for that may quote its variables. */
interface KeptCheck {
  readonly outcome: 'passed' | 'unknown'
  readonly statusCode?: number | undefined
  readonly imports?: ImportFacts | undefined
}

function recall({ outcome, statusCode, imports }: KeptCheck, terms: CheckTerms, report: Reporter): CheckResult {
  if (outcome === 'passed') {
    report.info(`import check: this artifact passed before, ${said(terms.path, statusCode)}`)
    return { outcome, statusCode, isKept: true, imports }
  }
  report.notice({
    title: 'The import check of this artifact, made before, could not tell whether it works without its secrets',
    hint: 'Give stand-ins of the right form with check-environment, and it is checked again.',
  })
  return { outcome }
}

const said = (path: string, status: number | undefined): string => `GET ${path} → ${status ?? 'no answer in time'}`

/** The names of variables and not their values, which may be secrets. */
function checkKey(sha256: string, identity: string, names: readonly string[], settings: CheckSettings): string {
  const { path, host, status, isChosen, seconds, memory, standIns } = checkTerms(settings)
  return keyOf('check', sha256, identity, names.toSorted(), standIns, [path, host, status, isChosen, seconds, memory])
}

/** Why nothing can be checked, where that is so. */
function whyUnchecked({ handler, packRequirements }: CheckSettings, hasSandbox: boolean): Problem | undefined {
  const title = 'The artifact was not checked'
  if (handler === 'none') return { title: `${title}: with handler: none there is no application to import` }
  if (!packRequirements)
    return { title: `${title}: with pack-requirements: false its dependencies come from a layer, which is not here` }
  if (hasSandbox) return undefined
  return {
    title: `${title}: the builder host has no image of the runtime to import it in`,
    hint: 'builder: docker imports it there before it is deployed; check: false says that this is meant.',
  }
}

function foreignProblem({ architecture }: Target): Problem {
  return {
    title: `The artifact was not checked: the container engine cannot run programs for ${architecture}`,
    hint: 'Run on a machine of that architecture, or install emulation: the action docker/setup-qemu-action, or docker run --privileged --rm tonistiigi/binfmt --install all.',
  }
}

function readEnd(end: Exclude<SandboxEnd, { kind: 'foreign' }>): CheckEnd {
  if (end.kind === 'late') return end
  // Lambda's own log separates the lines of one event by carriage returns.
  const log = end.stderr.replace(/\r\n?/g, '\n')
  return { kind: 'ended', exitCode: end.exitCode, answer: readAnswer(end.stdout), log }
}

function readAnswer(stdout: string): CheckAnswer | undefined {
  try {
    return JSON.parse(stdout) as CheckAnswer
  } catch {
    return undefined // Something ended the program before it could say anything.
  }
}

function checkTerms(settings: CheckSettings): CheckTerms {
  const { checkPath, checkStatus, checkEnvironment, secrets, smokeHost, memory, timeout } = settings
  return {
    path: checkPath ?? '/',
    host: smokeHost ?? new URL(NO_ADDRESS).host,
    isChosen: checkPath !== undefined || checkStatus !== undefined,
    status: checkStatus,
    standIns: Object.keys(secrets).filter((name) => !Object.hasOwn(checkEnvironment, name)),
    memory,
    seconds: Math.max(SHORTEST_IMPORT_SECONDS, timeout ?? USUAL_SECONDS),
  }
}

/** All that the function will have, as far as it is known; the second part only where its files are. */
export function variablesOf({
  target,
  environment,
  secrets,
  checkEnvironment,
  memory,
  functionName,
}: CheckSettings): Table {
  return {
    ...LAMBDA_VARIABLES,
    ...IMAGE_VARIABLES,
    AWS_EXECUTION_ENV: `AWS_Lambda_${target.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName ?? LAMBDA_VARIABLES.AWS_LAMBDA_FUNCTION_NAME,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory ?? NEW_FUNCTION_MB),
    ...checkVariables(environment, secrets),
    ...checkEnvironment,
  }
}

/** A function's memory where nobody sets it. */
const NEW_FUNCTION_MB = 512
const USUAL_SECONDS = 60
/** Lambda gives every function so long to start, whatever its timeout is (developer guide, "Lambda execution environments"). */
const SHORTEST_IMPORT_SECONDS = 10
/** For a program that is too busy to end itself in time. */
const MARGIN_SECONDS = 10
