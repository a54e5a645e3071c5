import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import type { Builder } from '../builder/builder.ts'
import { rankWheel } from '../platform/tags.ts'
import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'
import { indexLines, requirementLine } from './requirement-lines.ts'

/** Where the best wheel of a pin is published. */
export interface Located {
  readonly filename: string
  readonly url: string
  readonly bytes: number
  /** As in `sha256:…`; what the index says, where the manifest has no hashes. */
  readonly hashes: readonly string[]
}

interface PublishedWheel {
  readonly url: string
  readonly bytes: number
  readonly sha256: string
}

let searches = 0

/**
 * Where the wheels of pins are, by uv, which reads the pages of an index ten times faster than pip. It may leave pins out: of
 * those, and where it fails, pip finds the wheels itself. The choice is pip's, by the tags of the target.
 */
export async function locateWheels(
  pins: readonly Pin[],
  { builder, pipOptions, temporary }: { builder: Builder; pipOptions: readonly string[]; temporary: string },
): Promise<ReadonlyMap<Pin, Located>> {
  const uv = await builder.uvIfThere()
  const wanted = pins.filter(({ source, version }) => source.kind === 'index' && !source.index && version !== undefined)
  if (uv === undefined || wanted.length === 0) return new Map()
  const folder = `locate-${++searches}`
  const local = join(temporary, folder)
  await mkdir(local)
  const lines = [...indexLines(pipOptions), ...wanted.map(requirementLine)]
  await writeFile(join(local, 'requirements.txt'), `${lines.join('\n')}\n`)
  await builder.put(local, folder)
  const options = [
    ...[
      '--quiet',
      '--no-deps',
      '--generate-hashes',
      '--only-binary',
      ':all:',
      '--format',
      'pylock.toml',
      '--no-header',
    ],
    ...['--python-platform', widerPlatform(builder), '--python-version', builder.pythonVersion],
    // As pip looks: in all indexes for the best one, and not in the first that has the name.
    ...['--python', builder.python, '--index-strategy', 'unsafe-best-match'],
  ]
  const { exitCode, stdout } = await builder.run([uv, 'pip', 'compile', `${folder}/requirements.txt`, ...options])
  if (exitCode !== 0) return new Map()
  const published = publishedWheels(stdout)
  return new Map(
    wanted.flatMap((pin) => {
      const best = bestWheel(published.get(`${pin.name}==${pin.version ?? ''}`) ?? [], builder)
      if (!best) return []
      const hash = `sha256:${best.sha256}`
      const located = { filename: filenameOf(best.url), url: best.url, bytes: best.bytes }
      if (pin.hashes.length > 0 && !pin.hashes.includes(hash)) return [] // It has another kind of hash: pip compares.
      return [[pin, { ...located, hashes: [hash] }] as const]
    }),
  )
}

/** uv has no name for glibc 2.26: with a wider one it lists the wheels for it too, among others that are not taken. */
function widerPlatform({ target }: Builder): string {
  return target.uvPlatform.replace('manylinux_2_17', 'manylinux_2_28')
}

/** By name and version. Format: PEP 751. */
function publishedWheels(pylock: string): ReadonlyMap<string, readonly PublishedWheel[]> {
  return new Map(
    packagesOf(pylock).map(({ name, version, wheels }) => [
      `${normalise(name)}==${version ?? ''}`,
      (wheels ?? []).flatMap(({ url, size, hashes }) =>
        url?.startsWith('https://') && hashes?.sha256 ? [{ url, bytes: size ?? 0, sha256: hashes.sha256 }] : [],
      ),
    ]),
  )
}

interface LockedPackage {
  readonly name: string
  readonly version?: string
  readonly wheels?: readonly { url?: string; size?: number; hashes?: { sha256?: string } }[]
}

function packagesOf(pylock: string): readonly LockedPackage[] {
  try {
    return (parse(pylock) as { packages?: readonly LockedPackage[] }).packages ?? []
  } catch {
    return [] // Whatever another uv says: pip is slower, and as right.
  }
}

/** The one that pip takes; undefined where two are as good, or none is for the target. */
function bestWheel(wheels: readonly PublishedWheel[], { target }: Builder): PublishedWheel | undefined {
  const ranked = wheels.flatMap((wheel) => {
    const rank = rankWheel(filenameOf(wheel.url), target)
    return rank === undefined ? [] : [{ wheel, rank }]
  })
  const [best, second] = ranked.toSorted((a, b) => a.rank - b.rank)
  return best && best.rank !== second?.rank ? best.wheel : undefined
}

function filenameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '')
}
