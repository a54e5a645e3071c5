import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { UserError } from '../errors.ts'

/** One line of a requirements file, with its continuation lines joined and its comment gone. */
interface Line {
  readonly text: string
  /** Of the first physical line, from 1. */
  readonly number: number
}

export interface RequirementsFile {
  /** Relative to the project, with `/`; may start with `../`. */
  readonly path: string
  readonly text: string
  readonly lines: readonly Line[]
}

/** A requirements file and everything that it includes by `-r` and `-c`. Format: pip, "Requirements File Format". */
export async function readRequirementsFiles(projectFolder: string, path: string): Promise<readonly RequirementsFile[]> {
  const files = new Map<string, RequirementsFile>()
  const read = async (wanted: string, includedBy: string | undefined): Promise<void> => {
    if (files.has(wanted)) return
    const file = requirementsFile(wanted, await readText(projectFolder, wanted, includedBy))
    files.set(wanted, file)
    for (const included of includesOf(file)) await read(included, wanted)
  }
  await read(posix.normalize(path), undefined)
  return [...files.values()]
}

export function requirementsFile(path: string, text: string): RequirementsFile {
  return { path, text, lines: logicalLines(text) }
}

/** Whether every requirement comes with its hashes, so that nothing is left to resolve. */
export function isHashed(files: readonly RequirementsFile[]): boolean {
  return !isEmpty(files) && requirementLines(files).every(({ text }) => text.includes('--hash'))
}

/** Whether nothing is asked for. */
export function isEmpty(files: readonly RequirementsFile[]): boolean {
  return requirementLines(files).length === 0
}

const EDITABLE = /^(?:-e\s|--editable[\s=])/
/** A file that only uv reads: what it asks for is not known here. */
const REMOTE_FILE = /^(?:-r|--requirement)[\s=]*[a-z]+:\/\//i

function requirementLines(files: readonly RequirementsFile[]): Line[] {
  return files.flatMap(({ lines }) =>
    lines.filter(({ text }) => !text.startsWith('-') || EDITABLE.test(text) || REMOTE_FILE.test(text)),
  )
}

/** The line that asks for one of these distributions, for an annotation. */
export function lineOf(
  files: readonly RequirementsFile[],
  names: readonly string[],
): { file: string; line: number } | undefined {
  const wanted = new Set(names.map(normalise))
  for (const file of files) {
    const line = file.lines.find(({ text }) =>
      wanted.has(normalise(/^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(text)?.[0] ?? '')),
    )
    if (line) return { file: file.path, line: line.number }
  }
  return undefined
}

/** A distribution's name as PEP 503 compares it. */
export function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** Requirements that are folders or files of this machine, which no builder has. */
export function localRequirements(files: readonly RequirementsFile[]): { file: string; line: number; text: string }[] {
  const isLocal = (text: string): boolean =>
    (EDITABLE.test(text) && !/^\S+[\s=]\s*\w+\+/.test(text)) || /^(?:\.{1,2}(?:\/|$)|\/|file:)|@\s*file:/.test(text)
  return files.flatMap(({ path, lines }) =>
    lines.filter(({ text }) => isLocal(text)).map(({ text, number }) => ({ file: path, line: number, text })),
  )
}

async function readText(projectFolder: string, path: string, includedBy: string | undefined): Promise<string> {
  try {
    const bytes = await readFile(posix.join(projectFolder, path))
    // PowerShell's `pip freeze > requirements.txt` writes UTF-16; either decoder drops a byte order mark.
    return new TextDecoder(encodingOf(bytes)).decode(bytes)
  } catch (error) {
    throw new UserError(
      {
        title: `The requirements file ${path} cannot be read`,
        detail: [includedBy && `It is included by ${includedBy}.`, (error as Error).message].filter(Boolean).join('\n'),
        hint: 'Paths are relative to the file that includes them.',
      },
      { cause: error },
    )
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

function logicalLines(text: string): Line[] {
  const lines: Line[] = []
  let joined = ''
  let start = 1
  for (const [index, physical] of text.split(/\r?\n/).entries()) {
    if (joined === '') start = index + 1
    const line = physical.replace(/(^|\s)#.*$/, '').trimEnd()
    if (line.endsWith('\\')) {
      joined += `${line.slice(0, -1)} `
      continue
    }
    const whole = (joined + line).trim()
    joined = ''
    if (whole !== '') lines.push({ text: whole, number: start })
  }
  if (joined.trim() !== '') lines.push({ text: joined.trim(), number: start })
  return lines
}

function includesOf({ path, lines }: RequirementsFile): string[] {
  const included = lines.flatMap(
    ({ text }) => /^(?:-r|--requirement|-c|--constraint)(?:\s+|=)?(\S+)/.exec(text)?.[1] ?? [],
  )
  return included.filter((file) => !/^[a-z]+:\/\//i.test(file)).map((file) => posix.join(posix.dirname(path), file))
}
