import { createHash } from 'node:crypto'

const HASH_CHARACTERS = 8

/** A name that another part of the same length ends. What is too long ends in a hash of it, so that no two become one. */
export function shortened(name: string, ending: string, longest: number, hashSign = '-'): string {
  const most = longest - ending.length
  if (name.length <= most) return name + ending
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARACTERS)
  return name.slice(0, most - hash.length - hashSign.length) + hashSign + hash + ending
}
