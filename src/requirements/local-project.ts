import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { asTable, asTexts, parseDocument } from './documents.ts'
import { normalise } from './files.ts'
import { relativePath } from './lock-context.ts'
import { type ProjectDependencies, readProjectDependencies } from './project-dependencies.ts'
import { archiveIdentity } from './requirement.ts'

/** A folder or an archive of this machine that is asked for. */
export interface LocalProject {
  /** Normalised; as far as it can be told without building it. */
  readonly name: string
  /** Undefined where `name` is only the folder's. */
  readonly statedName: string | undefined
  readonly version: string | undefined
  /** Undefined where only building it tells: an archive, `setup.py`, dynamic dependencies. */
  readonly dependencies: ProjectDependencies | undefined
  /** Texts that can change what it asks for. */
  readonly texts: readonly string[]
}

/** What a build of a folder reads of it. */
const DESCRIPTIONS = ['pyproject.toml', 'setup.cfg', 'setup.py']

/** @param path absolute */
export async function readLocalProject(project: string, path: string): Promise<LocalProject> {
  const found = await stat(path)
  if (!found.isDirectory()) {
    const identity = archiveIdentity(path)
    const name = identity?.name ?? normalise(basename(path))
    return {
      name,
      statedName: identity?.name,
      version: identity?.version,
      dependencies: undefined,
      texts: [`${found.size} ${found.mtimeMs}`],
    }
  }
  const texts = await Promise.all(DESCRIPTIONS.map((name) => readFile(join(path, name), 'utf8').catch(() => '')))
  const [pyproject = '', ...setup] = texts
  const document = parseDocument(relativePath(project, join(path, 'pyproject.toml')), pyproject, 'Correct it.')
  const dependencies = readProjectDependencies(document, project)
  const own = asTable(document.root['project'])
  const isStatic = own['name'] !== undefined && !asTexts(own['dynamic']).some((field) => /dependencies$/.test(field))
  const isPoetrys = asTable(asTable(document.root['tool'])['poetry'])['dependencies'] !== undefined
  const statedName = dependencies.name ?? nameIn(setup)
  return {
    name: statedName ?? normalise(basename(path)),
    statedName,
    version: typeof own['version'] === 'string' ? own['version'] : undefined,
    dependencies: isStatic || isPoetrys ? dependencies : undefined,
    texts,
  }
}

/** `name = …` of `setup.cfg` and `setup.py`. */
function nameIn(texts: readonly string[]): string | undefined {
  const name = texts
    .map((text) => /^\s*(?:.*\()?\s*name\s*=\s*["']?([A-Za-z0-9][\w.-]*)/m.exec(text)?.[1])
    .find(Boolean)
  return name === undefined ? undefined : normalise(name)
}
