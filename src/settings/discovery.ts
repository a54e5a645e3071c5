import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent } from './pyproject.ts'

export interface FoundApplication {
  /** `module:attribute` or `module:factory()`. */
  readonly app: string
  /** For the log: where it was found. */
  readonly from: string
}

/** Files that Flask's own documentation and tutorials use, in the order in which they are tried. */
const FLASK_FILES = ['app.py', 'wsgi.py', 'api.py', 'main.py', 'application.py'] as const

/** The application that a project's own files name: Django's WSGI_APPLICATION, or a WSGI callable at its root. */
export async function findApplication(projectFolder: string): Promise<FoundApplication | undefined> {
  return (await findDjango(projectFolder)) ?? (await findCallable(projectFolder))
}

async function findDjango(projectFolder: string): Promise<FoundApplication | undefined> {
  const manage = await readIfPresent(join(projectFolder, 'manage.py'))
  const settingsModule = manage?.match(/DJANGO_SETTINGS_MODULE['"](?:\s*,|\]\s*=)\s*['"]([\w.]+)['"]/)?.[1]
  if (settingsModule === undefined) return undefined
  for (const module of withParentPackages(settingsModule)) {
    const found = await wsgiApplicationOf(projectFolder, module)
    if (found) return found
  }
  const guess = `${settingsModule.split('.')[0] ?? settingsModule}.wsgi`
  const hasModule = (await readIfPresent(join(projectFolder, `${guess.replaceAll('.', '/')}.py`))) !== undefined
  return hasModule ? { app: `${guess}:application`, from: `manage.py → ${guess}` } : undefined
}

/** `WSGI_APPLICATION = "mysite.wsgi.application"`, also where a settings package imports it from its base module. */
async function wsgiApplicationOf(projectFolder: string, module: string): Promise<FoundApplication | undefined> {
  const path = module.replaceAll('.', '/')
  for (const file of [`${path}.py`, `${path}/__init__.py`, `${path}/base.py`]) {
    const source = await readIfPresent(join(projectFolder, file))
    const dotted = source?.match(/^WSGI_APPLICATION\s*(?::[^=\n]+)?=\s*['"]([\w.]+)\.(\w+)['"]/m)
    if (dotted) return { app: `${dotted[1] ?? ''}:${dotted[2] ?? ''}`, from: `manage.py → WSGI_APPLICATION in ${file}` }
  }
  return undefined
}

function withParentPackages(module: string): string[] {
  const parts = module.split('.')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'))
}

async function findCallable(projectFolder: string): Promise<FoundApplication | undefined> {
  for (const file of FLASK_FILES) {
    const source = await readIfPresent(join(projectFolder, file))
    if (source === undefined) continue
    const attribute = callableIn(source)
    if (attribute !== undefined) return { app: `${file.slice(0, -'.py'.length)}:${attribute}`, from: file }
  }
  return await findPackage(projectFolder)
}

/** The one package that has an application or a factory, as in Flask's tutorial; of several none is taken. */
async function findPackage(projectFolder: string): Promise<FoundApplication | undefined> {
  const children = await readdir(projectFolder, { withFileTypes: true })
  const packages = children.filter((child) => child.isDirectory() && /^[A-Za-z_]\w*$/.test(child.name))
  const found = await Promise.all(
    packages.map(async ({ name }) => {
      const file = `${name}/__init__.py`
      const attribute = callableIn((await readIfPresent(join(projectFolder, file))) ?? '')
      return attribute === undefined ? [] : [{ app: `${name}:${attribute}`, from: file }]
    }),
  )
  const [first, ...others] = found.flat()
  return others.length === 0 ? first : undefined
}

/** A name at the module's top level: assigned, imported, or defined as a WSGI function or a factory. */
function callableIn(source: string): string | undefined {
  for (const name of ['app', 'application']) {
    const assigned = new RegExp(
      `^${name}\\s*(?::[^=\\n]+)?=(?!=)|^def ${name}\\(|^from .+ import (?:.*[\\s,(])?${name}\\b(?! +as )`,
      'm',
    )
    if (assigned.test(source)) return name
  }
  const factory = source.match(/^def (create_app|make_app)\(/m)?.[1]
  return factory === undefined ? undefined : `${factory}()`
}
