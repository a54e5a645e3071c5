import { targetOf } from '../../src/platform/runtimes.ts'
import { lockRequirements, type RequirementSettings } from '../../src/requirements/lock.ts'
import type { Pins } from '../../src/requirements/pins.ts'
import { findManifest } from '../../src/settings/manifest.ts'
import { readPyproject } from '../../src/settings/pyproject.ts'
import { folderStore } from '../../src/store/folder.ts'
import type { Store } from '../../src/store/store.ts'
import { folderWith } from '../settings/project-folder.ts'
import { type FakeBuilder, fakeBuilder, fakeToolchain, listeningReporter } from './fakes.ts'

export type Changes = Partial<Omit<RequirementSettings, 'project' | 'manifest' | 'target'>> & {
  readonly requirements?: string
  readonly pythonVersion?: string
  readonly architecture?: 'x86_64' | 'arm64'
  readonly environment?: Readonly<Record<string, string>>
  readonly store?: Store
  /** What uv answers. */
  readonly stdout?: string
  readonly stderr?: string
  readonly kind?: 'docker' | 'host'
}

export interface Locked {
  readonly pins: Pins
  readonly builder: FakeBuilder
  /** How often the builder was wanted. */
  readonly opened: number
  readonly lines: readonly string[]
}

export async function temporaryStore(): Promise<Store> {
  return folderStore({ folder: await folderWith(), mostBytes: 1e9, onUnwritable: () => undefined })
}

/** Locks the requirements of a project as `build` does, with a builder in which uv answers what it is told. */
export async function lock(project: string, changes: Changes = {}): Promise<Locked> {
  const { requirements, pythonVersion = '3.12.4', architecture = 'x86_64', environment = {}, stdout = '' } = changes
  const { stderr = '', kind = 'host', store = await temporaryStore(), ...settings } = changes
  const manifest = findManifest(project, requirements, await readPyproject(project))
  if ('problem' in manifest) throw new Error(manifest.problem.title)
  const target = targetOf('python3.12', architecture)
  const answer = { stdout, stderr, exitCode: stderr === '' ? 0 : 1 }
  await using builder = await fakeBuilder(answer, { kind, target })
  const toolchain = fakeToolchain(builder, pythonVersion)
  const report = listeningReporter()
  const none = { groups: [], withoutGroups: [], onlyGroups: [], extras: [], pipArgs: undefined }
  const pins = await lockRequirements(
    { ...none, ...settings, project, manifest, target },
    { toolchain, store, report, environment },
  )
  return { pins, builder, opened: toolchain.opened(), lines: report.lines }
}

/** As in `django==5.2`; what comes from elsewhere with where. */
export function shown({ pins }: Pins): string[] {
  return pins.map(({ name, version, source }) => {
    const which = version === undefined ? name : `${name}==${version}`
    if (source.kind === 'index') return source.index === undefined ? which : `${which} from ${source.index}`
    return `${which} at ${source.kind === 'url' ? source.url : source.path}`
  })
}
