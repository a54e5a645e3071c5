import { UserError } from '../errors.ts'
import { withoutCredentials } from './credentials.ts'
import { pinOf } from './locked.ts'
import { holds, type MarkerEnvironment } from './markers.ts'
import type { Pin, PinSource } from './pins.ts'
import { has, type PipOption } from './pip-options.ts'
import type { Entry } from './requirements-list.ts'
import { exactVersion, satisfies } from './versions.ts'

/** Entries whose markers hold. @throws UserError with the line of a marker that cannot be read */
export function activeEntries(entries: readonly Entry[], environment: MarkerEnvironment): readonly Entry[] {
  return entries.filter(({ marker, location }) => {
    try {
      return holds(marker, environment)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const title = `${location.file}, line ${location.line}: ${error.title}`
      throw new UserError({ title, hint: error.hint, location }, { cause: error })
    }
  })
}

/**
 * Whether these lines name everything that is to be installed, so that nothing is left to resolve: all have hashes
 * (pip then takes nothing else), or a tool wrote them, or nothing else is wanted. A version alone proves nothing: who
 * writes `django==5.2` by hand relies on pip for what Django needs.
 */
export function isComplete(
  entries: readonly Entry[],
  { isCompiled, options }: { readonly isCompiled: boolean; readonly options: readonly PipOption[] },
): boolean {
  const isWhole = isCompiled || has(options, '--no-deps') || entries.some(({ hashes }) => hashes.length > 0)
  return (
    entries.length === 0 ||
    (isWhole && entries.every((entry) => isFixed(entry, isCompiled || has(options, '--no-deps'))))
  )
}

function isFixed({ path, name, url, specifier, hashes }: Entry, isWhole: boolean): boolean {
  if (path !== undefined) return true
  if (name === undefined || (hashes.length === 0 && !isWhole)) return false
  return url !== undefined || exactVersion(specifier) !== undefined
}

/** @throws UserError with the first line without a hash, where `--require-hashes` asks for them */
export function checkHashes(entries: readonly Entry[], options: readonly PipOption[]): void {
  const bare = entries.find(({ hashes }) => hashes.length === 0)
  if (bare === undefined || !has(options, '--require-hashes')) return
  const { name, location } = bare
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${name ?? 'the requirement'} has no --hash, and --require-hashes is set`,
    hint: 'Write the file with: uv pip compile --generate-hashes',
    location,
  })
}

/** Entries that name everything, as pins. @param localName tells what a local project is called */
export function pinsOfEntries(
  entries: readonly Entry[],
  constraints: readonly Entry[],
  localName: (entry: Entry) => string,
): readonly Pin[] {
  const pins = new Map<string, Pin>()
  for (const entry of entries) {
    const pin = pinOfEntry(entry, localName)
    const before = pins.get(pin.name)
    if (before) checkSame(before, pin)
    pins.set(pin.name, before ? { ...before, hashes: [...new Set([...before.hashes, ...pin.hashes])] } : pin)
  }
  for (const constraint of constraints) checkConstraint(constraint, pins)
  return [...pins.values()]
}

function pinOfEntry(entry: Entry, localName: (entry: Entry) => string): Pin {
  const { name, specifier, hashes, location } = entry
  const identity = { name: name ?? localName(entry), version: exactVersion(specifier), hashes, location }
  // A requirements file does not tell what asks for what.
  return pinOf(identity, sourceOf(entry), [])
}

export function sourceOf({ path, url, isEditable }: Pick<Entry, 'path' | 'url' | 'isEditable'>): PinSource {
  if (path !== undefined) return { kind: 'local', path, isEditable }
  return url === undefined ? { kind: 'index' } : { kind: 'url', url }
}

function checkSame(one: Pin, other: Pin): void {
  const describe = ({ version, source }: Pin): string =>
    source.kind === 'url' ? withoutCredentials(source.url) : (version ?? '')
  if (describe(one) === describe(other)) return
  throw new UserError({
    title: `${other.name} is asked for twice: ${describe(one)} and ${describe(other)}`,
    hint: 'Keep one of the lines, or give them markers that exclude each other.',
    location: other.location,
  })
}

function checkConstraint({ name = '', specifier, location }: Entry, pins: ReadonlyMap<string, Pin>): void {
  const pin = pins.get(name)
  if (pin?.version === undefined || satisfies(pin.version, specifier)) return
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${name}${specifier} excludes the locked ${name} ${pin.version}`,
    hint: 'Make the locked file anew with this constraint, or drop it.',
    location: pin.location,
  })
}
