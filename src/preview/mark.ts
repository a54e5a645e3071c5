import { createHash } from 'node:crypto'
import type { Tags } from '../aws/tags.ts'
import type { PreviewIdentity, PreviewOwner } from './identity.ts'
import { readTags } from './tags.ts'

type Marked = Pick<PreviewIdentity, 'functionName' | 'pull'> & PreviewOwner

/**
 * Whose something is that can have no tags, such as the files in a bucket: of which preview of which repository, and where. A
 * digest, since anybody may read those files. Where the function is gone, it is what proves that they are ours.
 */
export function previewMark({ functionName, pull, place, host, repositoryId }: Marked): string {
  return createHash('sha256')
    .update(JSON.stringify([functionName, pull, place, host, repositoryId]))
    .digest('hex')
    .slice(0, MARK_CHARACTERS)
}

const MARK_CHARACTERS = 32

interface MarkedRelease {
  readonly functionName: string
  /** Of the function. */
  readonly tags: Tags
}

/** The mark of what a release makes; undefined where the function is no preview. */
export function markOfRelease({ functionName, tags }: MarkedRelease): string | undefined {
  const preview = readTags(functionName, tags)
  return preview && previewMark(preview)
}

/** The number of the pull request in the name of a preview. */
export function pullInName(functionName: string): number | undefined {
  const [, number] = /-pr-([1-9]\d{0,9})$/.exec(functionName) ?? []
  return number === undefined ? undefined : Number(number)
}
