import type { GitHubApi } from '../../github/api.ts'
import { type NamedPreview, previewName } from '../identity.ts'
import type { AnnouncePlace } from './facts.ts'
import { hasMarker, markerOf } from './marker.ts'
import { isOfRegion } from './region.ts'

const LONGEST_SEARCH_MS = 10_000

/**
 * The previews of a region that comments and deployments of ours on a pull request tell of: a run that was killed may have left
 * either alone.
 * @param environment whose deployments are looked at; undefined where none are made
 * @returns also those that are said to be gone; none where GitHub does not say
 */
export async function previewsToldOf(
  { pull, repository, region }: Pick<NamedPreview, 'pull' | 'repository' | 'region'>,
  environment: AnnouncePlace['environment'],
  github: GitHubApi,
): Promise<readonly NamedPreview[]> {
  const asked = github.within(LONGEST_SEARCH_MS)
  const [comments, deployments] = await Promise.all([
    asked.comments(pull).catch(() => []),
    environment === undefined ? [] : asked.deploymentsOf(environment, pull).catch(() => []),
  ])
  const identityOf = (base: string): NamedPreview => ({
    functionName: previewName(base, pull),
    ...{ base, pull, repository, region },
  })
  const commented = comments.flatMap(({ body, isOurs }) => {
    const base = isOurs ? baseIn(body) : undefined
    if (base === undefined) return []
    const markers = [region, undefined].map((each) => markerOf({ base, pull, region: each }))
    return markers.some((marker) => hasMarker(body, marker)) ? [identityOf(base)] : []
  })
  const deployed = deployments
    .filter((deployment) => isOfRegion(deployment, region))
    .map(({ preview }) => identityOf(preview))
  return [...new Map([...commented, ...deployed].map((identity) => [identity.base, identity])).values()]
}

function baseIn(body: string): string | undefined {
  return /^<!-- wsgi-lambda:preview function=([\w-]+) /.exec(body)?.[1]
}
