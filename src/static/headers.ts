import { lookup } from 'mrmime'
import type { StaticFile } from './static-files.ts'

/** What S3 answers with, besides the content. */
export interface StaticHeaders {
  readonly contentType: string
  readonly cacheControl: string
  readonly contentEncoding: string | undefined
}

const FOR_EVER = 'public, max-age=31536000, immutable'
const SHORTLY = 'public, max-age=300'

const ENCODINGS: Readonly<Record<string, string>> = { '.gz': 'gzip', '.br': 'br' }

/** What is text although its type does not begin with it. */
const TEXTUAL =
  /^(?:text\/|application\/(?:json|javascript|xml|manifest\+json|[\w.-]+\+(?:json|xml))$|image\/svg\+xml$)/

/** @param paths all files of the set: beside `site.css`, `site.css.gz` is that file compressed; alone, it is an archive */
export function headersOf({ path, isImmutable }: StaticFile, paths: ReadonlySet<string>): StaticHeaders {
  const suffix = path.slice(-3)
  const plain = path.slice(0, -3)
  const contentEncoding = paths.has(plain) ? ENCODINGS[suffix] : undefined
  const type = lookup(contentEncoding === undefined ? path : plain) ?? 'application/octet-stream'
  return {
    contentType: TEXTUAL.test(type) ? `${type}; charset=utf-8` : type,
    cacheControl: isImmutable ? FOR_EVER : SHORTLY,
    contentEncoding,
  }
}

/** Twelve hexadecimal digits and more between two dots, or a dash and a dot: no date, no version, no word looks like it. */
const HASHED = /[.-](?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{12,64}\.[^/]+$/

/** @param hashed names that a manifest says to be hashed; undefined without one */
export function isImmutableName(path: string, hashed: ReadonlySet<string> | undefined): boolean {
  const plain = path.replace(/\.(?:gz|br)$/, '')
  return hashed === undefined ? HASHED.test(plain) : hashed.has(plain) || hashed.has(path)
}
