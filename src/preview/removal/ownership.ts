import type { PreviewApi } from '../../aws/previews.ts'
import type { Tags } from '../../aws/tags.ts'
import type { Problem } from '../../errors.ts'
import { type PreviewIdentity, type PreviewOwner, previewName } from '../identity.ts'
import { isSamePreview, type PreviewTags, readTags } from '../tags.ts'

/** Whose previews are looked for. */
export interface OwnerOfPull extends PreviewOwner {
  /** Only those of this pull request; undefined for all. */
  readonly pull: number | undefined
}

/** What stands under the name of a preview. */
export type Found =
  | { readonly state: 'missing' }
  | { readonly state: 'ours'; readonly arn: string; readonly tags: PreviewTags }
  | { readonly state: 'foreign'; readonly problem: Problem }

export async function findPreview(identity: PreviewIdentity, previews: PreviewApi): Promise<Found> {
  const found = await previews.readFunction(identity.functionName)
  if (found === undefined) return { state: 'missing' }
  const tags = ownTags(identity, found.tags)
  if (tags) return { state: 'ours', arn: found.arn, tags }
  return { state: 'foreign', problem: notOurs(identity, found.tags) }
}

/** What the tags of the preview's function, or of something beside it, say; undefined where they do not prove that it is of this one. */
export function ownTags(identity: PreviewIdentity, found: Tags): PreviewTags | undefined {
  const tags = readTags(identity.functionName, found)
  return tags && isSamePreview(tags, identity) ? tags : undefined
}

/** Of something beside a function, the preview that it was made for; undefined where it was made for none. */
export function ownerOf(tags: Tags): PreviewTags | undefined {
  const [base, pull] = [tags['wsgi-lambda:preview'], Number(tags['wsgi-lambda:pr'])]
  return base === undefined ? undefined : readTags(previewName(base, pull), tags)
}

/** A function that has the name of the preview, and is left alone. */
export function notOurs({ functionName, pull, repository }: PreviewIdentity, found: Tags): Problem {
  return {
    title: `The function ${functionName} is no preview of pull request ${pull}${repository && ` of ${repository}`}: it was left as it is`,
    detail: ownerText(readTags(functionName, found)),
    hint: 'Choose another function-name, or rename that function. A preview whose tags somebody has changed is removed by hand: aws lambda delete-function.',
  }
}

function ownerText(tags: PreviewTags | undefined): string {
  if (tags === undefined) return 'Its tags do not say that wsgi-lambda has made it as a preview.'
  const { pull, base, repositoryId, repository, host, place } = tags
  return `Its tags say: pull request ${pull} of ${base}, repository ${repositoryId} (${repository}) of ${host}, in ${place}.`
}
