import type { Target } from './target.ts'

/** The parts of the tags of wheels that load on a target (PEP 425), best first. `any` goes without saying. */
export interface WheelTags {
  readonly platforms: readonly string[]
  readonly abis: readonly string[]
}

/** The older names of three policies (PEP 600, "Legacy manylinux tags"), by glibc's minor version. */
const LEGACY: Readonly<Record<number, string>> = { 17: 'manylinux2014', 12: 'manylinux2010', 5: 'manylinux1' }

/** The first glibc that has a policy: 2.5 is manylinux1's, 2.17 is the first with 64 bit ARM. */
const OLDEST_GLIBC = { x86_64: 5, arm64: 17 } as const

/** The processor as wheels name it. */
const MACHINE = { x86_64: 'x86_64', arm64: 'aarch64' } as const

/**
 * Every manylinux tag from the target's glibc downwards. A plain `linux_…` is not among them: it promises nothing about
 * the system that it needs.
 */
export function wheelTags({ pythonMinor, architecture, glibc }: Target): WheelTags {
  const newest = Number(glibc.split('.')[1])
  const minors = Array.from({ length: newest - OLDEST_GLIBC[architecture] + 1 }, (_, index) => newest - index)
  const names = minors.flatMap((minor) => [
    `manylinux_2_${minor}`,
    ...(LEGACY[minor] === undefined ? [] : [LEGACY[minor]]),
  ])
  return {
    platforms: names.map((name) => `${name}_${MACHINE[architecture]}`),
    abis: [`cp${pythonMinor.replace('.', '')}`, 'abi3', 'none'],
  }
}

/**
 * Options with which pip chooses the target's wheels, whatever machine and Python it runs on.
 *
 * @param pythonVersion the full one, as in `3.13.5`: `Requires-Python` may name a patch release
 */
export function pipTargetOptions(target: Target, pythonVersion: string): string[] {
  const { platforms, abis } = wheelTags(target)
  return [
    ...['--only-binary', ':all:', '--implementation', 'cp', '--python-version', pythonVersion],
    ...abis.flatMap((abi) => ['--abi', abi]),
    ...platforms.flatMap((platform) => ['--platform', platform]),
  ]
}

/**
 * How far down a wheel stands in pip's order of what it supports, with those options: the least is the best. Undefined
 * where it does not load on the target. Source: `packaging.tags`, `cpython_tags` and `compatible_tags`.
 */
export function rankWheel(filename: string, target: Target): number | undefined {
  const [pythons = '', abis = '', platforms = ''] = filename
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3)
  const ranks = pythons
    .split('.')
    .flatMap((python) =>
      abis
        .split('.')
        .flatMap((abi) => platforms.split('.').flatMap((platform) => rankTag(python, abi, platform, target) ?? [])),
    )
  return ranks.length === 0 ? undefined : Math.min(...ranks)
}

/** More than there are platforms. */
const PLATFORMS = 1000

function rankTag(python: string, abi: string, platform: string, target: Target): number | undefined {
  const platforms = inPipsOrder(wheelTags(target).platforms)
  const index = platform === 'any' ? PLATFORMS - 1 : platforms.indexOf(platform)
  if (index < 0) return undefined
  const minor = Number(target.pythonMinor.split('.')[1])
  const own = `cp3${minor}`
  const older = /^cp3(\d+)$/.exec(python)
  const olderMinor = older ? Number(older[1]) : undefined
  const isAny = platform === 'any'
  if (!isAny && python === own && abi === own) return index
  if (!isAny && python === own && abi === 'abi3') return PLATFORMS + index
  if (!isAny && python === own && abi === 'none') return 2 * PLATFORMS + index
  if (!isAny && abi === 'abi3' && olderMinor !== undefined && olderMinor >= 2 && olderMinor < minor)
    return (3 + minor - olderMinor) * PLATFORMS + index
  if (abi !== 'none') return undefined
  const generic = pureRank(python, minor)
  if (generic !== undefined) return (isAny ? 200 : 100) * PLATFORMS + generic * PLATFORMS + index
  return isAny && python === own ? 199 * PLATFORMS : undefined
}

/** pip takes manylinux2014 for the older names too, and puts them right behind it. */
function inPipsOrder(platforms: readonly string[]): readonly string[] {
  const isLegacy = (platform: string): boolean => /^manylinux(?:1|2010)_/.test(platform)
  const legacy = platforms.filter(isLegacy)
  return platforms.flatMap((platform) => {
    if (isLegacy(platform)) return []
    return platform.startsWith('manylinux2014_') ? [platform, ...legacy] : [platform]
  })
}

/** py313, py3, py312, …, py30: in this order. */
function pureRank(python: string, minor: number): number | undefined {
  if (python === `py3${minor}`) return 0
  if (python === 'py3') return 1
  const older = /^py3(\d+)$/.exec(python)
  const distance = older ? minor - Number(older[1]) : -1
  return distance > 0 && distance <= minor ? 1 + distance : undefined
}
