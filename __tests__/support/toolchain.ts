import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import type { Completed, Toolchain } from '../../src/builder/builder.ts'
import { createHostToolchain } from '../../src/builder/host.ts'
import { type ProcessOptions, runProcess } from '../../src/builder/process.ts'
import type { Runtime } from '../../src/platform/runtimes.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import { folderStore } from '../../src/store/folder.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'
import { machineVariables, REPOSITORY } from './world.ts'

export const TOOLS_FOLDER = join(REPOSITORY, 'docker')

/** The CPythons of this machine, one of each minor version, with the one that tests take first. */
export async function pythons(): Promise<Python[]> {
  const found = await findPythons()
  const minors = [...new Set(found.map(({ minor }) => minor))].toSorted()
  return minors.flatMap((minor) => found.find((python) => python.minor === minor) ?? [])
}

export interface HostOptions {
  readonly python?: Python
  readonly environment?: Readonly<Record<string, string>>
  /** Told of each program before it is started. */
  readonly onRun?: (command: readonly string[], options: ProcessOptions) => void
}

/** This machine's own toolchain, as `builder: host` has it. */
export async function hostToolchain({ python, environment = {}, onRun }: HostOptions = {}): Promise<Toolchain> {
  const chosen = python ?? (await pythons()).at(-1)
  if (!chosen) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  const store = folderStore({ folder: await folderWith(), mostBytes: 1e6, onUnwritable: () => undefined })
  const run = (command: readonly string[], options: ProcessOptions): Promise<Completed> => {
    onRun?.(command, options)
    return runProcess(command, options)
  }
  return await createHostToolchain(
    targetOf(`python${chosen.minor}` as Runtime, 'x86_64'),
    {
      pythonBin: chosen.path,
      caFile: undefined,
      environment: { ...machineVariables(), ...environment },
      cacheFolder: join(tmpdir(), 'wsgi-lambda-test-cache'),
      toolsFolder: TOOLS_FOLDER,
      signal: new AbortController().signal,
    },
    { run, report: listeningReporter(), store },
  )
}
