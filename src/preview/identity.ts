import { shortened } from '../settings/names.ts'

/** Which preview: of which function, for which pull request of which repository. */
export interface PreviewIdentity {
  /** The preview's own function. */
  readonly functionName: string
  /** The function that it is a preview of. */
  readonly base: string
  readonly pull: number
  readonly repositoryId: string
  /** OWNER/NAME, for people. */
  readonly repository: string
}

/** Lambda API reference, CreateFunction. */
const LONGEST_NAME = 64

/** `<function>-pr-<number>`: the name of the function is shortened where it must be, never the number. */
export function previewName(base: string, pull: number): string {
  return shortened(base, `-pr-${pull}`, LONGEST_NAME)
}

/** @param pull of which the number and the repository are known */
export function identityOf(
  base: string,
  pull: { readonly number: number; readonly repositoryId: string; readonly repository: string },
): PreviewIdentity {
  const { number, repositoryId, repository } = pull
  return { functionName: previewName(base, number), base, pull: number, repositoryId, repository }
}
