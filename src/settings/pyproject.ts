import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { type Problem, SettingsError } from '../errors.ts'
import { type Source, suggestion } from './values.ts'

type Table = Readonly<Record<string, unknown>>

/** What this program reads of a project's `pyproject.toml` (PEP 518, PEP 621). All tables are empty without the file. */
export interface Pyproject {
  readonly exists: boolean
  readonly project: Table
  readonly settings: Table
  readonly stages: Readonly<Record<string, Table>>
}

export async function readPyproject(projectFolder: string): Promise<Pyproject> {
  const text = await readIfPresent(join(projectFolder, 'pyproject.toml'))
  if (text === undefined) return { exists: false, project: {}, settings: {}, stages: {} }
  const document = parseToml(text)
  const { stages, ...settings } = tableAt(tableAt(document, 'tool'), 'wsgi-lambda')
  const stageTables = Object.entries(asTable(stages)).map(([name, table]) => [name, asTable(table)] as const)
  return { exists: true, project: tableAt(document, 'project'), settings, stages: Object.fromEntries(stageTables) }
}

/** `[tool.wsgi-lambda]` and, with a stage, `[tool.wsgi-lambda.stages.NAME]` over it. */
export function pyprojectSources(
  pyproject: Pyproject,
  stage: string | undefined,
): { sources: Source[]; problems: Problem[] } {
  const base: Source = { given: pyproject.settings, nameOf: (name) => `${name} in pyproject.toml` }
  if (stage === undefined) return { sources: [base], problems: [] }
  const names = Object.keys(pyproject.stages)
  const overlay = Object.hasOwn(pyproject.stages, stage) ? pyproject.stages[stage] : undefined
  if (overlay === undefined && names.length > 0) {
    return {
      sources: [base],
      problems: [{ title: `The stage ${JSON.stringify(stage)} is not known`, hint: suggestion(stage, names) }],
    }
  }
  if (overlay === undefined) {
    const problem = {
      title: `The stage ${JSON.stringify(stage)} is not known: pyproject.toml has no stages`,
      hint: `Add a table [tool.wsgi-lambda.stages.${stage}] (it may be empty), or leave the stage out.`,
    }
    return { sources: [base], problems: [problem] }
  }
  return {
    sources: [base, { given: overlay, nameOf: (name) => `${name} of stage ${stage} in pyproject.toml` }],
    problems: [],
  }
}

function parseToml(text: string): Table {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new SettingsError([
      { title: `pyproject.toml is not valid TOML (line ${error.line}, column ${error.column})`, detail: error.message },
    ])
  }
}

function tableAt(table: Table, name: string): Table {
  return asTable(table[name])
}

function asTable(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
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
