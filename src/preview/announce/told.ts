import type { GitHubApi } from '../../github/api.ts'
import { type NamedPreview, previewName } from '../identity.ts'
import { hasMarker, markerOf } from './marker.ts'

const LONGEST_SEARCH_MS = 10_000

/** The previews that comments of ours on a pull request tell of; none where GitHub does not say. */
export async function previewsToldOf(
  pull: number,
  repository: string,
  github: GitHubApi,
): Promise<readonly NamedPreview[]> {
  const comments = await github
    .within(LONGEST_SEARCH_MS)
    .comments(pull)
    .catch(() => [])
  const told = comments.flatMap(({ body, isOurs }) => (isOurs ? (identityIn(body, pull, repository) ?? []) : []))
  return [...new Map(told.map((identity) => [identity.base, identity])).values()]
}

function identityIn(body: string, pull: number, repository: string): NamedPreview | undefined {
  const name = /^<!-- wsgi-lambda:preview function=([\w-]+) /.exec(body)?.[1]
  if (name === undefined) return undefined
  const identity = { functionName: previewName(name, pull), base: name, pull, repository }
  return hasMarker(body, markerOf(identity)) ? identity : undefined
}
