import type { GivenArtifact } from '../artifact/given.ts'
import { isOwnBucket, ownUploads } from '../aws/bucket-address.ts'
import type { CallerPlace } from '../aws/identity.ts'
import type { LayerApi } from '../aws/layers.ts'
import type { OwnBucket } from '../aws/own-bucket.ts'
import type { Bucket, BucketAccess } from '../aws/s3.ts'
import { LIMITS } from '../platform/limits.ts'
import { markOfRelease } from '../preview/mark.ts'
import type { ReleasedCode } from '../release/desired/desired.ts'
import { placeOfArn } from '../release/permissions/role-policy.ts'
import type { StaticsOfRelease } from '../release/plan/statics.ts'
import type { CurrentRelease, DesiredBucket } from '../release/state.ts'
import { type LayerOfRelease, readLayer } from '../release/upload/layer.ts'
import { type Transport, transportOf } from '../release/upload/upload.ts'
import type { Reporter } from '../report/reporter.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { staticPlaceOf } from '../static/built.ts'
import { readStaticFiles } from '../static/static-files.ts'
import { type BuildCollaborators, type BuildResult, describeStatic } from './build.ts'
import { type StaticsCollaborators, staticsOf } from './statics.ts'

export interface SendingCollaborators extends BuildCollaborators, StaticsCollaborators {
  readonly layers: LayerApi
  /** The bucket of `upload-bucket`: opened where an artifact needs it. */
  readonly openBucket: (address: string, access: BucketAccess) => Promise<Bucket>
  /** That of `upload-bucket: auto`. @param known where it is; undefined where AWS has to be asked that */
  readonly openOwnBucket: (setting: string, known: CallerPlace | undefined) => Promise<OwnBucket>
}

/** What is released, and how it reaches Lambda. */
export interface Sending {
  readonly code: ReleasedCode
  readonly transport: Transport
  readonly layer: LayerOfRelease
  readonly statics: StaticsOfRelease | undefined
  /** What is to be made before something is uploaded; undefined for nothing. */
  readonly readOwnBucket: () => Promise<DesiredBucket | undefined>
  readonly makeBucket: () => Promise<void>
}

export async function sendingOf(
  built: BuildResult,
  settings: DeploySettings,
  { latest }: Pick<CurrentRelease, 'latest'>,
  collaborators: SendingCollaborators,
): Promise<Sending> {
  const { artifact, runtime, architecture, streaming } = built
  const { bucket, own } = await uploadBucket(built, settings, latest && placeOfArn(latest.arn), collaborators)
  const transport = transportOf(artifact, bucket, collaborators.report)
  const layer = await readLayer(
    built.layer && {
      ...{ functionName: settings.functionName, codeSha256: built.layer.codeSha256, runtime, architecture },
      transport: transportOf(built.layer, bucket, collaborators.report),
      mark: markOfRelease(settings),
    },
    collaborators.layers,
  )
  const statics = await staticsOf(built, settings, collaborators)
  const code = {
    ...{ statics: statics?.desired },
    ...{ codeSha256: artifact.codeSha256, runtime, architecture, streaming },
    ...{ upload: transport.address, layer: layer.desired },
  }
  return {
    ...{ code, transport, layer, statics: statics?.release },
    readOwnBucket: async () => {
      const state = await own?.read()
      return own && state !== 'ready' ? { name: own.name, isThere: state === 'unfinished' } : undefined
    },
    makeBucket: async () => {
      await own?.make()
    },
  }
}

/** A zip that was built before, as if it had been built now. */
export async function asBuilt(
  { artifact, layer, packages, runtime, architecture, streaming, staticDigest }: GivenArtifact,
  report: Reporter,
): Promise<BuildResult> {
  report.info(`${artifact.path}: built before, for ${runtime} on ${architecture}`)
  const slices = { total: packages.length, reused: packages.length, built: 0 }
  const { folder, index } = staticPlaceOf({ output: artifact.path })
  const statics = staticDigest === undefined ? undefined : await readStaticFiles(folder, index)
  return {
    artifact,
    ...(layer && { layer }),
    ...(statics && { static: describeStatic(statics) }),
    ...{ runtime, architecture, streaming, builder: 'none', slices, packages, seconds: {} },
  }
}

async function uploadBucket(
  { artifact, layer }: BuildResult,
  { functionName, uploadBucket: setting, uploadBucketOwner: owner, uploadKmsKey: kmsKey }: DeploySettings,
  known: CallerPlace | undefined,
  { openBucket, openOwnBucket }: SendingCollaborators,
): Promise<{ readonly bucket?: Bucket; readonly own?: OwnBucket }> {
  const zipBytes = Math.max(artifact.zipBytes, layer?.zipBytes ?? 0)
  if (zipBytes <= LIMITS.directUploadBytes || setting === undefined) return {}
  if (!isOwnBucket(setting)) return { bucket: await openBucket(setting, { owner, kmsKey }) }
  const own = await openOwnBucket(ownUploads(setting, functionName), known)
  return { own, bucket: await openBucket(own.address, { owner: own.owner, kmsKey }) }
}
