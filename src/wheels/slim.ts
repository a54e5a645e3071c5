import ignore from 'ignore'
import { type ModuleText, neededTests } from './slim-tests.ts'

export interface SlimOptions {
  /** The text of `entry_points.txt`. */
  readonly entryPoints: string
  /** Every Python module among the files, its text decoded by any superset of ASCII. */
  readonly modules: Iterable<ModuleText>
  /** Setting `slim`. */
  readonly rules: boolean
  /** Setting `slim-patterns`: the syntax of `.gitignore`. What one of them takes back (`!path`) no rule removes. */
  readonly patterns: readonly string[]
}

export interface Removed {
  readonly path: string
  /** The rule's name; `slim-patterns` for what the user's own patterns remove. */
  readonly rule: string
}

interface Rule {
  readonly name: string
  /** Why no function misses these files. */
  readonly reason: string
  readonly matches: (path: string, distribution: DistributionFacts) => boolean
}

/** What the rules know of the whole distribution. */
interface DistributionFacts {
  /** Whether a module names the file, or builds names with its extension: it may be read at run time. */
  readonly isNamed: (path: string) => boolean
  /** Whether the file stands in a folder of tests that nothing else uses. */
  readonly isTest: (path: string) => boolean
  /** Whether it runs .NET, whose libraries are Windows' files on every system. */
  readonly usesDotNet: () => boolean
  /** Folders of the top level that have Python modules. */
  readonly packages: ReadonlySet<string>
}

/**
 * What is left out of a distribution. Never a source map: Django's ManifestStaticFilesStorage fails where a file of
 * `sourceMappingURL` is missing. Never a licence: it obliges to be passed on. Never a `.dist-info`:
 * `importlib.metadata` finds versions and plugins by it.
 */
const RULES: readonly Rule[] = [
  {
    name: 'tests',
    reason:
      'Tests of a dependency run where it is made. `test` and `testing` are often its public interface: they stay.',
    matches: (path, { isTest }) => isTest(path),
  },
  {
    name: 'type stubs',
    reason: 'Python does not read them; type checkers run elsewhere. lazy_loader does, and says so by `attach_stub`.',
    matches: (path, { isNamed }) => path.endsWith('.pyi') && !isNamed(path),
  },
  {
    name: 'C sources',
    reason: 'There is no compiler in the runtime. What a generator of code reads (cffi, f2py, Cython) it names.',
    matches: (path, { isNamed }) => /\.(?:h|hh|hpp|hxx|inl|c|cc|cpp|cxx|pxd|pxi|pyx)$/.test(path) && !isNamed(path),
  },
  {
    name: 'static libraries',
    reason: 'There is no linker in the runtime.',
    matches: (path, { isNamed }) => /\.(?:a|la)$/.test(path) && !isNamed(path),
  },
  {
    name: 'files of other systems',
    reason: 'Linux loads and runs none of them.',
    matches: (path, { usesDotNet }) =>
      /\.(?:pyd|dylib)$/.test(path) || (/\.(?:exe|dll|lib)$/.test(path) && !usesDotNet()),
  },
  {
    name: 'documentation',
    reason: 'Manual pages, and folders of the top level that have no module.',
    matches: (path, { packages }) =>
      /^share\/(?:doc|man|info)\//.test(path) || (/^docs?\//.test(path) && !packages.has(topOf(path))),
  },
  {
    name: 'caches',
    reason: 'They belong to the machine on which the wheel was made; bytecode is compiled anew.',
    matches: (path) =>
      /(?:^|\/)(?:__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.ipynb_checkpoints)\//.test(path),
  },
]

/** Written by installers about an installation (PEP 376, PEP 610). */
const INSTALLATION = /^[^/]+\.dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$/

/**
 * Which files of one distribution go into the artifact. What a rule would remove is kept where another module names it:
 * a wrong guess costs some bytes, and never an import.
 */
export function slimmed<File extends { readonly path: string; readonly size: number }>(
  files: readonly File[],
  { entryPoints, modules, rules, patterns }: SlimOptions,
): { kept: File[]; removed: Removed[] } {
  const own = ignore({ allowRelativePaths: true }).add(patterns)
  const ruleOf = rules ? findRule(files, [...modules], entryPoints) : () => undefined
  const removed: Removed[] = []
  const kept = files.filter(({ path }) => {
    const { ignored, unignored } = own.test(path)
    const rule = ignored ? 'slim-patterns' : unignored ? undefined : ruleOf(path)
    if (rule !== undefined) removed.push({ path, rule })
    return rule === undefined
  })
  return { kept, removed }
}

function findRule(
  files: readonly { readonly path: string }[],
  modules: readonly ModuleText[],
  entryPoints: string,
): (path: string) => string | undefined {
  const paths = files.map(({ path }) => path)
  const tests = neededTests(paths, modules, entryPoints)
  const used = modules.filter(({ path }) => !tests.isUnused(path))
  const distribution: DistributionFacts = {
    isNamed: onFirstUse(() => namedFiles(used)),
    isTest: tests.isUnused,
    usesDotNet: () => used.some(({ text }) => /\b(?:clr_loader|pythonnet|import clr)\b/.test(text)),
    packages: new Set(modules.map(({ path }) => topOf(path))),
  }
  return (path) => {
    if (/^[^/]+\.dist-info\//.test(path)) return INSTALLATION.test(path) ? 'records of an installation' : undefined
    return RULES.find((rule) => rule.matches(path, distribution))?.name
  }
}

/** Most distributions have no file that would be asked about, and their texts need not be read. */
function onFirstUse(make: () => (path: string) => boolean): (path: string) => boolean {
  let made: ((path: string) => boolean) | undefined
  return (path) => (made ??= make())(path)
}

/** Texts that end like a file's name: `'fortranobject.c'`, `'*.h'`, `f'{name}.pyx'`. */
const LITERAL = /\.(pyi|h|hh|hpp|hxx|inl|c|cc|cpp|cxx|pxd|pxi|pyx|a|la)(?=['"])/g
const LONGEST_NAME = 100

/** An extension alone, or after what is not a part of a name, stands for every file that has it. */
function namedFiles(modules: readonly ModuleText[]): (path: string) => boolean {
  const names = new Set<string>()
  const extensions = new Set<string>()
  for (const { text } of modules) {
    for (const { index, 0: dotted, 1: extension = '' } of text.matchAll(LITERAL)) {
      const stem = /[\w.+-]*$/.exec(text.slice(Math.max(0, index - LONGEST_NAME), index))?.[0] ?? ''
      if (stem === '') extensions.add(extension)
      else names.add(stem + dotted)
    }
    if (text.includes('attach_stub')) extensions.add('pyi')
  }
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (names.has(name)) return true
    // Headers below `include/` are for compilers, whatever extensions a package of build tools speaks of.
    return !isHeader(path) && extensions.has(name.slice(name.lastIndexOf('.') + 1))
  }
}

function isHeader(path: string): boolean {
  return /(?:^|\/)include\/(?:.+\/)?[^/]+\.(?:h|hh|hpp|hxx|inl|pxd)$/.test(path)
}

function topOf(path: string): string {
  return path.slice(0, path.indexOf('/'))
}
