import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Problem } from '../errors.ts'
import type { Pyproject } from './pyproject.ts'

/** The file that says what the application depends on. */
export interface Manifest {
  readonly kind: 'uv.lock' | 'requirements'
  /** Relative to the project, with `/`. */
  readonly path: string
}

const EXPORTS: Readonly<Record<string, string>> = {
  'poetry.lock': 'poetry export -o requirements.txt',
  'Pipfile.lock': 'pipenv requirements > requirements.txt',
  'pdm.lock': 'pdm export -o requirements.txt',
  'pylock.toml': 'uv pip compile --generate-hashes pyproject.toml -o requirements.txt',
}

export function findManifest(
  projectFolder: string,
  given: string | undefined,
  pyproject: Pyproject,
): Manifest | { problem: Problem } {
  const has = (path: string): boolean => existsSync(join(projectFolder, path))
  if (given !== undefined) {
    if (has(given))
      return { kind: given.endsWith('uv.lock') ? 'uv.lock' : 'requirements', path: given.replaceAll('\\', '/') }
    return {
      problem: {
        title: `The manifest ${JSON.stringify(given)} does not exist`,
        hint: 'Set requirements to a path relative to the project.',
      },
    }
  }
  if (has('uv.lock')) return { kind: 'uv.lock', path: 'uv.lock' }
  if (has('requirements.txt')) return { kind: 'requirements', path: 'requirements.txt' }
  const above = typeof pyproject.project['name'] === 'string' ? workspaceLock(projectFolder) : undefined
  if (above !== undefined) return { kind: 'uv.lock', path: above }
  return {
    problem: {
      title: 'No manifest was found: there is neither uv.lock nor requirements.txt',
      hint: adviceFor(has, pyproject),
    },
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

function adviceFor(has: (path: string) => boolean, { project }: Pyproject): string {
  const other = Object.keys(EXPORTS).find(has)
  if (other !== undefined) return `${other} is there; write it out with: ${EXPORTS[other] ?? ''}`
  if (project['dependencies'] !== undefined) return 'pyproject.toml has dependencies; lock them with: uv lock'
  return 'Write a requirements.txt (an empty one if the application needs nothing), or set requirements to its path.'
}
