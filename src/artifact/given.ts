import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../errors.ts'
import { RUNTIME_NAMES } from '../platform/runtimes.ts'
import { ARCHITECTURES } from '../platform/target.ts'
import { sha256Of } from '../store/hash.ts'
import { BadZip, type OpenZip, openZip } from '../wheels/read-zip.ts'
import type { Assembled } from './assemble.ts'
import { partsOfZip } from './file-list.ts'
import { sizeOf } from './inspect/packages.ts'
import { type Artifact, layerPathOf, MODULES_IN_LAYER, type PackageSize, STATIC_RECORD } from './outputs.ts'
import { CONFIGURATION } from './runtime.ts'

export interface GivenArtifact extends Omit<Assembled, 'whole' | 'made' | 'wheels'> {
  readonly runtime: string
  readonly architecture: string
  readonly streaming: boolean
  /** Of the static files that belong to it, where it was built without them. */
  readonly staticDigest: string | undefined
}

/** A zip that `build` made, with what it says of itself. @throws UserError for any other file. */
export async function readArtifact(given: string): Promise<GivenArtifact> {
  const path = resolve(given)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) {
    throw new UserError(
      {
        title: `The artifact ${given} ${found ? 'is not a file' : 'does not exist'}`,
        hint: 'Make it with: wsgi-lambda build --output FILE',
      },
      { exitCode: 2 },
    )
  }
  try {
    await using zip = await openZip(path)
    const configuration = zip.entries.find((entry) => entry.path === CONFIGURATION)
    if (!configuration) throw new BadZip(`it has no ${CONFIGURATION}`)
    const { hasLayer, ...target } = readTarget((await zip.content(configuration)).toString())
    const artifact = await describeZip(path, zip)
    const packages = await packagesOf(zip, '')
    const layer = hasLayer ? await readLayerZip(given) : undefined
    return {
      artifact,
      ...(layer && { layer: layer.artifact }),
      packages: [...packages, ...(layer?.packages ?? [])],
      staticDigest: await readStaticDigest(zip),
      ...target,
    }
  } catch (error) {
    if (!(error instanceof BadZip)) throw error
    throw new UserError(
      {
        title: `${given} is not an artifact that wsgi-lambda built`,
        detail: `As a zip of ours, ${error.message}.`,
        hint: 'Make it anew with: wsgi-lambda build --output FILE',
      },
      { exitCode: 2, cause: error },
    )
  }
}

interface LayerZip {
  readonly artifact: Artifact
  readonly packages: readonly PackageSize[]
}

/** Without it the function would be released without its dependencies. */
async function readLayerZip(given: string): Promise<LayerZip> {
  const path = layerPathOf(given)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) {
    throw new UserError(
      {
        title: `The layer ${path} does not exist, which has the dependencies of ${given}`,
        detail: 'The artifact was built with dependencies-layer: build writes the two beside each other.',
        hint: 'Bring both files where this runs, or build again without dependencies-layer.',
      },
      { exitCode: 2 },
    )
  }
  await using zip = await openZip(resolve(path))
  return { artifact: await describeZip(resolve(path), zip), packages: await packagesOf(zip, MODULES_IN_LAYER) }
}

async function describeZip(path: string, zip: OpenZip): Promise<Artifact> {
  const [digest, { size }] = await Promise.all([sha256Of(path), stat(path)])
  return {
    path,
    sha256: digest.toString('hex'),
    codeSha256: digest.toString('base64'),
    zipBytes: size,
    unzippedBytes: zip.entries.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0),
    entries: zip.entries.length,
  }
}

type Told = Pick<GivenArtifact, 'runtime' | 'architecture' | 'streaming'> & { readonly hasLayer: boolean }

function readTarget(configuration: string): Told {
  const told = v.object({
    runtime: v.picklist(RUNTIME_NAMES),
    architecture: v.picklist(ARCHITECTURES),
    streaming: v.optional(v.boolean(), false),
    'dependencies-layer': v.optional(v.boolean(), false),
  })
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), told), configuration)
  if (!read.success) throw new BadZip(`its ${CONFIGURATION} does not name a runtime and an architecture`)
  const { 'dependencies-layer': hasLayer, ...target } = read.output
  return { ...target, hasLayer }
}

async function readStaticDigest(zip: OpenZip): Promise<string | undefined> {
  const entry = zip.entries.find(({ path }) => path === STATIC_RECORD)
  if (!entry) return undefined
  const record = v.pipe(v.string(), v.parseJson(), v.object({ digest: v.string() }))
  const read = v.safeParse(record, (await zip.content(entry)).toString())
  return read.success ? read.output.digest : undefined
}

/** @param place the folder that modules lie in */
async function packagesOf(zip: OpenZip, place: string): Promise<PackageSize[]> {
  const { distributions } = await partsOfZip(zip, place)
  return distributions.map(({ name, version, files }) => {
    const { zippedBytes: zipBytes, unzippedBytes } = sizeOf(files)
    return { name, version, zipBytes, unzippedBytes }
  })
}
