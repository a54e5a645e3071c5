import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { type Problem, SettingsError } from '../errors.ts'
import { suggestion } from './suggestion.ts'
import { lineOfKey } from './toml-lines.ts'
import type { Source } from './values.ts'

type Table = Readonly<Record<string, unknown>>

/** What this program reads of a project's `pyproject.toml` (PEP 518, PEP 621). All tables are empty without the file. */
export interface Pyproject {
  readonly exists: boolean
  /** The file, for where something stands in it. */
  readonly text: string
  /** Whether it says what the application depends on. */
  readonly hasDependencies: boolean
  readonly project: Table
  readonly settings: Table
  readonly stages: Readonly<Record<string, Table>>
  /** What should be a table and is not. */
  readonly problems: readonly Problem[]
}

export async function readPyproject(projectFolder: string): Promise<Pyproject> {
  const text = await readIfPresent(join(projectFolder, 'pyproject.toml'))
  if (text === undefined)
    return { exists: false, text: '', hasDependencies: false, project: {}, settings: {}, stages: {}, problems: [] }
  const document = parseToml(text)
  const problems: Problem[] = []
  const ownTable = (value: unknown, name: string): Table => {
    if (value !== undefined && !isTable(value)) problems.push({ title: `${name} in pyproject.toml is not a table` })
    return asTable(value)
  }
  const { stages, ...settings } = ownTable(asTable(document['tool'])['wsgi-lambda'], 'tool.wsgi-lambda')
  const stageTables = Object.entries(ownTable(stages, 'tool.wsgi-lambda.stages')).map(
    ([name, table]) => [name, ownTable(table, `tool.wsgi-lambda.stages.${name}`)] as const,
  )
  return {
    exists: true,
    text,
    hasDependencies: hasDependencies(asTable(document['project']), asTable(asTable(document['tool'])['poetry'])),
    project: asTable(document['project']),
    settings,
    stages: Object.fromEntries(stageTables),
    problems,
  }
}

function hasDependencies(project: Table, poetry: Table): boolean {
  const { dynamic } = project
  const isDynamic = Array.isArray(dynamic) && dynamic.includes('dependencies')
  return project['dependencies'] !== undefined || isDynamic || poetry['dependencies'] !== undefined
}

/** `[tool.wsgi-lambda]` and, with a stage, `[tool.wsgi-lambda.stages.NAME]` over it. */
export function pyprojectSources(
  pyproject: Pyproject,
  stage: string | undefined,
): { sources: Source[]; problems: Problem[] } {
  const locationIn =
    (...table: readonly string[]) =>
    (name: string): Problem['location'] => {
      const line = lineOfKey(pyproject.text, ['tool', 'wsgi-lambda', ...table], name)
      return line === undefined ? undefined : { file: 'pyproject.toml', line }
    }
  const base: Source = {
    given: pyproject.settings,
    nameOf: (name) => `${name} in pyproject.toml`,
    locationOf: locationIn(),
  }
  if (stage === undefined) return { sources: [base], problems: [...pyproject.problems] }
  const overlay = Object.hasOwn(pyproject.stages, stage) ? pyproject.stages[stage] : undefined
  if (overlay === undefined)
    return { sources: [base], problems: [...pyproject.problems, unknownStage(stage, Object.keys(pyproject.stages))] }
  return {
    sources: [
      base,
      {
        given: overlay,
        nameOf: (name) => `${name} of stage ${stage} in pyproject.toml`,
        locationOf: locationIn('stages', stage),
      },
    ],
    problems: [...pyproject.problems],
  }
}

function unknownStage(stage: string, known: readonly string[]): Problem {
  const title = `The stage ${JSON.stringify(stage)} is not known`
  if (known.length > 0) {
    const all = `Known: ${known.join(', ')}.`
    return { title, hint: [...new Set([suggestion(stage, known), all])].join(' ') }
  }
  return {
    title: `${title}: pyproject.toml has no stages`,
    hint: `Add a table [tool.wsgi-lambda.stages.${stage}] (it may be empty), or leave the stage out.`,
  }
}

function parseToml(text: string): Table {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new SettingsError([
      {
        title: `pyproject.toml is not valid TOML (line ${error.line}, column ${error.column})`,
        // Its other lines show the file, which may hold values of environment variables.
        detail: error.message.split('\n', 1)[0],
        location: { file: 'pyproject.toml', line: error.line },
      },
    ])
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asTable(value: unknown): Table {
  return isTable(value) ? value : {}
}

/** The text of a file, or undefined when there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
