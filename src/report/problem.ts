import { type Problem, SeveralErrors, UserError } from '../errors.ts'

/** Detail and hint below a title, indented. */
export function explanation({ detail, hint }: Problem): string[] {
  return [...(detail === undefined || detail === '' ? [] : detail.split('\n')), ...(hint === undefined ? [] : [hint])]
}

/** Failures of the machine that any file access can meet, by their POSIX names. */
const SYSTEM_ADVICE: Readonly<Record<string, Problem | undefined>> = {
  ENOSPC: { title: 'The disk is full', hint: 'Make room, or choose another place with output, store or TMPDIR.' },
  EDQUOT: {
    title: 'The disk quota is used up',
    hint: 'Make room, or choose another place with output, store or TMPDIR.',
  },
  EROFS: { title: 'The file system is read-only', hint: 'Choose another place with output, store or TMPDIR.' },
  ENOTDIR: { title: 'A part of the path is a file, not a folder', hint: 'Check output and store.' },
  EEXIST: { title: 'A part of the path is a file, not a folder', hint: 'Check output and store.' },
  EACCES: {
    title: 'A file or folder may not be accessed',
    hint: 'Check its permissions, or choose another place with output, store or TMPDIR.',
  },
  EPERM: {
    title: 'A file or folder belongs to somebody else',
    hint: 'Check its owner, or choose another place with output, store or TMPDIR.',
  },
  EISDIR: { title: 'A folder stands where a file is needed', hint: 'Check output: it names the zip, not its folder.' },
  ENFILE: { title: 'Too many files are open on this machine', hint: 'End what has them open and run again.' },
  EMFILE: { title: 'Too many files are open', hint: 'Raise the limit (ulimit -n) and run again.' },
}

/** Whatever was thrown, as problems to show and the exit code to end with. Anything but a UserError is a bug. */
export function problemsOf(error: unknown): {
  problems: readonly Problem[]
  exitCode: number
  stack: string | undefined
} {
  if (error instanceof SeveralErrors) return { problems: error.problems, exitCode: error.exitCode, stack: undefined }
  if (error instanceof UserError) return { problems: [error], exitCode: error.exitCode, stack: undefined }
  const message = error instanceof Error ? error.message : String(error)
  const advice = systemAdvice(error as NodeJS.ErrnoException | null | undefined)
  if (advice !== undefined) return { problems: [{ ...advice, detail: message }], exitCode: 1, stack: undefined }
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

function systemAdvice(error: NodeJS.ErrnoException | null | undefined): Problem | undefined {
  if (error?.code === 'ENOENT' && error.syscall === 'mkdtemp')
    return { title: 'The folder for temporary files is not there', hint: 'Make it, or set TMPDIR to one that is.' }
  return SYSTEM_ADVICE[error?.code ?? '']
}
