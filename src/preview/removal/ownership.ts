import type { PreviewApi } from '../../aws/previews.ts'
import type { Tags } from '../../aws/tags.ts'
import type { Problem } from '../../errors.ts'
import { type PreviewIdentity, previewName } from '../identity.ts'
import { isSamePreview, type PreviewTags, readTags } from '../tags.ts'

/** What stands under the name of a preview. */
export type Found =
  | { readonly state: 'missing' }
  | { readonly state: 'ours'; readonly arn: string; readonly tags: PreviewTags }
  | { readonly state: 'foreign'; readonly problem: Problem }

export async function findPreview(identity: PreviewIdentity, previews: PreviewApi): Promise<Found> {
  const found = await previews.readFunction(identity.functionName)
  if (found === undefined) return { state: 'missing' }
  const tags = readTags(identity.functionName, found.tags)
  if (tags && isSamePreview(tags, identity)) return { state: 'ours', arn: found.arn, tags }
  return { state: 'foreign', problem: notOurs(identity, tags) }
}

/** Whether the tags of something beside the function say that it was made for this preview. */
export function belongsTo(tags: Tags, identity: PreviewIdentity): boolean {
  const read = readTags(identity.functionName, tags)
  return read !== undefined && isSamePreview(read, identity)
}

/** Of something beside a function, the preview that it was made for; undefined where it was made for none. */
export function ownerOf(tags: Tags): PreviewTags | undefined {
  const [base, pull] = [tags['wsgi-lambda:preview'], Number(tags['wsgi-lambda:pr'])]
  return base === undefined ? undefined : readTags(previewName(base, pull), tags)
}

function notOurs({ functionName, pull, repository }: PreviewIdentity, tags: PreviewTags | undefined): Problem {
  return {
    title: `The function ${functionName} is no preview of pull request ${pull}${repository && ` of ${repository}`}: it was left as it is`,
    detail:
      tags === undefined
        ? 'Its tags do not say that wsgi-lambda has made it as a preview.'
        : `Its tags say: pull request ${tags.pull} of ${tags.base}, repository ${tags.repositoryId} (${tags.repository}).`,
    hint: 'If it is a preview whose tags somebody has changed, remove it by hand: aws lambda delete-function.',
  }
}
