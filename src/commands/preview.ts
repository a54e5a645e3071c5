import { defaultLogGroup } from '../aws/function-options.ts'
import type { Tags } from '../aws/tags.ts'
import { UserError } from '../errors.ts'
import type { Announcer } from '../preview/announce/announcer.ts'
import type { ReadyFacts, Serving } from '../preview/announce/facts.ts'
import { servingOf } from '../preview/announce/serving.ts'
import { previewData } from '../preview/announce/surroundings.ts'
import { discarding, type PreviewFunction } from '../preview/database/discard.ts'
import type { PreparedDatabase } from '../preview/database/prepare.ts'
import { refuseSharedDatabase } from '../preview/database/shared.ts'
import { identityOf, type PreviewIdentity, previewName } from '../preview/identity.ts'
import { refuseUnkept } from '../preview/kept.ts'
import { isSeededWith, refuseOtherStatic } from '../preview/other.ts'
import { refuseMissingRole } from '../preview/prerequisites.ts'
import type { Pull } from '../preview/pull.ts'
import { notOurs, ownTags } from '../preview/removal/ownership.ts'
import { refuseOtherRole } from '../preview/role.ts'
import { hasNewData, settingsOfPreview, staticAddressOf } from '../preview/settings.ts'
import { type PreviewTags, SEEDED_TAG } from '../preview/tags.ts'
import { leaveWitness } from '../preview/witness.ts'
import { roleNameOf } from '../release/current-aside.ts'
import { confirmPublicUrl } from '../release/traffic/confirm-url.ts'
import type { Table } from '../settings/kinds.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { type DeployCollaborators, type DeployResult, deploy } from './deploy.ts'
import { problemsToTell } from './telling.ts'

export interface PreviewCollaborators extends DeployCollaborators {
  /** @param there the tags of the preview, where it exists */
  readonly dataOf: (
    settings: DeploySettings,
    identity: PreviewIdentity,
    there: PreviewTags | undefined,
  ) => Promise<PreparedDatabase>
  /** Undefined where nobody is told. */
  readonly announcer: Announcer | undefined
  /** From here on what these hold is shown as asterisks. */
  readonly mask: (variables: Table) => void
  /** `ACCOUNT/REGION` where it is made. */
  readonly readPlace: () => Promise<string>
  /** Undefined where there is no such role. */
  readonly roleTags: (name: string) => Promise<Tags | undefined>
  /** How many previews of the function there are. */
  readonly count: (identity: PreviewIdentity) => Promise<number>
  /** What identifies this run. */
  readonly runId: string | undefined
}

/** What `preview --json` prints. */
export interface PreviewResult extends DeployResult {
  readonly preview: {
    readonly pull: number
    readonly repository: string
    readonly headSha: string | undefined
    /** ISO 8601. */
    readonly created: string
    readonly expires: string
    /** As the tags have it. */
    readonly database: string
  }
}

const DAY_MS = 24 * 3600 * 1000

/** A running copy for a pull request: made, or brought to its newest commit. */
export async function preview(
  settings: DeploySettings,
  pull: Pull,
  collaborators: PreviewCollaborators,
): Promise<PreviewResult> {
  const { report, clock, announcer, signal, aside } = collaborators
  const started = clock()
  const functionName = previewName(settings.functionName, pull.number)
  report.info(`${functionName}: preview of pull request ${pull.number} of ${pull.repository}`)
  let serving: Serving | undefined
  let isReleased = false
  let announced: Promise<void> | undefined
  try {
    const [place, found, answering] = await Promise.all([
      collaborators.readPlace(),
      aside.tags.get(functionName),
      servingOf(functionName, settings.alias, collaborators),
    ])
    const identity = identityOf(settings.functionName, pull, place)
    const there = tagsThere(identity, found)
    serving = there && answering
    // Nobody waits for GitHub before there is something to look at.
    announced = announcer?.started({ serving })
    const { result, own } = await release(settings, { pull, identity, there }, collaborators)
    // From here on the new version is what answers, or does not.
    serving = undefined
    isReleased = !own.dryRun
    const isReached = await isReachable(result, own, collaborators)
    await announcer?.ready({ ...readyFacts(result, settings, (clock() - started) / 1000), isReached })
    return result
  } catch (error) {
    await announcer?.failed({ problems: problemsToTell(error, signal), serving, isReleased })
    throw error
  } finally {
    await announced
  }
}

/** Which preview it is, and what is known of it already. */
interface PreviewPlace {
  readonly pull: Pull
  readonly identity: PreviewIdentity
  readonly there: PreviewTags | undefined
}

async function release(
  settings: DeploySettings,
  { pull, identity, there }: PreviewPlace,
  collaborators: PreviewCollaborators,
): Promise<{ readonly result: PreviewResult; readonly own: DeploySettings }> {
  const { order, aside } = collaborators
  if (there === undefined) {
    refuseMissingRole(settings, identity)
    await refuseOtherRole(settings, identity, collaborators.roleTags)
    await refuseOneMore(settings, identity, collaborators)
  }
  refuseSharedDatabase(settings, identity)
  const staticAddress = staticAddressOf(settings.static, identity)
  refuseOtherStatic(there, staticAddress)
  const data = await collaborators.dataOf(settings, identity, there)
  const now = order.now()
  const tags: PreviewTags = {
    ...identity,
    ...data.tags,
    headSha: pull.headSha,
    run: collaborators.runId,
    created: there?.created || isoTime(now),
    expires: isoTime(now + settings.previewExpires * DAY_MS),
    static: staticAddress,
    role: settings.createRole ? roleNameOf(identity.functionName) : undefined,
    logGroup: defaultLogGroup(identity.functionName),
    isSeeded: isSeededWith(there, data.tags.database),
  }
  refuseUnkept(tags)
  if (data.isMadeByAsking) await leaveWitness(tags, there, settings.tags, collaborators)
  const environment = await data.environment()
  collaborators.mask(environment)
  const isToBeSeeded = settings.previewSeed.length > 0 && hasNewData(tags)
  const own = settingsOfPreview(settings, identity, { tags, environment, isToBeSeeded })
  const released = await discarding(data, functionOf(own, collaborators), collaborators.report, () =>
    deploy(own, {
      ...collaborators,
      preparation: data.preparation,
      asksUrl: false,
      // GitHub runs a workflow for the merge with the base; what people know is the head.
      order: { ...order, readRun: async () => ({ ...(await order.readRun()), ...headOf(pull) }) },
    }),
  )
  if (isToBeSeeded && !settings.dryRun) await aside.tags.add(released.function.arn, SEEDED_TAG)
  const { created, expires, database } = tags
  const { number, repository, headSha } = pull
  const result = { ...released, preview: { pull: number, repository, headSha, created, expires, database } }
  return { result, own }
}

/** @throws UserError where visitors are refused, or get no answer of the function's */
async function isReachable(
  { function: { name, url } }: PreviewResult,
  own: DeploySettings,
  collaborators: PreviewCollaborators,
): Promise<boolean> {
  if (own.dryRun) return true
  const asked = { access: own.functionUrl ?? 'none', settings: own }
  return (await confirmPublicUrl(name, url, asked, collaborators)) !== 'unreachable'
}

function readyFacts(
  { function: released, artifact, coldStartMs, difference, preview }: PreviewResult,
  settings: DeploySettings,
  seconds: number,
): Omit<ReadyFacts, 'isReached'> {
  const change = difference.code?.contents?.zipBytes
  return {
    ...{ url: released.url, ...previewData(preview, settings) },
    ...{ zipBytes: artifact.zipBytes, unzippedBytes: artifact.unzippedBytes },
    ...{ zipBytesBefore: change === undefined ? undefined : artifact.zipBytes - change, coldStartMs, seconds },
  }
}

/** @throws UserError where a function of that name is none of ours */
function tagsThere(identity: PreviewIdentity, found: Tags | undefined): PreviewTags | undefined {
  if (found === undefined) return undefined
  const tags = ownTags(identity, found)
  if (tags === undefined) throw new UserError(notOurs(identity, found))
  return tags
}

async function refuseOneMore(
  { previewLimit }: DeploySettings,
  identity: PreviewIdentity,
  { count }: Pick<PreviewCollaborators, 'count'>,
): Promise<void> {
  if (previewLimit === 0 || (await count(identity)) < previewLimit) return
  throw new UserError({
    title: `There are ${previewLimit} previews of ${identity.base} already, and preview-limit is ${previewLimit}`,
    hint: 'Close pull requests that need none any more, let sweep remove what has expired, or raise preview-limit.',
  })
}

function functionOf({ functionName }: DeploySettings, { aside }: PreviewCollaborators): PreviewFunction {
  return { functionName, exists: async () => (await aside.tags.get(functionName)) !== undefined }
}

function headOf({ headSha }: Pull): { readonly commit?: string } {
  return headSha === undefined ? {} : { commit: headSha }
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
