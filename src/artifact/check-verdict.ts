import type { Problem } from '../errors.ts'
import { type ApplicationError, causeOf } from './check-causes.ts'

/** What `docker/check_artifact.py` prints. */
export interface CheckAnswer {
  readonly stage: 'import' | 'request'
  readonly error: ApplicationError | null
  /** Where the program was when its time was up. */
  readonly late: string | null
  readonly status: number | null
  /** Why nobody could send the answer on. */
  readonly malformed: string | null
  /** What is behind an answer of 500 or more, where the framework tells. */
  readonly exception: ApplicationError | null
  readonly body: string
  /** By stage. */
  readonly seconds: Readonly<Partial<Record<'import' | 'request', number>>>
  /** As `readImportTimes` takes it; null where the import did not end. */
  readonly imports: unknown
}

/** The program's end; `answer` is missing where something ended it before it could say anything. */
export type CheckEnd =
  | { readonly kind: 'late' }
  | {
      readonly kind: 'ended'
      readonly exitCode: number
      readonly answer: CheckAnswer | undefined
      readonly log: string
    }

export interface CheckTerms {
  readonly path: string
  readonly host: string
  /** Whether somebody chose the request: then an answer of 500 or more fails. */
  readonly isChosen: boolean
  /** The only status that passes; undefined for any. */
  readonly status: number | undefined
  /** Variables whose values nobody knows here. */
  readonly standIns: readonly string[]
  /** MB; undefined where there is no limit. */
  readonly memory: number | undefined
  /** How long the import may take, and then the request. */
  readonly seconds: number
}

/** `unknown`: it failed, and what is not known here may be the only reason. */
export type Verdict =
  | { readonly kind: 'passed'; readonly statusCode: number | undefined; readonly remark?: Problem }
  | { readonly kind: 'unknown'; readonly problem: Problem }
  | { readonly kind: 'failed'; readonly problem: Problem }

const WITHOUT = 'Without this check: check: false.'

/** Whether an artifact passes: it can be imported, and it answers a request with what can be sent on. */
export function judge(end: CheckEnd, terms: CheckTerms): Verdict {
  if (end.kind === 'late') return failed(lateImport(terms, ''))
  const { answer, log } = end
  if (!answer) return failed(deadProblem(end.exitCode, log, terms))
  if (answer.stage === 'import') return judgeImport(answer, log, terms)
  if (answer.error) return failed(raised(answer.error, log, terms))
  if (answer.malformed !== null) return failed(malformed(answer.malformed, log, terms))
  return judgeAnswer(answer, log, terms)
}

const failed = (problem: Problem): Verdict => ({ kind: 'failed', problem })

function judgeImport({ error, late }: CheckAnswer, log: string, terms: CheckTerms): Verdict {
  if (!error) return failed(lateImport(terms, late ?? ''))
  const detail = joined(log, error.traceback)
  const { standIns } = terms
  if (standIns.length > 0 && !SAYS_WHAT_IS_MISSING.test(error.type)) {
    const title = `The application could not be imported without its secrets: ${error.type}`
    return { kind: 'unknown', problem: { title, detail, hint: standInHint(standIns) } }
  }
  const said = SAYS_WHAT_IS_MISSING.test(error.type) ? `: ${firstLine(error.message)}` : ''
  const otherwise = `Mend the application, or name another with app. ${WITHOUT}`
  const hint = causeOf(error) ?? otherwise
  return failed({ title: `The application cannot be imported: ${error.type}${said}`, detail, hint })
}

/** Other errors' messages may quote values of variables, and a title is not masked: they stand in the traceback only. */
const SAYS_WHAT_IS_MISSING =
  /^(?:ModuleNotFoundError|ImportError|SyntaxError|LoadingError|PolicyError|RouteError|ConfigurationError)$/

const standInHint = (names: readonly string[]): string =>
  `Here ${names.join(', ')} had a stand-in. If that is the reason, nothing is wrong: give it a value of the right form with check-environment. ` +
  'Else the smoke request ends the release before traffic moves.'

function judgeAnswer(answer: CheckAnswer, log: string, terms: CheckTerms): Verdict {
  const { status: statusCode, exception } = answer
  const isFailure = statusCode === null || statusCode >= 500
  const isRight = terms.status === undefined ? !isFailure || !terms.isChosen : statusCode === terms.status
  if (isRight && !isFailure) return { kind: 'passed', statusCode, ...remarkOn(statusCode, terms) }
  if (isRight && terms.status !== undefined) return { kind: 'passed', statusCode: terms.status }
  const wanted = terms.status === undefined ? '' : `, and check-status is ${terms.status}`
  const title =
    statusCode === null
      ? `GET ${terms.path} was not answered within ${terms.seconds} seconds`
      : `GET ${terms.path} is answered with ${statusCode}${isRight ? '' : wanted}`
  const detail = answer.late === null ? behind(exception, answer.body, log) : joined(log, whereItWas(answer.late))
  const cause = exception ? causeOf(exception) : undefined
  if (isRight) {
    const hint = [cause, LENIENT].filter(Boolean).join(' ')
    return { kind: 'passed', statusCode: statusCode ?? undefined, remark: { title, detail: shortened(detail), hint } }
  }
  if (isFailure && terms.standIns.length > 0)
    return { kind: 'unknown', problem: { title, detail, hint: standInHint(terms.standIns) } }
  return failed({ title, detail, hint: cause ?? `Mend the application, or choose another check-path. ${WITHOUT}` })
}

/** What does not fail is shown by its end, where the reason stands; all of it is in the log of `--verbose`. */
function shortened(detail: string): string {
  const lines = detail.split('\n')
  return lines.length <= MOST_REMARK_LINES ? detail : ['…', ...lines.slice(-MOST_REMARK_LINES)].join('\n')
}

const MOST_REMARK_LINES = 15

const LENIENT =
  'The check passes all the same: here is no network, and a page may need it. Set check-path or check-status to make it fail.'

function remarkOn(status: number, { path, host }: CheckTerms): { remark?: Problem } {
  if (status !== 400) return {}
  return {
    remark: {
      title: `GET ${path} was answered with 400 Bad Request`,
      detail: `The request had the Host ${host}.`,
      hint: 'Django answers so for a host that is not in ALLOWED_HOSTS: add it there, or set smoke-host to one that is.',
    },
  }
}

/** The traceback: the framework's own where the log has none. */
function behind(exception: ApplicationError | null, body: string, log: string): string {
  if (/^Traceback \(most recent call last\)/m.test(log)) return joined(log)
  return exception ? joined(log, exception.traceback) : joined(log, body)
}

function raised(error: ApplicationError, log: string, { path }: CheckTerms): Problem {
  return {
    title: `The handler fails on GET ${path}: ${error.type}`,
    detail: joined(log, error.traceback),
    hint: causeOf(error) ?? `Mend the application. ${WITHOUT}`,
  }
}

function malformed(why: string, log: string, { path }: CheckTerms): Problem {
  return {
    title: `Lambda could not send on the answer to GET ${path}: ${why}`,
    detail: joined(log),
    hint: `Mend the application, or choose another check-path. ${WITHOUT}`,
  }
}

function lateImport({ seconds }: CheckTerms, where: string): Problem {
  return {
    title: `The application was not imported within ${seconds} seconds`,
    detail: whereItWas(where),
    hint: `The limit is the setting timeout, 60 seconds without it. What waits for a network waits in vain here: connect on the first request, not on import. ${WITHOUT}`,
  }
}

const whereItWas = (frames: string): string => (frames === '' ? '' : `It was here:\n${frames.trimEnd()}`)

/** By bash's rule: 128 and the number of the signal. */
const SIGNALS: Readonly<Record<number, string>> = {
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  139: 'SIGSEGV',
}

function deadProblem(exitCode: number, log: string, { memory }: CheckTerms): Problem {
  const detail = joined(log)
  if (exitCode === 137)
    return memory === undefined
      ? {
          title: 'Python was killed while the application was imported or answered',
          detail,
          hint: 'Most likely the container engine has too little memory for it. Set memory to what the function has, to find out what it needs.',
        }
      : {
          title: `The application needs more than ${memory} MB, which is the function's memory`,
          detail,
          hint: 'Set memory to more, or load less while the application is imported.',
        }
  const signal = SIGNALS[exitCode]
  return signal === undefined
    ? {
        title: `The application ended Python while it was imported or answered (exit code ${exitCode})`,
        detail,
        hint: `Importing an application, or answering a request, must not end the process. ${WITHOUT}`,
      }
    : {
        title: `Compiled code crashed Python while the application was imported or answered (${signal})`,
        detail,
        hint: `The last lines name the place. Choose another version of that package. ${WITHOUT}`,
      }
}

const MOST_LOG_LINES = 60

/** The end of the log, and what belongs to it. */
function joined(log: string, more = ''): string {
  const lines = log.trim().split('\n')
  return [lines.slice(-MOST_LOG_LINES).join('\n'), more.trim()].filter(Boolean).join('\n')
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''
