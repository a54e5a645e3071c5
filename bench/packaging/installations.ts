import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureFolder, findPythons, type Python, tool } from '../../scripts/environment/pythons.ts'
import { type Installation, type Tool, UV_INSTALLATION } from './tools.ts'

/** Below `.cache`: everything that the benchmark leaves on the machine. */
export const CACHE_NAME = 'bench-packaging'

/** @throws Error when this machine has no Python of that minor. */
export async function findPython(minor: string): Promise<Python> {
  const python = (await findPythons()).find((candidate) => candidate.minor === minor)
  if (python) return python
  throw new Error(`The benchmark needs Python ${minor}, and it was not found on this machine.`)
}

/** A tool's own installation; one that was interrupted starts again, and one that is complete is kept. */
async function install(installation: Installation, python: Python): Promise<string> {
  const name = /^[\w-]+/.exec(installation.packages[0] ?? '')?.[0] ?? ''
  const input = [...installation.packages, ...(installation.by === 'pip' ? [python.path, python.version] : [])]
  return ensureFolder(`${CACHE_NAME}/tools/${name}`, input, (folder) =>
    installation.by === 'pip'
      ? pipInstall(installation.packages, folder, python)
      : npmInstall(installation.packages, folder),
  )
}

async function pipInstall(packages: readonly string[], folder: string, python: Python): Promise<void> {
  await tool(`${python.path} -m venv`, python.path, ['-I', '-m', 'venv', folder])
  await tool(`pip install ${packages.join(' ')}`, join(folder, 'bin/python'), [
    ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'],
    ...packages,
  ])
}

async function npmInstall(packages: readonly string[], folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"private": true}\n')
  await tool(`npm install ${packages.join(' ')}`, 'npm', [
    ...['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'],
    ...packages,
  ])
}

/** A folder for PATH: the one Python that every tool finds, and uv. */
export async function commandsFolder(python: Python, cache: string): Promise<string> {
  const folder = join(cache, 'commands')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await symlink(join(await install(UV_INSTALLATION, python), 'bin/uv'), join(folder, 'uv'))
  for (const name of ['python', 'python3', `python${python.minor}`]) await symlink(python.path, join(folder, name))
  return folder
}

export function toolInstallation({ installation }: Tool, python: Python): Promise<string> {
  return installation ? install(installation, python) : Promise.resolve('')
}
