import { UserError } from '../errors.ts'
import { withoutCredentials } from './credentials.ts'
import type { Pin } from './pins.ts'

/** Normalised, PEP 503. */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
/** The characters of PEP 440 and of the versions that came before it. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.!+_-]*$/
const HASH = /^[a-z0-9_]+:[0-9a-f]+$/i
/** pip ends a line at more characters than a line feed, and an option begins behind a space. */
const BREAK = /[\s\p{Cc}]/u

/**
 * The pins as they are, where each stays one requirement when it is written into a file for pip: a lock that anybody may
 * have changed adds neither a line nor an option. @throws UserError
 */
export function plainPins(pins: readonly Pin[], manifest: string): readonly Pin[] {
  for (const pin of pins) {
    const { name, version, hashes, source, location } = pin
    const wrong = [
      NAME.test(name) ? undefined : name,
      version === undefined || VERSION.test(version) ? undefined : version,
      hashes.find((hash) => !HASH.test(hash)),
      source.kind === 'url' && BREAK.test(source.url) ? source.url : undefined,
    ].find((each) => each !== undefined)
    if (wrong === undefined) continue
    throw unreadable(manifest, wrong, location ?? { file: manifest, line: 1 })
  }
  return pins
}

/** The same for the address of an index. @throws UserError */
export function checkAddress(address: string, manifest: string): void {
  if (BREAK.test(address)) throw unreadable(manifest, address, { file: manifest, line: 1 })
}

function unreadable(manifest: string, text: string, location: Pin['location']): UserError {
  return new UserError({
    title: `${manifest}: ${JSON.stringify(withoutCredentials(text))} is no name, version, hash or address of a distribution`,
    hint: 'No tool writes that: look at who changed the file, and make it anew.',
    location,
  })
}
