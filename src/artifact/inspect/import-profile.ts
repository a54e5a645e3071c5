import { OTHER_PACKAGES } from '../import-times.ts'
import { groupBy } from './group.ts'
import type { Parts } from './packages.ts'

/** How long one import took, by module: the part of a cold start that the packages decide. */
export interface ImportProfile {
  /** What was imported. */
  readonly module: string
  /** Where: interpreter or image. */
  readonly measuredOn: string
  /** The whole of it, with what measuring costs. */
  readonly seconds: number
  /** In the order in which the imports ended: what a module imports stands before it. */
  readonly modules: readonly ModuleTime[]
  /** Longest of its own first. */
  readonly packages: readonly PackageTime[]
}

export interface ModuleTime {
  readonly name: string
  /** The distribution, or one of OTHER_PACKAGES. */
  readonly package: string
  readonly selfSeconds: number
  /** With all that it imports for the first time. */
  readonly cumulativeSeconds: number
  /** How many imports it stands within. */
  readonly depth: number
}

export interface PackageTime {
  readonly package: string
  readonly modules: number
  readonly selfSeconds: number
  /** With all that its modules import. */
  readonly cumulativeSeconds: number
}

/** Lines of `docker/import_time.py`: what is imported before the first belongs to Python's own start. */
const START_LINE = 'wsgi-lambda: the import starts here'
export const END_LINE = 'wsgi-lambda: the import ends here'

const LINE = /^import time: +(\d+) \| +(\d+) \| ( *)(\S+)\s*$/

/** Reads what `python -X importtime` writes on standard error, between whatever else is written there. */
export function readImportTimes(output: string): Omit<ModuleTime, 'package'>[] {
  const lines = output.split(/\r?\n/)
  return lines.slice(lines.indexOf(START_LINE) + 1).flatMap((line) => {
    const [, self, cumulative, indent = '', name] = LINE.exec(line) ?? []
    if (name === undefined) return []
    const [selfSeconds, cumulativeSeconds] = [Number(self) / 1e6, Number(cumulative) / 1e6]
    return [{ name, selfSeconds, cumulativeSeconds, depth: indent.length / 2 }]
  })
}

export function importProfile(
  about: Pick<ImportProfile, 'module' | 'measuredOn' | 'seconds'>,
  times: readonly Omit<ModuleTime, 'package'>[],
  packageOf: (module: string) => string,
): ImportProfile {
  const modules = times.map((time) => ({ ...time, package: packageOf(time.name) }))
  const within = importersOf(modules)
  const packages = [...groupBy(modules, (module) => module.package)].map(([name, own]) => ({
    package: name,
    modules: own.length,
    selfSeconds: rounded(own.reduce((sum, { selfSeconds }) => sum + selfSeconds, 0)),
    cumulativeSeconds: rounded(
      own.filter((module) => !within(module, name)).reduce((sum, module) => sum + module.cumulativeSeconds, 0),
    ),
  }))
  return { ...about, modules, packages: packages.toSorted((a, b) => b.selfSeconds - a.selfSeconds) }
}

/** @returns whether a module was imported, at some distance, by one of a package: that one's time has its time already */
function importersOf(modules: readonly ModuleTime[]): (module: ModuleTime, packageName: string) => boolean {
  const packagesAbove = new Map<ModuleTime, ReadonlySet<string>>()
  const above: { readonly depth: number; readonly packages: ReadonlySet<string> }[] = []
  // Backwards, an importer comes before what it imports.
  for (const module of modules.toReversed()) {
    while ((above.at(-1)?.depth ?? -1) >= module.depth) above.pop()
    const packages = above.at(-1)?.packages ?? new Set()
    packagesAbove.set(module, packages)
    above.push({ depth: module.depth, packages: new Set([...packages, module.package]) })
  }
  return (module, packageName) => packagesAbove.get(module)?.has(packageName) ?? false
}

/** Finds the distribution of a module by the file that it is imported from. */
export function packageOfModule(files: Iterable<string>, { ownerOf, kindOf }: Pick<Parts, 'ownerOf' | 'kindOf'>) {
  const paths = new Map<string, string>()
  for (const path of files) {
    const module = moduleOf(path)
    if (module !== undefined && !paths.has(module)) paths.set(module, path)
  }
  return (module: string): string => {
    const path = paths.get(module) ?? paths.get(module.split('.', 1)[0] ?? '')
    if (path === undefined) return OTHER_PACKAGES.python
    if (kindOf(path) === 'runtime') return OTHER_PACKAGES.runtime
    return ownerOf(path) ?? OTHER_PACKAGES.application
  }
}

/** `a/b/__init__.py` → `a.b`; a folder without one is a package too (PEP 420). */
function moduleOf(path: string): string | undefined {
  const [, module] = /^([\w/]+?)(?:\/__init__)?\.(?:py|pyc|so|[\w-]+\.so)$/.exec(path) ?? []
  return module?.replaceAll('/', '.')
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
