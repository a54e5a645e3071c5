import { posix } from 'node:path'
import { distributionOf, recordRows, sourceOf } from '../../wheels/metadata.ts'
import { CONFIGURATION } from '../runtime.ts'
import type { Contents, ZippedFile } from './contents.ts'
import { groupBy } from './group.ts'

export interface Size {
  readonly files: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
}

export interface InspectedDistribution {
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  /** Of its wheel, as in `cp313-cp313-manylinux_2_17_x86_64`. */
  readonly tags: readonly string[]
  /** The text of its `METADATA`. */
  readonly metadata: string
  readonly files: readonly ZippedFile[]
}

/** What a file is there for. */
export type Kind = (typeof KINDS)[number]
export const KINDS = ['application', 'runtime', 'sources', 'bytecode', 'shared libraries', 'data', 'metadata'] as const

/** The files of an artifact by whom they belong to: a distribution's by its `RECORD` (PEP 376), and all others. */
export interface Parts {
  /** Sorted by name. */
  readonly distributions: readonly InspectedDistribution[]
  /** The distribution of a file. */
  readonly ownerOf: (path: string) => string | undefined
  readonly kindOf: (path: string) => Kind
}

export function partsOf({ files, distInfos }: Pick<Contents, 'files' | 'distInfos'>): Parts {
  const owners = new Map<string, string>()
  const isOurs = files.some(({ path }) => path === CONFIGURATION)
  const isRuntime = (path: string): boolean => isOurs && isOfRuntime(path)
  const ofFolder = groupBy(files, ({ path }) => path.slice(0, Math.max(0, path.indexOf('/'))))
  const known = [...distInfos].map(([folder, { metadata, record, wheel }]) => {
    const told = distributionOf(metadata, wheel)
    const [, name = folder, version = ''] = /^(.+?)-([^-]*)\.dist-info$/.exec(folder) ?? []
    const distribution = {
      name: told.name || name.toLowerCase(),
      version: told.version || version,
      tags: told.tags,
      metadata,
    }
    for (const { path } of recordRows(record)) owners.set(posix.normalize(path), distribution.name)
    for (const { path } of ofFolder.get(folder) ?? []) owners.set(path, distribution.name)
    return distribution
  })
  const ownerOf = (path: string): string | undefined =>
    isRuntime(path) ? undefined : (owners.get(path) ?? owners.get(sourceOf(path)))
  const owned = groupBy(files, ({ path }) => ownerOf(path))
  return {
    distributions: known
      .map((distribution) => ({ ...distribution, files: owned.get(distribution.name) ?? [] }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ownerOf,
    kindOf: (path) => (isRuntime(path) ? 'runtime' : kindOf(path, ownerOf(path))),
  }
}

function kindOf(path: string, owner: string | undefined): Kind {
  if (/\.so(?:\.[\d.]+)?$/.test(path)) return 'shared libraries'
  if (owner === undefined) return 'application'
  if (/^[^/]+\.dist-info\//.test(path)) return 'metadata'
  if (path.endsWith('.pyc')) return 'bytecode'
  return path.endsWith('.py') ? 'sources' : 'data'
}

const OWN_FILES: ReadonlySet<string> = new Set([CONFIGURATION, 'wsgi_handler.py', 'serverless_wsgi.py'])

/** Ours, and the bytecode of it. */
function isOfRuntime(path: string): boolean {
  const source = sourceOf(path)
  return source.startsWith('wsgi_lambda/') || OWN_FILES.has(source)
}

export function sizeOf(files: readonly ZippedFile[]): Size {
  return {
    files: files.length,
    zippedBytes: files.reduce((sum, { zippedBytes }) => sum + zippedBytes, 0),
    unzippedBytes: files.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0),
  }
}
