import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureProgram, type FoundProgram, type GoProgram } from './go-program.ts'
import { ensureFolder, findPythons, tool } from './pythons.ts'

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** zizmor with the hashes of its wheels, as CI installs it too. */
const REQUIREMENTS = join(ROOT, '.github/requirements/linting.txt')
const CONFIGURATION = join(ROOT, 'zizmor.yml')

/** rhysd/actionlint (MIT) knows what GitHub accepts in a workflow. */
const ACTIONLINT: GoProgram = {
  name: 'actionlint',
  package: 'github.com/rhysd/actionlint/cmd/actionlint',
  version: '1.7.12',
  neededGo: [1, 24],
  versionFlag: '-version',
  answer: /^v?1\.7\.12\s/,
}

export function ensureActionlint(): Promise<FoundProgram> {
  return ensureProgram(ACTIONLINT)
}

/** zizmorcore/zizmor (MIT) knows what makes a workflow unsafe. Its wheels hold the program itself. */
export async function ensureZizmor(): Promise<FoundProgram> {
  const [python] = await findPythons()
  if (!python) return { missing: 'zizmor is installed by Python 3.10 or newer, and none was found' }
  const requirements = await readFile(REQUIREMENTS, 'utf8')
  try {
    const folder = await ensureFolder('venvs/zizmor', [requirements, python.path, python.version], async (venv) => {
      await tool(`${python.path} -m venv`, python.path, ['-I', '-m', 'venv', venv])
      await tool('pip install zizmor', join(venv, 'bin/python'), [
        ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'],
        ...['--require-hashes', '--only-binary', ':all:', '--requirement', REQUIREMENTS],
      ])
    })
    return { path: join(folder, 'bin/zizmor') }
  } catch (error) {
    return { missing: (error as Error).message }
  }
}

/**
 * What it finds in workflows, wherever they are; empty where that is nothing. shellcheck and pyflakes, which it would ask where
 * they happen to be installed, are left out.
 */
export function actionlint(path: string, files: readonly string[]): Promise<string> {
  return findings(path, ['-no-color', '-shellcheck=', '-pyflakes=', ...files])
}

/** What it finds in workflows and actions without asking anybody on the network; empty where that is nothing. */
export function zizmor(path: string, files: readonly string[]): Promise<string> {
  const options = ['--offline', '--strict-collection', '--no-progress', '--color', 'never', '--quiet']
  return findings(path, [...options, '--config', CONFIGURATION, ...files])
}

async function findings(path: string, args: readonly string[]): Promise<string> {
  try {
    await run(path, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 })
    return ''
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (typeof code !== 'number') throw error
    return (stdout + stderr).trim() || `${path} ended with ${code}`
  }
}
