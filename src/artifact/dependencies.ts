import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { UserError } from '../errors.ts'
import { byPath, type Entry } from './entry.ts'
import { type Distribution, distributionOf, recordRows, sourceOf } from './metadata.ts'

export interface Dependencies {
  readonly entries: readonly Entry[]
  /** Sorted by name. */
  readonly distributions: readonly Distribution[]
}

/** Written by installers at the root of a target folder; nothing on Lambda reads them. */
const NOT_DEPENDENCIES = [/^\.lock$/, /^bin\//]
/** Tests of a distribution. Not `test`: that is part of some packages' interface (`django.test`). */
const TESTS = /(?:^|\/)tests\//
/** About the installation rather than the distribution. */
const INSTALLATION_RECORDS = /\.dist-info\/(?:direct_url\.json|uv_cache\.json|INSTALLER|REQUESTED)$/

/** What a folder of installed distributions (`pip install --target`) contributes to an artifact. */
export async function dependencyEntries(folder: string): Promise<Dependencies> {
  const paths = (await filesBelow(folder)).filter((path) => !isLeftOut(path))
  const kept = new Set(paths)
  const distributions: Distribution[] = []
  const owners = new Map<string, string>()
  const rewritten = new Map<string, Uint8Array>()
  for (const path of paths.filter((path) => /^[^/]+\.dist-info\/METADATA$/.test(path))) {
    const info = posix.dirname(path)
    const distribution = await readDistribution(folder, info)
    distributions.push(distribution)
    const records = recordRows(await readFile(join(folder, info, 'RECORD'), 'utf8').catch(() => ''))
    for (const { path: owned } of records) owners.set(owned, distribution.name)
    const lines = records
      .filter((record) => kept.has(record.path))
      .toSorted(byPath)
      .map(({ line }) => `${line}\n`)
    rewritten.set(`${info}/RECORD`, Buffer.from(lines.join('')))
  }
  const entries = paths.map((path): Entry => {
    const bytes = rewritten.get(path)
    const owner = owners.get(path) ?? owners.get(sourceOf(path))
    const content = bytes ? { bytes } : { file: join(folder, path) }
    return { path, mode: modeOf(path), content, ...(owner === undefined ? {} : { distribution: owner }) }
  })
  return { entries, distributions: distributions.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

/**
 * Refuses what was compiled on the way for a C library that may be newer than the target's: such a wheel is tagged
 * `linux_…`, which promises nothing (PEP 600 is what promises).
 */
export function refuseLocallyCompiled(
  distributions: readonly Distribution[],
  { compilesFor, description }: { compilesFor: boolean; description: string },
): void {
  if (compilesFor) return
  const local = distributions.filter(({ tags }) => tags.some((tag) => /-linux_\w+$/.test(tag)))
  if (local.length === 0) return
  throw new UserError({
    title: `${local.map(({ name, version }) => `${name} ${version}`).join(', ')}: compiled here, which may not load on Lambda`,
    detail: `There is no published wheel, and the C library of the builder (${description}) is not the runtime's.`,
    hint: "Use builder: docker with AWS's own Lambda image, or a version or variant that has a wheel.",
  })
}

function isLeftOut(path: string): boolean {
  return TESTS.test(path) || INSTALLATION_RECORDS.test(path) || NOT_DEPENDENCIES.some((pattern) => pattern.test(path))
}

/** Shared objects are mapped, not executed, but tools expect the bit; scripts are called through Python. */
function modeOf(path: string): Entry['mode'] {
  return /\.so(?:\.\d+)*$/.test(path) ? 0o755 : 0o644
}

async function readDistribution(folder: string, info: string): Promise<Distribution> {
  const [metadata, wheel] = await Promise.all(
    ['METADATA', 'WHEEL'].map((name) => readFile(join(folder, info, name), 'utf8')),
  )
  return distributionOf(metadata ?? '', wheel ?? '')
}

async function filesBelow(folder: string, path = ''): Promise<string[]> {
  const children = await readdir(join(folder, path), { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && path === '') return [] // No requirement, no folder.
    throw error
  })
  const nested = await Promise.all(
    children.map(async (child) => {
      const childPath = path === '' ? child.name : `${path}/${child.name}`
      return child.isDirectory() ? await filesBelow(folder, childPath) : [childPath]
    }),
  )
  return nested.flat()
}
