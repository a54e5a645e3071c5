import { execFile } from 'node:child_process'
import { access, mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lastLines } from './service.ts'

const run = promisify(execFile)

const OWN_FOLDER = fileURLToPath(new URL('../../.cache/bin', import.meta.url))

/** A program that Go builds from its source, since its releases are not on a package registry. */
export interface GoProgram {
  readonly name: string
  /** What `go install` takes, without the version. */
  readonly package: string
  readonly version: string // '1.7.12'
  readonly neededGo: readonly [major: number, minor: number]
  /** What it is asked for its version with, and what the right one answers. */
  readonly versionFlag: string
  readonly answer: RegExp
}

/** Where a program is, or why there is none. */
export type FoundProgram = { readonly path: string } | { readonly missing: string }

/** Looks in `.cache/bin`, then on PATH. */
export async function findProgram({ name, versionFlag, answer, neededGo }: GoProgram): Promise<FoundProgram> {
  for (const folder of [OWN_FOLDER, ...(process.env['PATH'] ?? '').split(delimiter)]) {
    const path = join(folder, name)
    try {
      await access(path)
      const { stdout } = await run(path, [versionFlag])
      if (answer.test(stdout)) return { path }
    } catch {
      // not there, or another program of that name
    }
  }
  return {
    missing: `${name} is not installed; with Go ${neededGo.join('.')} or newer on PATH it is built from its source`,
  }
}

/** Builds it into `.cache/bin` where it is missing and Go is there, which takes up to three minutes. */
export async function ensureProgram(program: GoProgram): Promise<FoundProgram> {
  const found = await findProgram(program)
  if ('path' in found || !(await hasGo(program.neededGo))) return found
  const { name, version } = program
  console.error(`Building ${name} ${version} with Go, once: this may take a few minutes.`)
  await mkdir(OWN_FOLDER, { recursive: true })
  try {
    await run('go', ['install', `${program.package}@v${version}`], {
      env: { ...process.env, GOBIN: OWN_FOLDER },
      maxBuffer: 64 * 1024 * 1024,
    })
  } catch (error) {
    const { stderr = String(error) } = error as { stderr?: string }
    return { missing: `${name} could not be built: ${lastLines(stderr)}` }
  }
  return findProgram(program)
}

async function hasGo([neededMajor, neededMinor]: GoProgram['neededGo']): Promise<boolean> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION'])
    const [major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number)
    return major > neededMajor || (major === neededMajor && minor >= neededMinor)
  } catch {
    return false
  }
}
