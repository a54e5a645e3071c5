import type { Comment, GitHubApi } from '../../github/api.ts'
import { GitHubError } from '../../github/errors.ts'
import { hasMarker } from './marker.ts'

/** The one comment of ours on a pull request: created once, then only ever updated. */
export interface StickyComment {
  /**
   * @param github whose calls end in time
   * @param isNews false where only a comment that is there already, and says something else, is changed
   */
  write(github: GitHubApi, body: string, isNews?: boolean): Promise<void>
}

/** @param marker what its body begins with */
export function stickyComment(pull: number, marker: string): StickyComment {
  let known: number | undefined

  async function find(github: GitHubApi): Promise<readonly Comment[]> {
    const comments = await github.comments(pull)
    return comments.filter(({ body, isOurs }) => isOurs && hasMarker(body, marker)).toSorted((a, b) => a.id - b.id)
  }

  async function update(github: GitHubApi, id: number, body: string): Promise<boolean> {
    try {
      await github.updateComment(id, body)
      known = id
      return true
    } catch (error) {
      if (!(error instanceof GitHubError) || !error.isMissing) throw error
      known = undefined
      return false
    }
  }

  async function findAndWrite(github: GitHubApi, body: string, isNews: boolean): Promise<void> {
    const [found] = await find(github)
    if (found && !isNews && headingOf(found.body) === headingOf(body)) return
    if (found && (await update(github, found.id, body))) return
    if (!isNews) return
    const created = await github.createComment(pull, body)
    const [oldest] = await find(github)
    if (!oldest || oldest.id >= created) {
      known = created
      return
    }
    // Another run was faster by a moment: what it has created is the one, and is as new as this.
    await update(github, oldest.id, body)
    await github.updateComment(created, 'The preview is told of in the comment above.')
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

/** What a comment says in one line. */
function headingOf(body: string): string | undefined {
  return /^### .*$/m.exec(body)?.[0].trim()
}
