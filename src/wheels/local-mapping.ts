import ignore from 'ignore'

export type Table = Readonly<Record<string, unknown>>

/**
 * Where a build backend would put the files of a project: from a path of the project to a path beside the other
 * distributions, or undefined for a file that is not installed. Undefined as a whole where only the backend knows.
 */
export type Mapping = (path: string) => string | undefined

/** What decides: the project's `pyproject.toml`, its normalised name and the paths of its files. */
export interface Project {
  readonly document: Table
  /** PEP 503, with `_` for `-`. */
  readonly module: string
  readonly paths: readonly string[]
}

/** PEP 517: without a table it is setuptools. */
const DEFAULT_BACKEND = 'setuptools.build_meta'

/** The mapping of a project's files by its build backend's rules, as far as its settings say it. */
export function mappingOf(project: Project): Mapping | undefined {
  const backend = tableAt(project.document, 'build-system')['build-backend'] ?? DEFAULT_BACKEND
  switch (typeof backend === 'string' ? (backend.split(/[.:]/, 1)[0] ?? '') : '') {
    case 'setuptools':
      return setuptoolsMapping(project)
    case 'hatchling':
      return hatchMapping(project)
    case 'poetry':
      return poetryMapping(project)
    case 'flit_core':
    case 'flit':
      return flitMapping(project)
    case 'uv_build':
      return uvMapping(project)
    case 'pdm':
      return pdmMapping(project)
    default:
      return undefined
  }
}

// setuptools, "Package Discovery and Namespace Packages" and "Configuring setuptools using pyproject.toml files".

function setuptoolsMapping({ document, paths }: Project): Mapping | undefined {
  const settings = tableAt(document, 'tool', 'setuptools')
  const own = ['ext-modules', 'cmdclass', 'data-files', 'exclude-package-data'].filter((name) => name in settings)
  if (own.length > 0 || paths.includes('setup.py') || paths.includes('setup.cfg')) return undefined
  const folders = tableAt(settings, 'package-dir')
  const root = typeof folders[''] === 'string' ? folders[''] : undefined
  if (Object.keys(folders).some((name) => name !== '')) return undefined
  const modules = strings(settings['py-modules'])
  const packages = settings['packages']
  if (Array.isArray(packages)) return packagesBelow(root ?? '', strings(packages), modules)
  if (isTable(packages)) return foundPackages(tableAt(packages, 'find'), root, modules)
  if (modules.length > 0) return packagesBelow(root ?? '', [], modules)
  return root === undefined ? discoveredBySetuptools(paths) : below(root)
}

function packagesBelow(root: string, packages: readonly string[], modules: readonly string[]): Mapping {
  const folders = packages.map((name) => name.replaceAll('.', '/'))
  return (path) => {
    const inside = stripRoot(path, root)
    if (inside === undefined) return undefined
    const isOfPackage = folders.some((folder) => inside.startsWith(`${folder}/`))
    return isOfPackage || modules.some((name) => inside === `${name.replaceAll('.', '/')}.py`) ? inside : undefined
  }
}

function foundPackages(find: Table, root: string | undefined, modules: readonly string[]): Mapping {
  const where = strings(find['where'])
  const roots = where.length > 0 ? where : [root ?? '']
  const include = strings(find['include']).map(globExpression)
  const exclude = strings(find['exclude']).map(globExpression)
  return (path) => {
    for (const folder of roots) {
      const inside = stripRoot(path, folder)
      if (inside === undefined) continue
      if (modules.some((name) => inside === `${name}.py`)) return inside
      const names = inside.split('/').slice(0, -1)
      if (names.length === 0) continue
      const packages = names.map((_, index) => names.slice(0, index + 1).join('.'))
      const isIncluded = include.length === 0 || packages.some((name) => include.some((glob) => glob.test(name)))
      if (isIncluded && !packages.some((name) => exclude.some((glob) => glob.test(name)))) return inside
    }
    return undefined
  }
}

/** `fnmatch` of Python, where `*` matches a dot too. */
function globExpression(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .replace(/[.+^${}()|\\[\]]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  )
}

/** Folders that setuptools takes for no package where it looks by itself (FlatLayoutPackageFinder.DEFAULT_EXCLUDE). */
const NO_PACKAGES =
  /^(?:ci|bin|debian|doc|docs|documentation|manpages|news|newsfragments|changelog|tests?|unit_tests?|e2e_tests?|examples?|scripts|tools|utils?|python|build|benchmarks?|exercises?|htmlcov|tasks|fabfile|site_scons|[._].*|.*\.egg-info)$/
const NO_MODULES = /^(?:setup|conftest|tests?|examples?|build|toxfile|noxfile|pavement|dodo|tasks|fabfile)\.py$/

function discoveredBySetuptools(paths: readonly string[]): Mapping | undefined {
  if (paths.some((path) => path.startsWith('src/'))) return below('src')
  const packages = [
    ...new Set(paths.filter((path) => /^[^/]+\/.*\.py$/.test(path)).map((path) => path.split('/', 1)[0] ?? '')),
  ].filter((name) => !NO_PACKAGES.test(name))
  const modules = paths.filter((path) => /^[^/]+\.py$/.test(path) && !NO_MODULES.test(path))
  // setuptools refuses to guess among several, and says so.
  if (packages.length === 1) return packagesBelow('', packages, [])
  return packages.length === 0 && modules.length === 1 ? just(modules) : undefined
}

// Hatch, "Wheel builder" and "Build configuration".

function hatchMapping({ document, module, paths }: Project): Mapping | undefined {
  const build = tableAt(document, 'tool', 'hatch', 'build')
  const wheel = { ...build, ...tableAt(build, 'targets', 'wheel') }
  if (['hooks', 'include', 'artifacts', 'shared-data'].some((name) => name in wheel)) return undefined
  const forced = tableAt(wheel, 'force-include')
  const excluded = ignore().add(strings(wheel['exclude']))
  const mapping = hatchSelection(wheel, module, paths)
  return (
    mapping &&
    ((path) => {
      for (const [from, to] of Object.entries(forced)) {
        const rest = path === from ? '' : stripRoot(path, from)
        if (rest !== undefined && typeof to === 'string') return [trimmed(to), rest].filter(Boolean).join('/')
      }
      return excluded.ignores(path) ? undefined : mapping(path)
    })
  )
}

function hatchSelection(wheel: Table, module: string, paths: readonly string[]): Mapping | undefined {
  const packages = strings(wheel['packages']).map(trimmed)
  const only = strings(wheel['only-include']).map(trimmed)
  const sources = wheel['sources']
  if (packages.length > 0)
    return (path) => {
      const folder = packages.find((name) => path === name || path.startsWith(`${name}/`))
      return folder === undefined ? undefined : path.slice(folder.lastIndexOf('/') + 1)
    }
  if (only.length > 0)
    return (path) =>
      only.some((name) => path === name || path.startsWith(`${name}/`)) ? withSources(path, sources) : undefined
  if (sources !== undefined) return undefined
  for (const root of ['', 'src']) {
    const at = root === '' ? module : `${root}/${module}`
    if (paths.includes(`${at}/__init__.py`)) return packagesBelow(root, [module], [])
  }
  return paths.includes(`${module}.py`) ? just([`${module}.py`]) : undefined
}

/** A list of prefixes to take off, or a table of prefixes and what stands for them. */
function withSources(path: string, sources: unknown): string {
  const table = isTable(sources) ? sources : Object.fromEntries(strings(sources).map((name) => [name, '']))
  for (const [from, to] of Object.entries(table)) {
    const rest = stripRoot(path, from)
    if (rest !== undefined && typeof to === 'string') return [trimmed(to), rest].filter(Boolean).join('/')
  }
  return path
}

// Poetry, "The pyproject.toml file", packages.

function poetryMapping({ document, module, paths }: Project): Mapping | undefined {
  const settings = tableAt(document, 'tool', 'poetry')
  if ('build' in settings || 'exclude' in settings) return undefined
  const listed = settings['packages']
  if (!Array.isArray(listed)) return discovered(module, paths)
  const rules = listed.filter(isTable).map(({ include, from, to, format }) => ({
    include: trimmed(typeof include === 'string' ? include : ''),
    from: trimmed(typeof from === 'string' ? from : ''),
    to: trimmed(typeof to === 'string' ? to : ''),
    isForWheels: format === undefined || strings(format).includes('wheel') || format === 'wheel',
  }))
  if (rules.some(({ include }) => include === '' || /[*?[]/.test(include))) return undefined
  return (path) => {
    for (const { include, from, to, isForWheels } of rules) {
      const inside = stripRoot(path, from)
      if (!isForWheels || inside === undefined) continue
      if (inside === include || inside.startsWith(`${include}/`)) return [to, inside].filter(Boolean).join('/')
    }
    return undefined
  }
}

// Flit, "The pyproject.toml config file", [tool.flit.module].

function flitMapping({ document, module, paths }: Project): Mapping | undefined {
  const name = tableAt(document, 'tool', 'flit', 'module')['name']
  return discovered(typeof name === 'string' ? name.replaceAll('.', '/') : module, paths)
}

// uv, "The uv build backend", modules and namespace packages.

function uvMapping({ document, module }: Project): Mapping | undefined {
  const settings = tableAt(document, 'tool', 'uv', 'build-backend')
  if (['wheel-exclude', 'data', 'source-include'].some((name) => name in settings)) return undefined
  const root = settings['module-root']
  const names = strings(settings['module-name'])
  const wanted = settings['module-name'] === undefined ? [module] : names
  return packagesBelow(typeof root === 'string' ? root : 'src', wanted, [])
}

// PDM, "Build Configuration".

function pdmMapping({ document, paths }: Project): Mapping | undefined {
  const settings = tableAt(document, 'tool', 'pdm', 'build')
  if (['includes', 'excludes', 'custom-hook', 'run-setuptools', 'is-purelib'].some((name) => name in settings))
    return undefined
  const given = settings['package-dir']
  const root = typeof given === 'string' ? given : paths.some((path) => path.startsWith('src/')) ? 'src' : ''
  const inside = paths.map((path) => stripRoot(path, root)).filter((path) => path !== undefined)
  const packages = inside
    .filter((path) => /^[^/]+\/__init__\.py$/.test(path))
    .map((path) => path.split('/', 1)[0] ?? '')
  const modules = inside.filter((path) => /^[^/]+\.py$/.test(path))
  if (packages.length > 0)
    return packagesBelow(
      root,
      packages.filter((name) => !/^tests?$/.test(name)),
      [],
    )
  return modules.length > 0 ? (path) => modules.find((name) => name === stripRoot(path, root)) : undefined
}

/** A package or a module of that name, at the root or in `src`. */
function discovered(module: string, paths: readonly string[]): Mapping | undefined {
  for (const root of ['', 'src']) {
    const at = root === '' ? module : `${root}/${module}`
    if (paths.some((path) => path.startsWith(`${at}/`) && path.endsWith('.py')))
      return packagesBelow(root, [module], [])
    if (paths.includes(`${at}.py`)) return (path) => (path === `${at}.py` ? `${module}.py` : undefined)
  }
  return undefined
}

const just =
  (names: readonly string[]): Mapping =>
  (path) =>
    names.includes(path) ? path : undefined

const below =
  (root: string): Mapping =>
  (path) =>
    stripRoot(path, root)

const trimmed = (path: string): string => path.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '')

function stripRoot(path: string, root: string): string | undefined {
  const folder = trimmed(root)
  if (folder === '') return path
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The table at a path of names; empty where there is none. */
export function tableAt(table: Table, ...names: readonly string[]): Table {
  return names.reduce((inner: Table, name) => {
    const value = inner[name]
    return isTable(value) ? value : {}
  }, table)
}

function strings(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return values.filter((item) => typeof item === 'string')
}
