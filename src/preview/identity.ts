import { createHash } from 'node:crypto'

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
const HASH_CHARACTERS = 8

/** `<function>-pr-<number>`: the name of the function is shortened where it must be, never the number. */
export function previewName(base: string, pull: number): string {
  return shortened(base, `-pr-${pull}`, LONGEST_NAME)
}

/** A name that another part of the same length ends. What is too long ends in a hash of it, so that no two become one. */
export function shortened(name: string, ending: string, longest: number, hashSign = '-'): string {
  const most = longest - ending.length
  if (name.length <= most) return name + ending
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARACTERS)
  return name.slice(0, most - hash.length - hashSign.length) + hashSign + hash + ending
}

/** @param pull of which the number and the repository are known */
export function identityOf(
  base: string,
  pull: { readonly number: number; readonly repositoryId: string; readonly repository: string },
): PreviewIdentity {
  const { number, repositoryId, repository } = pull
  return { functionName: previewName(base, number), base, pull: number, repositoryId, repository }
}
