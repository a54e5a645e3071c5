import type { Problem } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import type { Equipment } from './builder.ts'

/** What `docker/probe.sh` found in an image. */
export interface ImageFacts {
  readonly packageManager: PackageManager | undefined
  /** As `uname -m` says it. */
  readonly machine: string
  /** Missing where the C library is another one (musl). */
  readonly glibc: string | undefined
  /** The interpreter of the target's minor. */
  readonly python: string | undefined
  readonly pythonVersion: string | undefined
  readonly hasPip: boolean
  /** Whether extension modules can be compiled for that interpreter: `Python.h`. */
  readonly hasHeaders: boolean
  /** Of those that equipment consists of. */
  readonly programs: readonly string[]
  /** Minors of other interpreters. */
  readonly otherPythons: readonly string[]
}

export type PackageManager = (typeof PACKAGE_MANAGERS)[number]

/** In the order in which they are preferred. Lambda's images of Amazon Linux 2023 have microdnf, under both names. */
export const PACKAGE_MANAGERS = ['dnf', 'microdnf', 'yum', 'apt-get'] as const

type Command = readonly string[]

interface PackageCommands {
  readonly before: readonly Command[]
  readonly install: Command
  /** What installing leaves behind that no image needs. */
  readonly after: readonly Command[]
  /** The packages with an interpreter of that minor and pip for it. */
  readonly python: (minor: string) => readonly string[]
  /** The packages with the headers of such an interpreter. */
  readonly headers: (minor: string) => readonly string[]
  readonly equipment: Readonly<Record<Equipment, readonly string[]>>
}

const FEDORA = {
  python: (minor: string) => [`python${minor}`, `python${minor}-pip`],
  headers: (minor: string) => [`python${minor}-devel`],
  equipment: {
    git: ['git-core', 'openssh-clients'],
    compilers: ['gcc', 'gcc-c++', 'make', 'pkgconfig'],
    rust: ['rust', 'cargo'],
  },
} as const

const COMMANDS: Readonly<Record<PackageManager, PackageCommands>> = {
  dnf: {
    before: [],
    install: ['dnf', 'install', '-y', '--setopt=install_weak_deps=0'],
    after: [['dnf', 'clean', 'all']],
    ...FEDORA,
  },
  microdnf: {
    before: [],
    install: ['microdnf', 'install', '-y', '--setopt=install_weak_deps=0'],
    after: [['microdnf', 'clean', 'all']],
    ...FEDORA,
  },
  yum: {
    before: [],
    install: ['yum', 'install', '-y'],
    after: [['yum', 'clean', 'all']],
    ...FEDORA,
  },
  'apt-get': {
    before: [['apt-get', 'update', '-q']],
    install: ['apt-get', 'install', '-y', '-q', '--no-install-recommends'],
    after: [
      ['apt-get', 'clean'],
      ['find', '/var/lib/apt/lists', '-mindepth', '1', '-delete'],
    ],
    python: (minor) => [`python${minor}`, 'python3-pip'],
    headers: (minor) => [`libpython${minor}-dev`],
    equipment: {
      git: ['git', 'openssh-client', 'ca-certificates'],
      compilers: ['gcc', 'g++', 'make', 'libc6-dev', 'pkg-config'],
      rust: ['rustc', 'cargo'],
    },
  },
}

/** The commands, run as root one after the other, that install packages of the image's distribution. */
export function installCommands(manager: PackageManager, packages: readonly string[]): Command[] {
  if (packages.length === 0) return []
  const { before, install, after } = COMMANDS[manager]
  return [...before, [...install, ...packages], ...after]
}

/** The packages with Python and pip, where the image lacks one of them and has a package manager. */
export function pythonPackages(facts: ImageFacts, minor: string): readonly string[] {
  const isThere = facts.python !== undefined && facts.hasPip
  return isThere || facts.packageManager === undefined ? [] : COMMANDS[facts.packageManager].python(minor)
}

/** The programs that show that an image has a piece of equipment. */
const PROGRAMS: Readonly<Record<Equipment, readonly string[]>> = {
  git: ['git', 'ssh'],
  compilers: ['gcc', 'g++', 'make'],
  rust: ['cargo'],
}

/** Which of the equipment an image lacks. */
export function lackingEquipment({ programs }: ImageFacts, equipment: readonly Equipment[]): Equipment[] {
  return equipment.filter((piece) => PROGRAMS[piece].some((program) => !programs.includes(program)))
}

export function equipmentPackages(manager: PackageManager, equipment: readonly Equipment[]): string[] {
  return equipment.flatMap((piece) => COMMANDS[manager].equipment[piece])
}

/** The packages with `Python.h`, where something is to be compiled and the image lacks it. */
export function headerPackages(facts: ImageFacts, minor: string, equipment: readonly Equipment[]): readonly string[] {
  const isNeeded = equipment.includes('compilers') && !facts.hasHeaders
  return isNeeded && facts.packageManager !== undefined ? COMMANDS[facts.packageManager].headers(minor) : []
}

/** All that can be installed as equipment, whatever the image: a part of keys. */
export function equipmentRecipe(minor: string): unknown {
  return PACKAGE_MANAGERS.map((manager) => [COMMANDS[manager].equipment, COMMANDS[manager].headers(minor)])
}

/** Names (with a version or an architecture) and nothing that a package manager reads as an option or a shell as more. */
const PACKAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9+._:~=-]*$/

export function wrongPackageNames(systemPackages: readonly string[]): Problem | undefined {
  const wrong = systemPackages.filter((name) => !PACKAGE_NAME.test(name))
  if (wrong.length === 0) return undefined
  return {
    title: `system-packages: ${wrong.map((name) => `"${name}"`).join(', ')} cannot be the name of a package`,
    hint: 'One name a line, as the package manager of the image knows it: libpq-devel.',
  }
}

export function parseFacts(output: string): ImageFacts {
  const values = new Map<string, string[]>()
  for (const line of output.split('\n')) {
    const [, name, value] = /^([a-z-]+)=(.+)$/.exec(line.trim()) ?? []
    if (name !== undefined && value !== undefined) values.set(name, [...(values.get(name) ?? []), value])
  }
  const first = (name: string) => values.get(name)?.[0]
  return {
    packageManager: PACKAGE_MANAGERS.find((manager) => manager === first('package-manager')),
    machine: first('machine') ?? '',
    glibc: first('glibc'),
    python: first('python'),
    pythonVersion: first('python-version'),
    hasPip: first('pip') === 'yes',
    hasHeaders: first('headers') === 'yes',
    programs: [...new Set(values.get('program') ?? [])],
    otherPythons: [...new Set(values.get('other-python') ?? [])],
  }
}

/**
 * Why nothing can be built for the target in this image, if so. A C library newer than the target's is no reason: what
 * is published for the target loads there. What is *compiled* there may not load on the target, so `compilesFor` of the
 * builder is false then.
 */
export function unfitProblem(
  image: string,
  facts: ImageFacts,
  target: Target,
  stage: 'found' | 'set up',
): Problem | undefined {
  const hint = `Leave base-image out to use ${target.image}, or name an image for ${target.runtime} on ${target.architecture}.`
  const machine = target.architecture === 'arm64' ? 'aarch64' : 'x86_64'
  if (facts.machine !== machine && !(machine === 'aarch64' && facts.machine === 'arm64')) {
    return { title: `${image} runs on ${facts.machine}, and ${target.architecture} is what is built for`, hint }
  }
  if (facts.glibc === undefined) {
    return {
      title: `${image} has no GNU C library`,
      detail: `Lambda has glibc ${target.glibc}. Images with another C library (Alpine) take other wheels.`,
      hint,
    }
  }
  if (isOlder(facts.glibc, target.glibc)) {
    return {
      title: `${image} has glibc ${facts.glibc}, older than the ${target.glibc} of ${target.runtime}`,
      detail: 'Wheels that are right for Lambda would not load in it.',
      hint,
    }
  }
  const canInstall = stage === 'found' && facts.packageManager !== undefined
  if ((facts.python === undefined || !facts.hasPip) && !canInstall) {
    const others = facts.otherPythons.length > 0 ? ` It has Python ${facts.otherPythons.join(', ')}.` : ''
    return {
      title: `${image} has no Python ${target.pythonMinor}${facts.python === undefined ? '' : ' with pip'}`,
      detail: `${facts.packageManager === undefined ? 'Nor does it have a package manager.' : `Nor does ${facts.packageManager} bring it.`}${others}`,
      hint,
    }
  }
  return undefined
}

/** Compares versions of glibc, which are numbers with dots: 2.9 is older than 2.34. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number))
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
