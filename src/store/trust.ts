import { readFile } from 'node:fs/promises'

/** What started this run, as GitHub's variables and the event say; all undefined elsewhere. */
export interface Trigger {
  readonly eventName: string | undefined
  /** As in `refs/heads/main`. */
  readonly ref: string | undefined
  readonly defaultBranch: string | undefined
}

/**
 * Whether a run adds to what other repositories build from. Whoever can open a pull request decides what such a run makes, so
 * none ever does. By itself only a run of the default branch does, whose content was reviewed; GitHub starts schedules there alone.
 */
export function mayWriteShared(
  setting: 'auto' | 'true' | 'false',
  { eventName, ref, defaultBranch }: Trigger,
): boolean {
  if (setting === 'false' || eventName?.startsWith('pull_request') === true) return false
  if (setting === 'true' || eventName === 'schedule') return true
  const isOwn = eventName === 'push' || eventName === 'workflow_dispatch'
  return isOwn && defaultBranch !== undefined && ref === `refs/heads/${defaultBranch}`
}

export async function readTrigger(environment: Readonly<Record<string, string | undefined>>): Promise<Trigger> {
  return {
    eventName: environment['GITHUB_EVENT_NAME'],
    ref: environment['GITHUB_REF'],
    defaultBranch: await readDefaultBranch(environment['GITHUB_EVENT_PATH']),
  }
}

/** An event that cannot be read names none: then nothing is written. */
async function readDefaultBranch(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === '') return undefined
  try {
    const event = JSON.parse(await readFile(path, 'utf8')) as { repository?: { default_branch?: unknown } } | null
    const branch = event?.repository?.default_branch
    return typeof branch === 'string' && branch !== '' ? branch : undefined
  } catch {
    return undefined
  }
}
