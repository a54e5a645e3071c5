import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Manifest } from '../settings/manifest.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'
import { readKept } from './kept-lock.ts'
import { indexOptions, type LockContext, type LockedPins } from './lock-context.ts'
import { markerEnvironment } from './markers.ts'
import { readPdmLock } from './pdm-lock.ts'
import type { Pins } from './pins.ts'
import { downloadOptions, readPipArgs, refuseChoices } from './pip-options.ts'
import { readPipfileLock } from './pipfile-lock.ts'
import { checkAddress, plainPins } from './plain-pins.ts'
import { readPoetryLock } from './poetry-lock.ts'
import { readPylock } from './pylock.ts'
import { pinPyproject, pinRequirementsFile } from './unlocked.ts'
import { readUvLock } from './uv-lock.ts'

export type RequirementSettings = Pick<
  BuildSettings,
  'project' | 'manifest' | 'target' | 'groups' | 'withoutGroups' | 'onlyGroups' | 'extras' | 'pipArgs'
>

export interface LockCollaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  /** The process's variables: settings and credentials of indexes. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

const LOCKS: Readonly<Record<string, (context: LockContext) => Promise<LockedPins>>> = {
  'uv.lock': readUvLock,
  'poetry.lock': readPoetryLock,
  'pdm.lock': readPdmLock,
  'pylock.toml': readPylock,
  'Pipfile.lock': readPipfileLock,
} satisfies Partial<Record<Manifest['kind'], (context: LockContext) => Promise<LockedPins>>>

/**
 * Pins what a manifest asks for, for one target. A lock is read; what is not locked is resolved by uv, once for as long as
 * nothing changes: then no process is started, and the toolchain is not opened.
 * @throws UserError with the manifest's line: what cannot be read or resolved, or a lock that does not match its manifest
 */
export async function lockRequirements(
  settings: RequirementSettings,
  { toolchain, store, report, environment: variables = {} }: LockCollaborators,
): Promise<Pins> {
  const { project, manifest, target } = settings
  const options = readPipArgs(settings.pipArgs, project)
  const { pythonVersion } = toolchain
  const environment = markerEnvironment(target, pythonVersion)
  const context = { project, path: manifest.path, settings, environment, pythonVersion }
  const given = downloadOptions(options)
  const readLock = LOCKS[manifest.kind]
  if (readLock) {
    refuseChoices(options, manifest.path)
    const { pins, groupsLeftOut, indexes } = await readKept(context, store, readLock)
    tellGroups(groupsLeftOut, report)
    for (const { url } of indexes) checkAddress(url, manifest.path)
    const pipOptions = [...indexOptions(indexes, variables), ...given]
    return { pins: plainPins(pins, manifest.path), groupsLeftOut, pipOptions }
  }
  const read = manifest.kind === 'pyproject.toml' ? pinPyproject : pinRequirementsFile
  const collaborators = { toolchain, store, report, environment: variables }
  const resolved = await read({ ...context, options }, collaborators)
  tellGroups(resolved.groupsLeftOut, report)
  const { pins, groupsLeftOut } = resolved
  return {
    pins: plainPins(pins, manifest.path),
    groupsLeftOut,
    pipOptions: [...downloadOptions(resolved.options), ...given],
  }
}

function tellGroups(groupsLeftOut: readonly string[], report: Reporter): void {
  if (groupsLeftOut.length > 0) report.info(`groups left out: ${groupsLeftOut.join(', ')}`)
}
