import type { Layer } from '../../aws/lambda.ts'
import type { Problem } from '../../errors.ts'
import { LIMITS } from '../../platform/limits.ts'
import { largestFirst, megabytes } from '../../report/size.ts'
import type { Values } from '../../settings/schema.ts'

interface Size {
  readonly zipBytes: number
  readonly unzippedBytes: number
}

/** What is to be released, as far as its size is looked at. */
export interface SizedCode {
  readonly artifact: Size
  /** The dependencies, where they are a layer. */
  readonly layer?: Size | undefined
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly zipBytes: number
    readonly unzippedBytes: number
  }[]
}

type SizeSettings = Pick<Values, 'runtimeSdk' | 'slim' | 'uploadBucket'>

/** Layers mostly hold code: unzipped it is about so many times larger. Only a guess, and only said as one. */
const USUAL_UNZIPPING = 3
/** A project's own files beyond this share of the artifact are worth a word. */
const LARGE_SHARE = 0.3

/** Why Lambda would refuse the code. Layers count as they are unzipped, which is at least as much as they are zipped. */
export function sizeProblem(code: SizedCode, layers: readonly Layer[], settings: SizeSettings): Problem | undefined {
  const zipBytes = Math.max(code.artifact.zipBytes, code.layer?.zipBytes ?? 0)
  const unzippedBytes = unzippedBytesOf(code)
  const layerBytes = sum(layers.map((layer) => layer.zipBytes))
  if (unzippedBytes + layerBytes > LIMITS.unzippedBytes) {
    const withLayers = layers.length === 0 ? '' : ` and ${layersInWords(layers)}`
    return {
      title: `The function is too large: ${megabytes(unzippedBytes)} unzipped${withLayers}, and Lambda takes ${megabytes(LIMITS.unzippedBytes)}`,
      detail: largest(code, 'unzippedBytes'),
      hint: adviceOn(code, settings),
    }
  }
  if (zipBytes > LIMITS.directUploadBytes && settings.uploadBucket === undefined) {
    return {
      title: `The artifact is too large for a direct upload: ${megabytes(zipBytes)}, and Lambda takes ${megabytes(LIMITS.directUploadBytes)} in one request`,
      detail: largest(code, 'zipBytes'),
      hint: `Set upload-bucket: auto, which makes a bucket for such uploads, or name one in the function's region, as in s3://example-uploads/shop. ${adviceOn(code, settings)}`,
    }
  }
  return undefined
}

/** What Lambda may refuse: how large layers are unzipped, it alone knows. */
export function sizeWarning(code: SizedCode, layers: readonly Layer[]): Problem | undefined {
  const unzippedBytes = unzippedBytesOf(code)
  const likelyBytes = unzippedBytes + USUAL_UNZIPPING * sum(layers.map(({ zipBytes }) => zipBytes))
  if (layers.length === 0 || likelyBytes <= LIMITS.unzippedBytes) return undefined
  return {
    title: `The function may be too large: ${megabytes(unzippedBytes)} unzipped and ${layersInWords(layers)}`,
    detail: `Lambda takes ${megabytes(LIMITS.unzippedBytes)} of code and layers together, unzipped; how large a layer is unzipped, it does not say.`,
  }
}

function unzippedBytesOf({ artifact, layer }: SizedCode): number {
  return artifact.unzippedBytes + (layer?.unzippedBytes ?? 0)
}

function layersInWords(layers: readonly Layer[]): string {
  const bytes = megabytes(sum(layers.map(({ zipBytes }) => zipBytes)))
  return `${layers.length === 1 ? 'a layer' : `${layers.length} layers`} of ${bytes} zipped`
}

function largest({ packages }: SizedCode, key: 'zipBytes' | 'unzippedBytes'): string {
  return largestFirst(packages.map(({ name, version, [key]: bytes }) => ({ name, version, bytes })))
}

/** What would make the artifact smaller, what applies to this one first. */
function adviceOn(code: SizedCode, { runtimeSdk, slim }: SizeSettings): string {
  const { packages } = code
  const unzippedBytes = unzippedBytesOf(code)
  const sdk = packages.filter(({ name }) => ['boto3', 'botocore'].includes(name))
  const sdkBytes = sum(sdk.map((each) => each.unzippedBytes))
  const ownBytes = unzippedBytes - sum(packages.map((each) => each.unzippedBytes))
  return [
    ...(sdk.length > 0 && !runtimeSdk
      ? [`runtime-sdk: true leaves out ${megabytes(sdkBytes)} that the runtime has.`]
      : []),
    ...(slim ? [] : ['slim: true leaves out tests, headers and type stubs.']),
    ...(ownBytes > LARGE_SHARE * unzippedBytes
      ? [`${megabytes(ownBytes)} are the project's own files: exclude leaves some out.`]
      : []),
    'no-deploy leaves out a distribution that the function does not need, slim-patterns files of them.',
    `Beyond ${megabytes(LIMITS.unzippedBytes)}, Lambda takes a container image, for which the runtime is a package of its own.`,
  ].join(' ')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
