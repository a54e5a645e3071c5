import { posix } from 'node:path'
import type { Architecture, Target } from '../../platform/target.ts'
import { type Finding, verifyBinaries, verifyNeeded } from '../../wheels/verify.ts'
import type { Binary, Contents } from './contents.ts'
import { groupBy } from './group.ts'
import type { Parts } from './packages.ts'

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
  /** Why it cannot be loaded at all, as far as the file itself tells. */
  readonly problem: string | undefined
}

/** `e_machine` of the ELF header. Source: System V ABI, "ELF Header". */
const MACHINES: Readonly<Record<number, Architecture | undefined>> = { 62: 'x86_64', 183: 'arm64' }

/** Sorted by path. */
export function inspectBinaries(
  { binaries }: Pick<Contents, 'binaries'>,
  ownerOf: (path: string) => string | undefined,
  architecture: Architecture | undefined,
): InspectedBinary[] {
  return [...binaries]
    .map(([path, binary]) => ({ path, package: ownerOf(path), ...described(binary, architecture) }))
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

function described(binary: Binary, wanted: Architecture | undefined): Omit<InspectedBinary, 'path' | 'package'> {
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
    problem: wanted !== undefined && architecture !== wanted ? `it is not for ${wanted}` : undefined,
  }
}

/** What the loader would say of it on the runtime, and of the libraries that it needs: by distribution. */
export function verifiedBinaries(
  { binaries }: Pick<Contents, 'binaries'>,
  { distributions, ownerOf }: Parts,
  target: Target,
): Finding[] {
  const readable = [...binaries].flatMap(([path, binary]) => ('facts' in binary ? [{ path, facts: binary.facts }] : []))
  const byOwner = groupBy(readable, ({ path }) => ownerOf(path))
  const owned = distributions.flatMap(({ name, version, tags }) => {
    const own = byOwner.get(name)
    return own ? [{ wheel: { name, version, tags }, binaries: own }] : []
  })
  const others = (byOwner.get(undefined) ?? []).map(({ path }) => posix.basename(path))
  return [
    ...owned.flatMap((distribution) => verifyBinaries(distribution.binaries, target, distribution.wheel)),
    ...verifyNeeded(owned, target, others),
  ]
}

/** 2.4 is older than 2.17. */
function newest(versions: readonly string[]): string | undefined {
  return versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
}
