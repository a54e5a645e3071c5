import { type Architecture } from '../../platform/target.ts'
import type { Binary, Contents } from './contents.ts'

/** A shared object or a program of an artifact. */
export interface InspectedBinary {
  readonly path: string
  /** The distribution that it belongs to. */
  readonly package: string | undefined
  /** As in `x86_64`; `machine 40` for one that Lambda has not. */
  readonly machine: string
  /** The libraries that are loaded with it. */
  readonly needed: readonly string[]
  /** The newest version of the C library whose symbols it needs, as in `2.17`. */
  readonly glibc: string | undefined
  /** Why it cannot be loaded, as far as the file itself tells. */
  readonly problem: string | undefined
}

/** `e_machine` of the ELF header. Source: System V ABI, "ELF Header". */
const MACHINES: Readonly<Record<number, Architecture | undefined>> = { 62: 'x86_64', 183: 'arm64' }

export interface Loader {
  readonly architecture: Architecture | undefined
  /** The runtime's C library, as in `2.34`. */
  readonly glibc: string | undefined
}

/** Sorted by path. */
export function inspectBinaries(
  { binaries }: Pick<Contents, 'binaries'>,
  ownerOf: (path: string) => string | undefined,
  loader: Loader,
): InspectedBinary[] {
  return [...binaries]
    .map(([path, binary]) => ({ path, package: ownerOf(path), ...described(binary, loader) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** The architecture of most binaries, for an artifact that does not say its own. */
export function commonArchitecture({ binaries }: Pick<Contents, 'binaries'>): Architecture | undefined {
  const known = [...binaries.values()].flatMap((binary) =>
    'facts' in binary ? (MACHINES[binary.facts.machine] ?? []) : [],
  )
  const arm = known.filter((architecture) => architecture === 'arm64').length
  return known.length === 0 ? undefined : arm > known.length / 2 ? 'arm64' : 'x86_64'
}

function described(binary: Binary, loader: Loader): Omit<InspectedBinary, 'path' | 'package'> {
  if ('broken' in binary)
    return { machine: 'unknown', needed: [], glibc: undefined, problem: `it is damaged: ${binary.broken}` }
  const { machine, bits, needed, needs } = binary.facts
  const architecture = bits === 64 ? MACHINES[machine] : undefined
  const versions = needs.flatMap((need) => need.versions)
  const glibc = newest(versions.flatMap((version) => /^GLIBC_(\d[\d.]*)$/.exec(version)?.[1] ?? []))
  return {
    machine: architecture ?? `machine ${machine}`,
    needed,
    glibc,
    problem: problemOf({ architecture, glibc }, loader),
  }
}

function problemOf(own: Loader, loader: Loader): string | undefined {
  if (loader.architecture !== undefined && own.architecture !== loader.architecture)
    return `it is not for ${loader.architecture}`
  if (own.glibc !== undefined && loader.glibc !== undefined && compareVersions(own.glibc, loader.glibc) > 0)
    return `it needs glibc ${own.glibc}, and the runtime has ${loader.glibc}`
  return undefined
}

function newest(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareVersions).at(-1)
}

/** Numbers separated by dots: 2.4 is older than 2.17. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
