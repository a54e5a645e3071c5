import { compare } from '@renovatebot/pep440'
import type { Problem } from '../errors.ts'
import {
  LEFT_TO_THE_SYSTEM,
  type RuntimeLibraries,
  runtimeLibraries,
  type VersionFamily,
} from '../platform/libraries.ts'
import type { Architecture, Target } from '../platform/target.ts'
import type { ElfFacts } from './elf.ts'

/** A shared object or a program of a distribution. */
export interface Binary {
  /** As in the artifact, with `/`. */
  readonly path: string
  readonly facts: ElfFacts
}

export interface VerifiedWheel {
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  /** As in `cp313-cp313-manylinux_2_17_x86_64`, one for each platform that it names. */
  readonly tags: readonly string[]
}

export interface Distribution {
  readonly wheel: VerifiedWheel
  readonly binaries: readonly Binary[]
}

/** An `error` is what cannot load; a `warning` may never be loaded, or be found in a way that no file tells. */
export interface Finding extends Problem {
  readonly severity: 'error' | 'warning'
}

/** One line of a finding: a file and what is wrong with it. */
interface Defect {
  readonly severity: Finding['severity']
  readonly path: string
  readonly cause: string
  /** The library that is missing, where that is the defect. */
  readonly library?: string
}

const MACHINES: Readonly<Record<Architecture, number>> = { x86_64: 62, arm64: 183 }

const MACHINE_NAMES: Readonly<Record<number, string>> = {
  3: '32 bit x86',
  8: 'MIPS',
  20: '32 bit PowerPC',
  21: '64 bit PowerPC',
  22: 'S/390',
  40: '32 bit ARM',
  62: 'x86_64',
  183: 'arm64',
  243: 'RISC-V',
  258: 'LoongArch',
}

/** How many files a message names. */
const NAMED_FILES = 5

/**
 * Whether the binaries of one wheel load on the target, as far as the wheel alone tells: their processor, and the versions
 * of the C and C++ libraries that they need.
 */
export function verifyBinaries(binaries: readonly Binary[], target: Target, wheel: VerifiedWheel): Finding[] {
  const wanted = binaries.filter(({ path }) => !isOfAnotherPython(path, target))
  const used = usedBy(wanted, [{ wheel, binaries: wanted }])
  const severity = (binary: Binary) => (used.has(binary) || !isForAnyPlatform(wheel) ? 'error' : 'warning')
  const right = wanted.filter(({ facts }) => isForMachine(facts, target))
  const otherMachine = wanted.filter((binary) => !right.includes(binary))
  // With files for several processors, a package chooses among them itself.
  const machines = otherMachine.map(
    (binary): Defect => ({
      severity: right.length > 0 && !used.has(binary) ? 'warning' : severity(binary),
      path: binary.path,
      cause: `is for ${machineOf(binary.facts)}`,
    }),
  )
  const versions = right.flatMap((binary): Defect[] => {
    const tooNew = tooNewFor(binary.facts, right, target)
    return tooNew === undefined ? [] : [{ severity: severity(binary), path: binary.path, cause: `needs ${tooNew}` }]
  })
  return [
    ...findings(machines, wheel, {
      title: `has binaries that are not for ${target.architecture}`,
      hint: `${otherBuild(wheel, target)} Its tags promise another processor than its files have, so its maker should know.`,
    }),
    ...findings(versions, wheel, {
      title: `needs newer system libraries than ${target.runtime} has`,
      detail: newestOf(target),
      hint: otherBuild(wheel, target),
    }),
  ]
}

/**
 * Whether every library that the binaries of the artifact are linked with is there: in the runtime, in any of the
 * distributions, or among the others that are named.
 *
 * @param others file names of libraries that come from elsewhere: the application's `lib/`, a layer
 */
export function verifyNeeded(
  distributions: readonly Distribution[],
  target: Target,
  others: Iterable<string> = [],
): Finding[] {
  const wanted = distributions.map(({ wheel, binaries }) => ({
    wheel,
    binaries: binaries.filter(({ path, facts }) => !isOfAnotherPython(path, target) && isForMachine(facts, target)),
  }))
  const all = wanted.flatMap(({ binaries }) => binaries)
  const there = new Set([...runtimeLibraries(target).names, ...all.flatMap(namesOf), ...others])
  const used = usedBy(all, wanted)
  return wanted.flatMap(({ wheel, binaries }) => {
    const missing = binaries.flatMap((binary) =>
      binary.facts.needed
        .filter((library) => !there.has(library))
        .map((library): Defect => {
          const severity = used.has(binary) && mustBeFound(library, { wheel, binaries }) ? 'error' : 'warning'
          return { severity, path: binary.path, cause: `needs ${library}`, library }
        }),
    )
    return missingLibraries(missing, wheel, target)
  })
}

function missingLibraries(defects: readonly Defect[], wheel: VerifiedWheel, target: Target): Finding[] {
  const libraries = [...new Set(defects.map(({ library }) => library ?? ''))]
  return libraries.flatMap((library) =>
    findings(
      defects.filter((defect) => defect.library === library),
      wheel,
      {
        title: `needs ${library}, which neither ${target.runtime} nor another distribution has`,
        hint: wayOut(library, wheel),
      },
    ),
  )
}

/**
 * A maker of manylinux wheels leaves out what the policy names, and what he says (`auditwheel repair --exclude`): drivers,
 * and plugins of which an import may fail (numba's for TBB). Surely missed is only the first, and what every module of
 * the wheel is linked with (pyodbc's libodbc.so.2).
 */
function mustBeFound(library: string, { wheel, binaries }: Distribution): boolean {
  const modules = binaries.filter(({ path }) => isModule(path))
  return (
    !wheel.tags.some((tag) => tag.includes('manylinux')) ||
    LEFT_TO_THE_SYSTEM.has(library) ||
    (modules.length > 0 && modules.every(({ facts }) => facts.needed.includes(library)))
  )
}

/** Modules that the target's Python finds, and what they are linked with, directly or not. */
function usedBy(binaries: readonly Binary[], distributions: readonly Distribution[]): ReadonlySet<Binary> {
  const byName = new Map<string, Binary[]>()
  for (const binary of distributions.flatMap((distribution) => distribution.binaries)) {
    for (const name of namesOf(binary)) byName.set(name, [...(byName.get(name) ?? []), binary])
  }
  const used = new Set(binaries.filter(({ path }) => isModule(path)))
  // A set's iteration comes to what is added meanwhile.
  for (const { facts } of used) {
    for (const library of facts.needed) for (const binary of byName.get(library) ?? []) used.add(binary)
  }
  return used
}

/** The names by which a library is found: of its file, and the one that it was linked with. */
function namesOf({ path, facts }: Binary): string[] {
  const file = path.slice(path.lastIndexOf('/') + 1)
  return facts.soname === undefined ? [file] : [file, facts.soname]
}

function isModule(path: string): boolean {
  return /\.(?:cpython-\w+(?:-[\w-]+)?|abi3)\.so$/.test(path)
}

/** The import system looks only for its own suffixes (`importlib.machinery.EXTENSION_SUFFIXES`). */
function isOfAnotherPython(path: string, { pythonMinor, architecture }: Target): boolean {
  const [, tag, platform] = /\.((?:cpython|pypy|graalpy)\w*-\w+?)(?:-([\w-]+))?\.so$/.exec(path) ?? []
  if (tag === undefined) return false
  const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64'
  return (
    tag !== `cpython-${pythonMinor.replace('.', '')}` || (platform !== undefined && platform !== `${machine}-linux-gnu`)
  )
}

function isForAnyPlatform({ tags }: VerifiedWheel): boolean {
  return tags.every((tag) => tag.endsWith('-any'))
}

function isForMachine({ bits, isLittleEndian, machine }: ElfFacts, { architecture }: Target): boolean {
  return bits === 64 && isLittleEndian && machine === MACHINES[architecture]
}

function machineOf({ bits, machine }: ElfFacts): string {
  const name = MACHINE_NAMES[machine] ?? `processor ${machine}`
  return machine === MACHINES.x86_64 && bits === 32 ? 'x86_64 with 32 bit addresses (x32)' : name
}

/** The first need that the runtime cannot meet, as in `GLIBC_2.28 of libm.so.6`. */
function tooNewFor(facts: ElfFacts, own: readonly Binary[], target: Target): string | undefined {
  const { names, newest } = runtimeLibraries(target)
  for (const { library, versions } of facts.needs) {
    if (!names.has(library) || bundles(library, own)) continue
    const tooNew = versions.filter((version) => isTooNew(version, newest))
    if (tooNew.length > 0) return `${tooNew.toSorted(byVersion).join(', ')} of ${library}`
  }
  return undefined
}

/** A wheel that has a library under the runtime's own name loads that one first, by its search path. */
function bundles(library: string, own: readonly Binary[]): boolean {
  return own.some((binary) => namesOf(binary).includes(library))
}

function isTooNew(version: string, newest: RuntimeLibraries['newest']): boolean {
  // Marks of linkers' newer features, of which the first came with glibc 2.36 (GLIBC_ABI_DT_RELR).
  if (version.startsWith('GLIBC_ABI_')) return true
  const [, family, number] = /^([A-Z]+)_(\d+(?:\.\d+)*)$/.exec(version) ?? []
  if (family === undefined || number === undefined || !isFamily(family, newest)) return false
  return compare(number, newest[family]) > 0
}

function isFamily(name: string, newest: RuntimeLibraries['newest']): name is VersionFamily {
  return name in newest
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/** One finding of each severity. */
function findings(
  defects: readonly Defect[],
  { name, version, tags }: VerifiedWheel,
  { title, detail, hint }: { title: string; detail?: string; hint: string },
): Finding[] {
  return (['error', 'warning'] as const).flatMap((severity) => {
    const found = defects.filter((defect) => defect.severity === severity)
    if (found.length === 0) return []
    const lines = found.slice(0, NAMED_FILES).map(({ path, cause }) => `${path} ${cause}`)
    const rest = found.length > NAMED_FILES ? [`and ${found.length - NAMED_FILES} more files`] : []
    const origin = [...(detail === undefined ? [] : [detail]), `The wheel is ${name} ${version}, ${tags.join(', ')}.`]
    return [{ severity, title: `${name} ${version} ${title}`, detail: [...lines, ...rest, ...origin].join('\n'), hint }]
  })
}

function newestOf(target: Target): string {
  const { system, newest } = runtimeLibraries(target)
  return `${target.runtime} (${system}) has at most GLIBC_${newest.GLIBC}, GLIBCXX_${newest.GLIBCXX} and CXXABI_${newest.CXXABI}.`
}

function otherBuild({ name }: VerifiedWheel, { glibc }: Target): string {
  const newer = glibc === '2.34' ? '' : ' Or choose a newer runtime: python3.12 and later have glibc 2.34.'
  return `Choose another version of ${name}, or have it compiled in the Lambda image: builder: docker, with pip-args: --no-binary ${name}.${newer}`
}

/** What else has a library, where experience tells. */
const WAYS_OUT: readonly { readonly library: RegExp; readonly hint: string }[] = [
  { library: /^libpq\.so/, hint: 'Depend on psycopg[binary] or psycopg2-binary, which bring it.' },
  {
    library: /^lib(?:GL|gthread-2\.0|glib-2\.0|SM|Xext|Xrender|X11)\.so/,
    hint: 'If it is OpenCV that needs it, depend on opencv-python-headless.',
  },
  { library: /^lib(?:mysqlclient|mariadb)\.so/, hint: 'PyMySQL and mysql-connector-python do without it.' },
]

function wayOut(library: string, { name }: VerifiedWheel): string {
  const known = WAYS_OUT.filter((each) => each.library.test(library)).map(({ hint }) => `${hint} `)
  return `${known.join('')}With builder: docker, name its package in system-packages and its file in docker-extra-files (/usr/lib64/${library}), or have ${name} compiled there by pip-args: --no-binary ${name}, which collects it.`
}
