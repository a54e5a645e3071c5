import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Problem } from '../errors.ts'
import type { Pyproject } from './pyproject.ts'

/** In the order in which they are looked for: what locks more comes first. */
const KINDS = [
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'Pipfile.lock',
  'requirements',
  'pyproject.toml',
] as const

/** The file that says what the application depends on. */
export interface Manifest {
  readonly kind: (typeof KINDS)[number]
  /** Relative to the project, with `/`. */
  readonly path: string
}

const REQUIREMENTS = 'requirements.txt'

export function findManifest(
  projectFolder: string,
  given: string | undefined,
  pyproject: Pyproject,
): Manifest | { problem: Problem } {
  const has = (path: string): boolean => existsSync(join(projectFolder, path))
  if (given !== undefined) return has(given) ? manifestAt(given.replaceAll('\\', '/')) : { problem: missing(given) }
  const own = KINDS.map((kind) => (kind === 'requirements' ? REQUIREMENTS : kind)).find(
    (path) => has(path) && (path !== 'pyproject.toml' || pyproject.hasDependencies),
  )
  if (own !== undefined && own !== 'pyproject.toml') return manifestAt(own)
  const above = typeof pyproject.project['name'] === 'string' ? workspaceLock(projectFolder) : undefined
  if (above !== undefined) return manifestAt(above)
  if (own !== undefined) return manifestAt(own)
  return {
    problem: {
      title: 'No manifest was found: there is no lock, no requirements.txt, and no dependencies in pyproject.toml',
      hint: has('Pipfile')
        ? 'Lock the Pipfile with: pipenv lock'
        : 'Write a requirements.txt (an empty one if the application needs nothing), or set requirements to its path.',
    },
  }
}

/** What a file is, by its name. */
function manifestAt(path: string): Manifest {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/^pylock\.[^.]+\.toml$/.test(name)) return { kind: 'pylock.toml', path } // PEP 751
  return { kind: KINDS.find((kind) => name === kind) ?? 'requirements', path }
}

function missing(given: string): Problem {
  return {
    title: `The manifest ${JSON.stringify(given)} does not exist`,
    hint: 'Set requirements to a path relative to the project.',
  }
}

/** A member of a uv workspace has its lock in a folder above, up to the one that holds the repository. */
function workspaceLock(projectFolder: string): string | undefined {
  for (let up = '..', folder = projectFolder; !existsSync(join(folder, '.git')); up += '/..') {
    if (dirname(folder) === folder) return undefined
    folder = dirname(folder)
    if (existsSync(join(folder, 'uv.lock'))) return `${up}/uv.lock`
  }
  return undefined
}
