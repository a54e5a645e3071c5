import type { StaticBucket } from '../aws/static-bucket.ts'
import { UserError } from '../errors.ts'
import { markOfRelease } from '../preview/mark.ts'
import { accountOf } from '../preview/removal/static-orphans.ts'
import { readTags } from '../preview/tags.ts'
import type { Order } from '../release/order/order.ts'
import type { StaticsOfRelease } from '../release/plan/statics.ts'
import type { DesiredStatics } from '../release/state.ts'
import type { Reporter } from '../report/reporter.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { staticPlaceOf } from '../static/built.ts'
import { type Published, publishStatic, tidyStatic } from '../static/publish.ts'
import { readStaticFiles } from '../static/static-files.ts'
import type { BuildResult } from './build.ts'

export interface StaticsCollaborators {
  /** The bucket of `static`. @param owner the account that it must belong to; undefined for any */
  readonly openStaticBucket: (address: string, owner: string | undefined) => Promise<StaticBucket>
  readonly report: Reporter
  readonly order: Pick<Order, 'now'>
}

export interface Statics {
  readonly desired: DesiredStatics
  readonly release: StaticsOfRelease
}

/** The static files of what was built, which lie beside the artifact. @throws UserError where they do not */
export async function staticsOf(
  { artifact, static: built }: BuildResult,
  settings: DeploySettings,
  { openStaticBucket, report, order }: StaticsCollaborators,
): Promise<Statics | undefined> {
  const { static: address, staticKeep, functionName, alias } = settings
  if (address === undefined) return undefined
  const { folder, index } = staticPlaceOf({ output: artifact.path })
  const files = await readStaticFiles(folder, index)
  if (files === undefined || files.digest !== built?.digest) throw notThere(folder, built === undefined)
  let published: Published | undefined
  const preview = readTags(functionName, settings.tags)
  // From another account's they could not be removed again.
  const owner = preview && accountOf(preview)
  const collaborators = async () => ({ bucket: await openStaticBucket(address, owner), report, now: order.now })
  return {
    desired: { address, files: files.files.length, bytes: built.bytes },
    release: {
      upload: async (servedCodeSha256) => {
        const mark = markOfRelease(settings)
        const release = { functionName, alias, codeSha256: artifact.codeSha256, servedCodeSha256, mark }
        published = await publishStatic(files, release, await collaborators())
      },
      tidy: async () => {
        if (published) await tidyStatic(files, published, staticKeep, await collaborators())
      },
    },
  }
}

function notThere(folder: string, isUnknown: boolean): UserError {
  return new UserError(
    {
      title: isUnknown
        ? 'static is set, and the artifact was built without it'
        : `The static files of the artifact are not in ${folder}`,
      hint: 'Build it with the same static, and keep what build leaves beside the zip: NAME.static and NAME.static.json.',
    },
    { exitCode: 2 },
  )
}
