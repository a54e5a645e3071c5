/** What a person has to know to get past a failure: what failed, why, and what to do. */
export interface Problem {
  /** What failed, in one line. */
  readonly title: string
  /** Why: the tool's own words, the value that was given, the traceback. */
  readonly detail?: string | undefined
  /** What to do about it. */
  readonly hint?: string | undefined
  /** Everything that a program printed, when the log has it already: for a summary. `detail` then has the end of it. */
  readonly output?: string | undefined
  /** The line of the user's that it is about, for an annotation. `file` is relative to the project. */
  readonly location?: { readonly file: string; readonly line: number } | undefined
}

/** A failure that the user can mend. It is printed without a stack; any other error is a bug of ours. */
export class UserError extends Error implements Problem {
  override readonly name: string = 'UserError'
  readonly title: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly output: string | undefined
  readonly location: Problem['location']
  /** What the program ends with: 1 it failed, 2 the settings or arguments are wrong, 125 a remote command never ran. */
  readonly exitCode: number

  constructor(problem: Problem, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(problem.title, { cause })
    this.title = problem.title
    this.detail = problem.detail
    this.hint = problem.hint
    this.output = problem.output
    this.location = problem.location
    this.exitCode = exitCode
  }
}

/** Several failures of one step, reported together, so that none has to be met one run after the other. */
export class SeveralErrors extends UserError {
  override readonly name: string = 'SeveralErrors'
  readonly problems: readonly Problem[]

  constructor(
    problems: readonly Problem[],
    title: string,
    { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {},
  ) {
    const [first] = problems
    const only = problems.length === 1 ? first : undefined
    super({ title: only?.title ?? title, detail: only?.detail, hint: only?.hint }, { exitCode, cause })
    this.problems = problems
  }
}

/** The same failure, which also says what has become of what it interrupted. */
export function withOutcome(error: UserError, outcome: string, exitCode: number): UserError {
  const options = { exitCode, cause: error }
  const joined = (hint: string | undefined): string => [hint, outcome].filter(Boolean).join(' ')
  if (error instanceof SeveralErrors) {
    const [last, ...others] = error.problems.toReversed()
    const problems = [...others.toReversed(), { title: error.title, ...last, hint: joined(last?.hint) }]
    return new SeveralErrors(problems, error.title, options)
  }
  const { title, detail, hint, output } = error
  return new UserError({ title, detail, hint: joined(hint), output }, options)
}

/** Every mistake in the settings or arguments, reported together. Exit code 2. */
export class SettingsError extends SeveralErrors {
  override readonly name = 'SettingsError'

  constructor(problems: readonly Problem[]) {
    super(problems, `${problems.length} settings are wrong`, { exitCode: 2 })
  }
}
