import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Builder } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Requirements } from '../requirements/lock.ts'
import type { Store } from '../store/store.ts'
import { DEPENDENCIES, installRequirements } from '../wheels/install.ts'
import { compileBytecode } from './bytecode.ts'
import { dependencyEntries, refuseLocallyCompiled } from './dependencies.ts'
import { openPack, type Pack, writePack } from './pack.ts'
import type { ProductFiles } from './runtime.ts'

interface Collaborators {
  readonly builder: Builder
  readonly store: Store
  readonly report: Reporter
}

export interface Prepared {
  readonly pack: Pack
  /** Whether the store had it. */
  readonly isReused: boolean
}

/** Part of every key: raise it when what a pack holds for the same input changes. */
const PACK_FORMAT = 1

/**
 * The installed, compiled and compressed requirements: from the store when the same were prepared before, else made.
 * Either way they also stand unpacked in the workspace, where the application is imported.
 */
export async function prepareDependencies(
  requirements: Requirements,
  { product, temporary }: { product: ProductFiles; temporary: string },
  { builder, store, report }: Collaborators,
): Promise<Prepared> {
  const key = await packKey(requirements, product, builder)
  const kept = await store.find('slices', key)
  if (kept !== undefined) {
    report.info(`dependencies: as in an earlier build (${key.slice(0, 12)})`)
    await unpackInWorkspace(kept, temporary, builder)
    return { pack: await openPack(kept), isReused: true }
  }
  await installRequirements(requirements, { builder, report })
  if (requirements.isEmpty) await makeFolder(builder)
  report.progress('compiling the bytecode of the requirements')
  await compileBytecode(DEPENDENCIES, { builder, report })
  const dependencies = await dependencyEntries(await builder.take(DEPENDENCIES, join(temporary, DEPENDENCIES)))
  refuseLocallyCompiled(dependencies.distributions, builder)
  report.progress('compressing the requirements')
  const path = await store.keep('slices', key, (file) => writePack(file, dependencies))
  return { pack: await openPack(path), isReused: false }
}

/** Everything that can change a byte of the pack. */
async function packKey(
  { text }: Requirements,
  { toolsFolder, compressor }: ProductFiles,
  builder: Builder,
): Promise<string> {
  const compiler = await readFile(join(toolsFolder, 'compile_bytecode.py'))
  const { uvPlatform, architecture } = builder.target
  const parts = [
    PACK_FORMAT,
    compressor,
    withoutCredentials(text),
    uvPlatform,
    architecture,
    builder.pythonVersion,
    builder.identity,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).update(compiler).digest('hex')
}

/** Who asks an index does not change what it answers; and no key is made of a secret. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/\s@]+@/g, '//')
}

async function unpackInWorkspace(pack: string, temporary: string, builder: Builder): Promise<void> {
  const folder = join(temporary, 'pack')
  await mkdir(folder, { recursive: true })
  await copyFile(pack, join(folder, 'pack.zip'))
  await builder.put(folder, 'pack')
  const { exitCode, stderr } = await builder.run([
    builder.python,
    '-I',
    '-S',
    '-m',
    'zipfile',
    '-e',
    'pack/pack.zip',
    DEPENDENCIES,
  ])
  if (exitCode !== 0) {
    throw new UserError({
      title: 'The kept dependencies could not be unpacked',
      detail: stderr.trim(),
      hint: 'Most likely disk space ran out where the build runs.',
    })
  }
}

async function makeFolder(builder: Builder): Promise<void> {
  await builder.run([
    builder.python,
    '-I',
    '-S',
    '-c',
    `import os; os.makedirs(${JSON.stringify(DEPENDENCIES)}, exist_ok=True)`,
  ])
}
