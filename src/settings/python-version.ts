import { join } from 'node:path'
import { satisfies } from '@renovatebot/pep440'
import type { Problem } from '../errors.ts'
import { DEFAULT_RUNTIME, RUNTIME_NAMES, type Runtime } from '../platform/runtimes.ts'
import { type Pyproject, readIfPresent } from './pyproject.ts'

export interface FoundRuntime {
  readonly runtime: Runtime
  /** For the log: where it was found. */
  readonly from: string
}

/** `.python-version` (pyenv, uv), else `requires-python` (PEP 621), else the default. */
export async function findRuntime(
  projectFolder: string,
  { project }: Pyproject,
): Promise<FoundRuntime | { problem: Problem }> {
  const pinned = await readIfPresent(join(projectFolder, '.python-version'))
  if (pinned !== undefined) return fromPin(pinned)
  const required = project['requires-python']
  return typeof required === 'string' ? fromSpecifier(required) : { runtime: DEFAULT_RUNTIME, from: 'the default' }
}

function fromPin(text: string): FoundRuntime | { problem: Problem } {
  const pin =
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .find((line) => line !== '' && !line.startsWith('#')) ?? ''
  const runtime = RUNTIME_NAMES.find((name) => name === `python${/^(?:cpython[-@]?)?(\d+\.\d+)/.exec(pin)?.[1] ?? ''}`)
  if (runtime) return { runtime, from: '.python-version' }
  return { problem: noRuntime(`.python-version asks for ${JSON.stringify(pin)}`) }
}

function fromSpecifier(required: string): FoundRuntime | { problem: Problem } {
  // A late patch release, so that `>=3.12.4` and `!=3.12.1` do not refuse the whole minor.
  const fits = (name: Runtime): boolean => satisfies(`${name.slice('python'.length)}.99`, required)
  const runtime = fits(DEFAULT_RUNTIME) ? DEFAULT_RUNTIME : RUNTIME_NAMES.findLast(fits)
  if (runtime) return { runtime, from: `requires-python ${JSON.stringify(required)}` }
  return { problem: noRuntime(`requires-python is ${JSON.stringify(required)}`) }
}

function noRuntime(title: string): Problem {
  return {
    title: `${title}, which no Lambda runtime has`,
    hint: `Set runtime to one of ${RUNTIME_NAMES.join(', ')}.`,
  }
}
