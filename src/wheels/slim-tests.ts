export interface ModuleText {
  readonly path: string
  readonly text: string
}

/** Whether a file stands in a folder of tests of which no module outside needs it. */
export interface UnneededTests {
  readonly isUnused: (path: string) => boolean
}

/** The outermost folder of that name. */
const FOLDER = /^(?:.*?\/)?tests\//

/** What a module mentions that finds files or modules by a text. */
const LOOKS_FOR_FILES =
  /\b__file__\b|\b__path__\b|\bresources\b|\bpkgutil\b|\bpkg_resources\b|\bimport_module\b|\b__import__\b|\bimportlib\b/

/** Lines that do nothing: comments, and examples in the text of a docstring. */
const IDLE_LINE = /^[ \t]*(?:#|>>>|\.\.\. ).*$/gm

/**
 * Folders `tests` that have a Python module, and what of them is needed after all: modules that others import (a
 * `testing` takes helpers of the tests), data that others may open, whole folders where it cannot be told which part.
 *
 * Cheap and cautious: only texts are looked at, and a name in a docstring counts as one in a statement.
 */
export function neededTests(
  paths: readonly string[],
  modules: readonly ModuleText[],
  entryPoints: string,
): UnneededTests {
  const folders = new Set(modules.flatMap(({ path }) => folderOf(path) ?? []))
  if (folders.size === 0) return { isUnused: () => false }
  const texts = new Map(modules.map(({ path, text }) => [path, text]))
  const needed = new Set<string>()
  const waiting: ModuleText[] = [
    { path: '', text: entryPoints },
    // Only pytest loads a conftest.
    ...modules.filter(({ path }) => !folders.has(folderOf(path) ?? '') && !/(?:^|\/)conftest\.py$/.test(path)),
  ]
  const need = (path: string) => {
    if (needed.has(path)) return
    needed.add(path)
    const text = texts.get(path)
    if (text !== undefined) waiting.push({ path, text })
  }
  const needFolder = (folder: string, isWanted: (path: string) => boolean = () => true) => {
    for (const path of paths) if (path.startsWith(folder) && isWanted(path)) need(path)
  }
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    const own = folderOf(module.path)
    // A module that opens files next to it needs what it opens.
    if (own !== undefined && folders.has(own) && LOOKS_FOR_FILES.test(module.text)) needFolder(own)
    if (own === undefined && !module.text.includes('tests')) continue
    const { path, text } = { ...module, text: module.text.replaceAll(IDLE_LINE, '') }
    for (const reference of referencesOf({ path, text }, folders)) {
      const found = resolve(reference, texts)
      if (found === undefined) needFolder(reference.folder)
      else for (const path of found) need(path)
    }
    for (const folder of foldersNamedIn({ path, text }, folders)) needFolder(folder, (file) => !file.endsWith('.py'))
  }
  return { isUnused: (path) => folders.has(folderOf(path) ?? '') && !needed.has(path) }
}

interface Reference {
  /** With its last `/`. */
  readonly folder: string
  /** The module below it, as in `data.shops`; empty for the folder's own. */
  readonly module: string
}

/** The files of a module and of the packages around it; undefined where that does not tell what is needed. */
function resolve({ folder, module }: Reference, texts: ReadonlyMap<string, string>): string[] | undefined {
  const parts = module.split('.').filter((part) => part !== '')
  // The last names may be a class and its attribute.
  for (let count = parts.length; count > 0; count--) {
    const file = `${folder}${parts.slice(0, count).join('/')}.py`
    if (!texts.has(file)) continue
    const packages = Array.from({ length: count }, (_, depth) =>
      [folder, ...parts.slice(0, depth).map((part) => `${part}/`), '__init__.py'].join(''),
    )
    return [file, ...packages.filter((path) => texts.has(path))]
  }
  return undefined
}

function referencesOf({ path, text }: ModuleText, folders: ReadonlySet<string>): Reference[] {
  const rest = text.replaceAll(FROM_IMPORT, '').replaceAll(IMPORT, '')
  const names = [...dottedNames(rest, path), ...importedNames(text, path)]
  return names.flatMap((name) => referenceTo(name, folders) ?? [])
}

/** `a.tests.b` belongs to the folder `a/tests/`. */
function referenceTo(name: string, folders: ReadonlySet<string>): Reference | undefined {
  const [before, after] = split(name)
  if (before === undefined) return undefined
  const folder = before.replaceAll('.', '/')
  return folders.has(folder) ? { folder, module: after } : undefined
}

function split(name: string): [string | undefined, string] {
  const match = /^((?:\w+\.)*?tests)(?:\.(.*))?$/.exec(name)
  return match === null ? [undefined, ''] : [`${match[1]}/`, match[2] ?? '']
}

/** Every `a.b.tests.c` of a text, in an expression or in a string, which may begin with dots like a relative import. */
function dottedNames(text: string, path: string): string[] {
  const names: string[] = []
  for (const { index } of text.matchAll(/\.tests\b|\btests\.(?=\w)/g)) {
    const before = /[\w.]*$/.exec(text.slice(Math.max(0, index - 200), index))?.[0] ?? ''
    const after = /^[\w.]*/.exec(text.slice(index, index + 200))?.[0] ?? ''
    names.push(absolute(`${before}${after}`.replace(/\.+$/, ''), path))
  }
  return names
}

/** Statements over several lines have brackets or backslashes. */
const FROM_IMPORT = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\((?:[^)#]|#[^\n]*)*\)|(?:[^\n\\;#]|\\\r?\n)*)/gm
const IMPORT = /^[ \t]*import[ \t]+([^\n#;(]+)/gm

/** The modules that a module may import, by their full names: `from . import a` in `shop/x.py` is `shop.a`. */
function importedNames(text: string, path: string): string[] {
  const froms = [...text.matchAll(FROM_IMPORT)].flatMap(([, from = '', names = '']) => {
    const module = absolute(from, path)
    return namesOf(names).map((name) =>
      name === '*' ? module : [module, name].filter((part) => part !== '').join('.'),
    )
  })
  const imports = [...text.matchAll(IMPORT)].flatMap(([, names = '']) => namesOf(names))
  return [...froms, ...imports].filter((name) => /(?:^|\.)tests(?:\.|$)/.test(name))
}

function namesOf(list: string): string[] {
  return list
    .replaceAll(/#[^\n]*/g, '')
    .replaceAll(/[()\\]/g, ' ')
    .split(',')
    .flatMap((each) => /^\s*([\w.*]+)/.exec(each)?.[1] ?? [])
}

/** PEP 328: one dot is the package of the module, each further one the package around. */
function absolute(from: string, path: string): string {
  const dots = /^\.*/.exec(from)?.[0].length ?? 0
  if (dots === 0) return from
  const packages = path.split('/').slice(0, -dots)
  return [...packages, from.slice(dots)].filter((part) => part !== '').join('.')
}

/** `'tests'`, `'tests/data'` and `'../tests/x.json'`. */
const PATH = /(['"])(?:[\w.*-]*\/)*tests(?:\/[\w.*/-]*)?\1/

/** Folders in which a module may open a file: below its own folder, and beside the folders around it. */
function foldersNamedIn({ path, text }: ModuleText, folders: ReadonlySet<string>): string[] {
  if (!PATH.test(text) || !LOOKS_FOR_FILES.test(text)) return []
  const own = path.slice(0, path.lastIndexOf('/') + 1)
  return [...folders].filter((folder) => folder.startsWith(own) || own.startsWith(folder.slice(0, -'tests/'.length)))
}

function folderOf(path: string): string | undefined {
  return FOLDER.exec(path)?.[0]
}
