import type { Comment, GitHubApi } from '../../github/api.ts'
import { GitHubError } from '../../github/errors.ts'
import { hasMarker } from './marker.ts'

interface Found {
  /** The oldest. */
  readonly own: Comment | undefined
  readonly old: readonly Comment[]
}

/** The one comment of ours on a pull request: created once, then only ever updated. */
export interface StickyComment {
  /**
   * @param github whose calls end in time
   * @param isNews false where only a comment that is there already, and says something else, is changed
   */
  write(github: GitHubApi, body: string, isNews?: boolean): Promise<void>
}

const ELSEWHERE = 'What stood here is told in another comment of this conversation.'

/**
 * @param marker what its body begins with
 * @param replaced what the body of a comment begins with that is out of date as soon as this one is there
 */
export function stickyComment(pull: number, marker: string, replaced?: string): StickyComment {
  let known: number | undefined

  async function find(github: GitHubApi): Promise<Found> {
    const ours = (await github.comments(pull)).filter(({ isOurs }) => isOurs).toSorted((a, b) => a.id - b.id)
    const of = (wanted: string): Comment[] => ours.filter(({ body }) => hasMarker(body, wanted))
    return { own: of(marker)[0], old: replaced === undefined ? [] : of(replaced) }
  }

  async function update(github: GitHubApi, id: number, body: string): Promise<boolean> {
    const isThere = await change(github, id, body)
    known = isThere ? id : undefined
    return isThere
  }

  async function findAndWrite(github: GitHubApi, body: string, isNews: boolean): Promise<void> {
    const { own, old } = await find(github)
    const found = own ?? (isNews ? undefined : old[0])
    if (found && !isNews && headingOf(found.body) === headingOf(body)) return
    const isWritten = found !== undefined && (await update(github, found.id, body))
    if (!isWritten && !isNews) return
    if (!isWritten) await create(github, body)
    for (const { id } of old) if (id !== found?.id) await change(github, id, ELSEWHERE)
  }

  async function create(github: GitHubApi, body: string): Promise<void> {
    const created = await github.createComment(pull, body)
    const { own: oldest } = await find(github)
    if (!oldest || oldest.id >= created) {
      known = created
      return
    }
    // Another run was faster by a moment: what it has created is the one, and is as new as this.
    await update(github, oldest.id, body)
    await github.updateComment(created, ELSEWHERE)
  }

  return {
    write: async (github, body, isNews = true) => {
      if (known !== undefined && (await update(github, known, body))) return
      try {
        await findAndWrite(github, body, isNews)
      } catch (error) {
        if (!(error instanceof GitHubError) || !error.mayHaveHappened) throw error
        await findAndWrite(github, body, isNews)
      }
    },
  }
}

/** @returns whether it is there */
async function change(github: GitHubApi, id: number, body: string): Promise<boolean> {
  try {
    await github.updateComment(id, body)
    return true
  } catch (error) {
    if (!(error instanceof GitHubError) || !error.isMissing) throw error
    return false
  }
}

/** What a comment says in one line. */
function headingOf(body: string): string | undefined {
  return /^### .*$/m.exec(body)?.[0].trim()
}
