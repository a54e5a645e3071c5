import { shortened } from '../settings/names.ts'
import type { Repository } from './pull.ts'

/** Which preview: of which function, for which pull request of which repository, and where. */
export interface PreviewIdentity extends Repository {
  /** The preview's own function. */
  readonly functionName: string
  /** The function that it is a preview of. */
  readonly base: string
  readonly pull: number
  /**
   * `ACCOUNT/REGION` of the function. What its database and its role are called says nothing of that, and they can be reached from
   * everywhere.
   */
  readonly place: string
}

/** Whose previews, and where: all that one run may look at. */
export type PreviewOwner = Pick<PreviewIdentity, 'host' | 'repositoryId' | 'place'>

/** As people know it. */
export interface NamedPreview extends Pick<PreviewIdentity, 'functionName' | 'base' | 'pull' | 'repository'> {
  /** Where it is. Undefined for a run that knows none: it can make no preview, and only tells why. */
  readonly region: string | undefined
}

/** Lambda API reference, CreateFunction. */
const LONGEST_NAME = 64

/** `<function>-pr-<number>`: the name of the function is shortened where it must be, never the number. */
export function previewName(base: string, pull: number): string {
  return shortened(base, `-pr-${pull}`, LONGEST_NAME)
}

/** Whether it is one of these previews. */
export function isOf(preview: PreviewOwner, owner: PreviewOwner): boolean {
  return preview.host === owner.host && preview.repositoryId === owner.repositoryId && preview.place === owner.place
}

/** @param place `ACCOUNT/REGION` */
export function identityOf(
  base: string,
  { number, host, repositoryId, repository }: Repository & { readonly number: number },
  place: string,
): PreviewIdentity {
  return { functionName: previewName(base, number), base, pull: number, host, repositoryId, repository, place }
}
