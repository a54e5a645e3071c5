import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { inertJson } from '../report/inert.ts'
import type { Pin } from '../requirements/pins.ts'
import { readPyproject } from '../settings/pyproject.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { distributionOf } from '../wheels/metadata.ts'
import { openZip } from '../wheels/read-zip.ts'
import type { Assembled } from './assemble.ts'
import { directRequirements } from './inspect/direct.ts'
import { dependencyGraph } from './inspect/graph.ts'
import { markersFor } from './inspect/inspection.ts'
import type { Artifact } from './outputs.ts'
import { billOfMaterials, type Material } from './sbom.ts'

interface Built {
  readonly assembled: Pick<Assembled, 'artifact' | 'layer' | 'wheels'>
  readonly pins: readonly Pin[]
  /** Of wsgi-lambda. */
  readonly productVersion: string
}

/** Writes the bill of materials of what was built. */
export async function writeBillOfMaterials(
  path: string,
  { project, manifest, target, handler }: Pick<BuildSettings, 'project' | 'manifest' | 'target' | 'handler'>,
  { assembled: { artifact, layer, wheels }, pins, productVersion }: Built,
): Promise<void> {
  const zips = [artifact, ...(layer ? [layer] : [])]
  const found = (await Promise.all(zips.map(distributionsIn))).flat()
  const sources = new Map(pins.map(({ name, source }) => [name, source]))
  const distributions = found
    .map(({ name, version, metadata }): Material => {
      const source = sources.get(name) ?? { kind: 'local', path: '', isEditable: false }
      return { name, version, metadata, source, wheelSha256: wheels.get(name) }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const direct = await directRequirements(project, manifest.path, new Set(distributions.map((each) => each.name)))
  const { name, version } = (await readPyproject(project)).project
  const bill = billOfMaterials({
    application: {
      name: typeof name === 'string' ? name : basename(project),
      version: typeof version === 'string' ? version : undefined,
      ...{ runtime: target.runtime, architecture: target.architecture },
    },
    zips: zips.map(({ path: file, sha256 }) => ({ file: basename(file), sha256 })),
    ...{ productVersion, hasRuntime: handler === 'wsgi', distributions },
    graph: dependencyGraph(distributions, direct.requirements, markersFor(target, target.pythonMinor)),
  })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${inertJson(bill)}\n`)
}

/** In a layer they stand below `python/`. */
const METADATA = /^(?:python\/)?[^/]+\.dist-info\/METADATA$/

async function distributionsIn({ path }: Artifact) {
  await using zip = await openZip(path)
  const texts = zip.entries.filter((entry) => METADATA.test(entry.path))
  const found: { readonly name: string; readonly version: string; readonly metadata: string }[] = []
  for (const entry of texts) {
    const metadata = (await zip.content(entry)).toString()
    const { name, version } = distributionOf(metadata, '')
    found.push({ name, version, metadata })
  }
  return found
}
