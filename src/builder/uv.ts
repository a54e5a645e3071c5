import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compare } from '@renovatebot/pep440'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Completed } from './builder.ts'

/** The first version with every option that we use. */
const OLDEST_UV = '0.8.0'
/** What is installed where there is none; `docker/uv.txt` pins the same version by hash. */
export const UV_VERSION = '0.13.9'

type Run = (command: readonly string[]) => Promise<Completed>

/** uv on PATH if it is new enough, else our own copy, where one of them is there. */
export async function installedUv(cacheFolder: string, run: Run): Promise<string | undefined> {
  const installed = await versionOf('uv', run)
  if (installed !== undefined && compare(installed, OLDEST_UV) >= 0) return 'uv'
  const own = join(ownFolder(cacheFolder), 'bin', 'uv')
  return existsSync(own) ? own : undefined
}

function ownFolder(cacheFolder: string): string {
  return join(cacheFolder, `uv-${UV_VERSION}`)
}

/** uv on PATH if it is new enough, else our own copy of the pinned version, brought by pip. */
export async function findUv(
  {
    python,
    cacheFolder,
    toolsFolder,
    report,
  }: { python: string; cacheFolder: string; toolsFolder: string; report: Reporter },
  run: Run,
): Promise<string> {
  const installed = await installedUv(cacheFolder, run)
  if (installed !== undefined) return installed
  const folder = ownFolder(cacheFolder)
  const own = join(folder, 'bin', 'uv')
  report.info(`uv ${UV_VERSION}: installed for this program only, into its cache`)
  await mkdir(cacheFolder, { recursive: true })
  const temporary = await mkdtemp(join(cacheFolder, 'uv-'))
  const pip = [
    python,
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
  ]
  const { exitCode, stderr } = await run([
    ...pip,
    '--target',
    temporary,
    '--require-hashes',
    '-r',
    join(toolsFolder, 'uv.txt'),
  ])
  if (exitCode !== 0) {
    await rm(temporary, { recursive: true, force: true })
    throw new UserError({
      title: 'uv, which resolves and installs the requirements, could not be installed',
      detail: stderr.trim(),
      hint: 'Install uv yourself and put it on PATH; or, when the index needs it, set ca-file or PIP_INDEX_URL.',
    })
  }
  await rename(temporary, folder).catch(async (error: unknown) => {
    await rm(temporary, { recursive: true, force: true })
    if (!existsSync(own)) throw error // Otherwise another run was faster, and its copy is as good.
  })
  return own
}

async function versionOf(uv: string, run: Run): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await run([uv, '--version'])
    return exitCode === 0 ? /^uv (\d+\.\d+\.\d+)/.exec(stdout)?.[1] : undefined
  } catch {
    return undefined // Not on PATH.
  }
}
