import { LIMITS } from '../../platform/limits.ts'
import { RUNTIME_NAMES, targetOf } from '../../platform/runtimes.ts'
import type { Target } from '../../platform/target.ts'
import { holds, markerEnvironment } from '../../requirements/markers.ts'
import type { Finding } from '../../wheels/verify.ts'
import { commonArchitecture, type InspectedBinary, inspectBinaries, verifiedBinaries } from './binaries.ts'
import { type Bytecode, inspectBytecode } from './bytecode.ts'
import type { Contents } from './contents.ts'
import type { Direct } from './direct.ts'
import { dependencyGraph, type Graph, inWords } from './graph.ts'
import { groupBy } from './group.ts'
import { KINDS, type Kind, type Parts, sizeOf } from './packages.ts'

/** What is in an artifact: plain data, as `inspect --json` prints it. */
export interface Inspection {
  readonly artifact: {
    /** Absolute. */
    readonly path: string
    readonly sha256: string
    readonly zipBytes: number
    readonly unzippedBytes: number
    readonly entries: number
    /** What it says of itself, or what its compiled files are for; undefined where nothing tells. */
    readonly runtime: string | undefined
    readonly architecture: string | undefined
    readonly app: string | undefined
    /** Of the wsgi-lambda that built it; undefined for a zip of another program. */
    readonly builtBy: string | undefined
  }
  readonly limits: readonly Limit[]
  /** Sorted by name. */
  readonly packages: readonly InspectedPackage[]
  /** The file that says what the project asks for itself; undefined where that was concluded from the packages alone. */
  readonly requirementsFrom: string | undefined
  /** Those that there are, in a fixed order. */
  readonly kinds: readonly KindSize[]
  readonly bytecode: Bytecode
  readonly binaries: readonly InspectedBinary[]
  /** What the loader of the runtime would say of them. */
  readonly findings: readonly Finding[]
}

export interface Limit {
  readonly of: 'direct upload' | 'unzipped'
  readonly bytes: number
  readonly limitBytes: number
}

export interface InspectedPackage {
  readonly name: string
  readonly version: string
  readonly files: number
  readonly zipBytes: number
  readonly unzippedBytes: number
  /** Whether the project asks for it itself; where that is not known, whether nobody else in the artifact does. */
  readonly isDirect: boolean
  /** As in `['djangorestframework', 'psycopg[binary]']`. */
  readonly requiredBy: readonly string[]
}

export interface KindSize {
  readonly kind: Kind
  readonly files: number
  readonly zipBytes: number
  readonly unzippedBytes: number
}

/** An inspection with what further questions are answered from. */
export interface Inspected {
  readonly inspection: Inspection
  readonly parts: Parts
  readonly graph: Graph
  /** Undefined where the artifact does not tell its runtime, or for one that is not Lambda's. */
  readonly target: Target | undefined
}

/** @param direct what the project asks for itself */
export function inspectContents(contents: Contents, parts: Parts, direct: Direct): Inspected {
  const { told, files, pythonMinor } = contents
  const { distributions, ownerOf, kindOf } = parts
  const architecture = told.architecture ?? commonArchitecture(contents)
  const runtime = RUNTIME_NAMES.find((name) => name === `python${pythonMinor ?? ''}`)
  const target = runtime && targetOf(runtime, architecture ?? 'x86_64')
  const graph = dependencyGraph(distributions, direct.requirements, markersFor(target, pythonMinor))
  const all = sizeOf(files)
  const byKind = groupBy(files, ({ path }) => kindOf(path))
  const inspection: Inspection = {
    artifact: {
      path: contents.path,
      sha256: contents.sha256,
      zipBytes: contents.zipBytes,
      unzippedBytes: all.unzippedBytes,
      entries: all.files,
      runtime: pythonMinor && `python${pythonMinor}`,
      architecture,
      app: told.app,
      builtBy: told.version,
    },
    limits: [
      { of: 'direct upload', bytes: contents.zipBytes, limitBytes: LIMITS.directUploadBytes },
      { of: 'unzipped', bytes: all.unzippedBytes, limitBytes: LIMITS.unzippedBytes },
    ],
    packages: distributions.map(({ name, version, files: own }) => ({
      name,
      version,
      ...inZip(sizeOf(own)),
      isDirect: direct.from === undefined ? graph.roots.includes(name) : graph.direct.has(name),
      requiredBy: (graph.requiredBy.get(name) ?? []).map(inWords),
    })),
    requirementsFrom: direct.from,
    kinds: KINDS.flatMap((kind) => (byKind.has(kind) ? [{ kind, ...inZip(sizeOf(byKind.get(kind) ?? [])) }] : [])),
    bytecode: inspectBytecode(contents),
    binaries: inspectBinaries(contents, ownerOf, architecture),
    findings: target && architecture ? verifiedBinaries(contents, parts, target) : [],
  }
  return { inspection, parts, graph, target }
}

function inZip({ files, zippedBytes, unzippedBytes }: ReturnType<typeof sizeOf>) {
  return { files, zipBytes: zippedBytes, unzippedBytes }
}

/** A marker that cannot be read asks for nothing. Which patch release of Python runs is Lambda's to know. */
export function markersFor(target: Target | undefined, pythonMinor = '3.13') {
  const environment = markerEnvironment(target ?? { architecture: 'x86_64' }, `${pythonMinor}.0`)
  return (marker: string, extras: ReadonlySet<string>): boolean => {
    try {
      return holds(marker, environment, { extras, groups: new Set() })
    } catch {
      return false
    }
  }
}
