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
