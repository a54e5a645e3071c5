import type { WrittenZip } from './zip.ts'

export interface Artifact extends WrittenZip {
  readonly path: string
}

export interface PackageSize {
  readonly name: string
  readonly version: string
  readonly zipBytes: number
  readonly unzippedBytes: number
}

/** What a build of the project has written. */
export interface Outputs {
  readonly artifact: Artifact
  /** The dependencies, where they are a layer. */
  readonly layer?: Artifact
  /** Sorted by name. */
  readonly packages: readonly PackageSize[]
}

/** Where the layer of dependencies is written: beside the artifact. */
export function layerPathOf(output: string): string {
  return output.replace(/(?:\.zip)?$/, '.layer.zip')
}

/** Where Lambda looks for modules of a layer (AWS Lambda developer guide, "Layer paths for each Lambda runtime"). */
export const MODULES_IN_LAYER = 'python/'

/** The folder of the static files that belong to an artifact, beside it. */
export function staticPathOf(output: string): string {
  return output.replace(/(?:\.zip)?$/, '.static')
}

/** What lies in that folder, as a file beside it. */
export function indexPathOf(output: string): string {
  return `${staticPathOf(output)}.json`
}

/** In the artifact: which static files belong to it, so that other files are other code. */
export const STATIC_RECORD = 'wsgi_lambda_static.json'
