import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { type Problem, UserError } from '../errors.ts'
import { normalise } from './files.ts'

export type Location = NonNullable<Problem['location']>

/** A table of TOML or an object of JSON, of which nothing is known yet. */
export type Table = Readonly<Record<string, unknown>>

/** A file that was read, with its path relative to the project. */
export interface Document {
  readonly path: string
  readonly text: string
  readonly root: Table
}

/** @throws UserError where it is missing or not valid, with its line */
export async function readDocument(project: string, path: string, hint: string): Promise<Document> {
  return parseDocument(path, await readText(project, path, hint), hint)
}

async function readText(project: string, path: string, hint: string): Promise<string> {
  try {
    return await readFile(join(project, path), 'utf8')
  } catch (error) {
    throw new UserError({ title: `${path} cannot be read`, detail: (error as Error).message, hint }, { cause: error })
  }
}

/** TOML, or JSON where the text starts like that. */
export function parseDocument(path: string, text: string, hint: string): Document {
  try {
    return { path, text, root: asTable(/^\s*\{/.test(text) ? JSON.parse(text) : parse(text)) }
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1
    throw new UserError(
      {
        title: `${path} cannot be read`,
        // Its other lines show the file, where addresses may have passwords.
        detail: (error as Error).message.split('\n', 1)[0],
        hint,
        location: { file: path, line },
      },
      { cause: error },
    )
  }
}

export function asTable(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
}

export function asTables(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(asTable) : []
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** The table that is reached by these names; empty where there is none. */
export function tableAt(root: Table, ...names: readonly string[]): Table {
  return names.reduce((table, name) => asTable(table[name]), root)
}

/** The lines of a lock's packages, by normalised name: the first `name = "…"` of each. */
export function packageLines({ path, text }: Document): (name: string) => Location {
  const lines = new Map<string, number>()
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^name = "([^"]+)"/.exec(line)?.[1] ?? /^\s{4,8}"([A-Za-z0-9][\w.-]*)": \{/.exec(line)?.[1]
    if (name !== undefined && !lines.has(normalise(name))) lines.set(normalise(name), index + 1)
  }
  return (name) => ({ file: path, line: lines.get(name) ?? 1 })
}

/** The line of a manifest that asks for a distribution: `"name>=1",` in a list, or `name = …` as a key. */
export function requestLines({ path, text }: Document): (name: string) => Location {
  const lines = new Map<string, number>()
  const request = /(?:^\s*|["'])([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?=\s*(?:["'[<>=!~;@(]))/g
  for (const [index, line] of text.split('\n').entries()) {
    for (const [, name = ''] of line.matchAll(request))
      if (!lines.has(normalise(name))) lines.set(normalise(name), index + 1)
  }
  return (name) => ({ file: path, line: lines.get(name) ?? 1 })
}
