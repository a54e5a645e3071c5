import { createHash } from 'node:crypto'
import { withoutCredentials } from '../requirements/credentials.ts'
import type { PinSource } from '../requirements/pins.ts'
import type { Graph } from './inspect/graph.ts'
import { licensesOf } from './sbom-licenses.ts'

/** What a bill of materials is written from. */
export interface Materials {
  readonly application: {
    readonly name: string
    readonly version: string | undefined
    readonly runtime: string
    readonly architecture: string
  }
  /** The zip, and the layer where the dependencies are one. */
  readonly zips: readonly { readonly file: string; readonly sha256: string }[]
  /** Of wsgi-lambda. */
  readonly productVersion: string
  /** Whether its runtime is in the artifact. */
  readonly hasRuntime: boolean
  /** Sorted by name. */
  readonly distributions: readonly Material[]
  readonly graph: Pick<Graph, 'roots' | 'requiredBy'>
}

export interface Material {
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  /** The text of its `METADATA`. */
  readonly metadata: string
  readonly source: PinSource
  /** Hexadecimal, of the wheel that was published; undefined for one that was built here. */
  readonly wheelSha256: string | undefined
}

const APPLICATION = 'application'
const RUNTIME = 'wsgi-lambda-runtime'

/**
 * CycloneDX 1.6 (ECMA-424), as plain data. It has no date, and its serial number is made of its content: the same
 * materials have the same bill.
 */
export function billOfMaterials(materials: Materials): Readonly<Record<string, unknown>> {
  const { application, zips, productVersion, hasRuntime, distributions } = materials
  const [zip, ...layers] = zips
  const product = { name: 'wsgi-lambda', version: productVersion }
  const content = {
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', ...product }] },
      component: {
        ...{ type: 'application', 'bom-ref': APPLICATION, name: application.name },
        ...(application.version !== undefined && { version: application.version }),
        ...(zip && { hashes: sha256(zip.sha256) }),
        properties: [
          { name: 'wsgi-lambda:runtime', value: application.runtime },
          { name: 'wsgi-lambda:architecture', value: application.architecture },
        ],
        ...(layers.length > 0 && {
          components: layers.map((layer) => ({ type: 'file', name: layer.file, hashes: sha256(layer.sha256) })),
        }),
      },
    },
    components: [
      ...distributions.map(componentOf),
      ...(hasRuntime ? [{ type: 'library', 'bom-ref': RUNTIME, ...product }] : []),
    ],
    dependencies: dependenciesOf(materials),
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    ...content,
  }
}

function componentOf({ name, version, metadata, source, wheelSha256 }: Material) {
  const purl = purlOf({ name, version, source })
  const licenses = licensesOf(metadata)
  return {
    ...{ type: 'library', 'bom-ref': refOf({ name, version }), name, version },
    ...(purl !== undefined && { purl }),
    ...(wheelSha256 !== undefined && { hashes: sha256(wheelSha256) }),
    ...(licenses.length > 0 && { licenses }),
  }
}

/** https://github.com/package-url/purl-spec; a folder of the project's is no package of an index. */
function purlOf({ name, version, source }: Pick<Material, 'name' | 'version' | 'source'>): string | undefined {
  if (source.kind === 'local') return undefined
  const purl = `pkg:pypi/${encodeURIComponent(name)}@${encodeURIComponent(version)}`
  if (source.kind === 'index') return purl
  const url = encodeURIComponent(withoutCredentials(source.url))
  return `${purl}?${/^\w+\+/.test(source.url) ? 'vcs_url' : 'download_url'}=${url}`
}

function refOf({ name, version }: Pick<Material, 'name' | 'version'>): string {
  return `${name}@${version}`
}

function dependenciesOf({ distributions, graph, hasRuntime }: Materials) {
  const refs = new Map(distributions.map((distribution) => [distribution.name, refOf(distribution)]))
  const refsOf = (names: readonly string[]): string[] =>
    [...new Set(names.flatMap((name) => refs.get(name) ?? []))].toSorted()
  const required = (name: string): string[] =>
    [...graph.requiredBy].flatMap(([wanted, requirers]) =>
      requirers.some((requirer) => requirer.name === name) ? [wanted] : [],
    )
  return [
    { ref: APPLICATION, dependsOn: [...refsOf(graph.roots), ...(hasRuntime ? [RUNTIME] : [])] },
    ...[...refs].map(([name, ref]) => ({ ref, dependsOn: refsOf(required(name)) })),
    ...(hasRuntime ? [{ ref: RUNTIME, dependsOn: [] }] : []),
  ]
}

function sha256(content: string) {
  return [{ alg: 'SHA-256', content }]
}

/** RFC 9562, version 8: made of a hash. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
