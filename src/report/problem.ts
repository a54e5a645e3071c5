import { type Problem, SettingsError, UserError } from '../errors.ts'

/** Detail and hint below a title, indented. */
export function explanation({ detail, hint }: Problem): string[] {
  return [...(detail === undefined || detail === '' ? [] : detail.split('\n')), ...(hint === undefined ? [] : [hint])]
}

/** Whatever was thrown, as problems to show and the exit code to end with. Anything but a UserError is a bug. */
export function problemsOf(error: unknown): {
  problems: readonly Problem[]
  exitCode: number
  stack: string | undefined
} {
  if (error instanceof SettingsError) return { problems: error.problems, exitCode: error.exitCode, stack: undefined }
  if (error instanceof UserError) return { problems: [error], exitCode: error.exitCode, stack: undefined }
  const message = error instanceof Error ? error.message : String(error)
  return {
    problems: [
      {
        title: `This is a defect of wsgi-lambda: ${message}`,
        hint: 'Please report it with what you ran: https://github.com/OWNER/wsgi-lambda/issues (--verbose shows the stack).',
      },
    ],
    exitCode: 1,
    stack: error instanceof Error ? error.stack : undefined,
  }
}
