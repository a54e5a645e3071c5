import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const PROGRAMS = dirname(fileURLToPath(import.meta.url))

/** What measure.py prints. */
export interface Cost {
  readonly exitCode: number | null // null: ended because it took too long
  readonly seconds: number
  readonly cpuSeconds: number
  readonly largestProcessBytes: number
  readonly allProcessesBytes: number
}

/** What inspect_zip.py prints. */
export interface Contents {
  readonly sha256: string
  readonly zipBytes: number
  readonly level6Bytes: number // of the same files, each deflated at zlib's level 6
  readonly unzippedBytes: number
  readonly entries: number
  readonly bytecode: Readonly<Record<'timestamp' | 'unchecked' | 'checked' | 'valid', number>>
  readonly sharedObjects: number
  readonly wrongBinaries: readonly string[]
}

export interface Running {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly log: string
  readonly limitSeconds: number
}

/** Times a script of the shell. `python` runs measure.py, not the script. */
export async function measure(
  python: string,
  script: string,
  { folder, env, log, limitSeconds }: Running,
): Promise<Cost> {
  const program = [join(PROGRAMS, 'measure.py'), String(limitSeconds), log, 'sh', '-euc', script]
  const { stdout } = await run(python, ['-I', '-S', ...program], { cwd: folder, env })
  return JSON.parse(stdout) as Cost
}

/** The number of x86-64 in an ELF header (e_machine). */
export const MACHINE = 62

/** Looks into a zip, and unpacks it into a folder where one is given. */
export async function inspect(
  python: string,
  zip: string,
  { glibc, machine, folder }: { glibc: string; machine: number; folder?: string },
): Promise<Contents> {
  const args = [zip, glibc, String(machine), ...(folder === undefined ? [] : [folder])]
  return JSON.parse(await runPython(python, join(PROGRAMS, 'inspect_zip.py'), args)) as Contents
}

export async function runPython(python: string, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(python, ['-I', '-S', program, ...args], { maxBuffer: 16 * 1024 * 1024 })
  return stdout
}

/** @returns milliseconds from the start of a fresh process to the end of its first answer. @throws Error when that is no 200. */
export async function startMilliseconds(python: string, folder: string, application: string): Promise<number> {
  const started = performance.now()
  await run(python, ['-I', '-S', '-B', join(PROGRAMS, 'start.py'), folder, application], {
    cwd: folder,
    env: { LANG: 'C.UTF-8', LD_LIBRARY_PATH: join(folder, 'lib'), PYTHONDONTWRITEBYTECODE: '1' },
  })
  return performance.now() - started
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** The last lines of a tool's own output, as they are shown for its failure. */
export async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return withoutPlaces(lines.slice(-3).join(' / ')).slice(-400)
}

/** A result is published: what names this machine or its package index is left out. */
export function withoutPlaces(text: string): string {
  return text
    .replaceAll(fileURLToPath(new URL('../..', import.meta.url)), '')
    .replaceAll(homedir(), '~')
    .replace(/(https?:\/\/)[^\s/]+/g, '$1…')
    .replaceAll('|', '/')
}
