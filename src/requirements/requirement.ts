import { normalise } from './files.ts'
import { isSpecifier } from './versions.ts'

/** What something asks for: PEP 508. */
export interface Requirement {
  /** Normalised. */
  readonly name: string
  /** Normalised. */
  readonly extras: readonly string[]
  /** PEP 440; empty where every version will do. Of Poetry's, alternatives have `||` between them. */
  readonly specifier: string
  /** Instead of a specifier: where it comes from. */
  readonly url: string | undefined
  readonly marker: string | undefined
}

/** Undefined where the text is no requirement with a name. */
export function parseRequirement(text: string): Requirement | undefined {
  const parts = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s.exec(text.trim())
  if (!parts) return undefined
  const [, name = '', extras = '', rest = ''] = parts
  const common = { name: normalise(name), extras: namesIn(extras) }
  // A URL may have a semicolon in it: a marker needs a space before.
  const direct = /^@\s*(\S+?)(?:\s+;(.*)|\s*;\s+(.*))?$/s.exec(rest)
  if (direct?.[1] !== undefined)
    return { ...common, specifier: '', url: direct[1], marker: nonEmpty(direct[2] ?? direct[3]) }
  const [specifier = '', ...marker] = rest.split(';')
  const bare = specifier.trim().replace(/^\((.*)\)$/s, '$1')
  if (!isSpecifier(bare)) return undefined
  return { ...common, specifier: bare.trim(), url: undefined, marker: nonEmpty(marker.join(';')) }
}

/** The requirement in the words of PEP 508. */
export function requirementText({ name, extras, specifier, url, marker }: Requirement): string {
  const wanted = `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}`
  const which = url === undefined ? specifier : ` @ ${url}`
  return `${wanted}${which}${marker === undefined ? '' : ` ; ${marker}`}`
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => normalise(name.trim()))
    .filter((name) => name !== '')
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? undefined : trimmed
}

/** Name and version that the file name of an archive tells: PEP 427 for wheels, PEP 625 for source distributions. */
export function archiveIdentity(url: string): { readonly name: string; readonly version: string } | undefined {
  const file = decodeURIComponent(url.replace(/[?#].*$/, '').replace(/^.*\//, ''))
  const wheel = /^([\w.]+)-([\w.!+]+)(?:-\d[\w.]*)?-[\w.]+-[\w.]+-[\w.]+\.whl$/.exec(file)
  const source = /^([A-Za-z0-9][\w.-]*?)-(\d[\w.!+-]*?)\.(?:tar\.gz|zip|tar\.bz2|tgz)$/.exec(file)
  const [, name, version] = wheel ?? source ?? []
  return name !== undefined && version !== undefined ? { name: normalise(name), version } : undefined
}

/** Address of a repository, as pip writes it. */
export function isRepository(url: string): boolean {
  return /^(?:git|hg|svn|bzr)\+/.test(url)
}

/** The name that a fragment tells: `#egg=name`. */
export function eggName(url: string): string | undefined {
  const egg = /[#&]egg=([A-Za-z0-9][\w.-]*)/.exec(url)?.[1]
  return egg === undefined ? undefined : normalise(egg)
}
