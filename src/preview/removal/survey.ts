import { inParallel } from '../../artifact/parallel.ts'
import { nameInArn } from '../../aws/arn.ts'
import { isAccessDenied, isNoBucket } from '../../aws/errors.ts'
import { defaultLogGroup } from '../../aws/function-options.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import type { Problem } from '../../errors.ts'
import { roleNameOf } from '../../release/current-aside.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import { isOf, type PreviewOwner } from '../identity.ts'
import { type PreviewTags, readTags, searchTags } from '../tags.ts'
import { whereAllowed } from './allowed.ts'
import { findLayers } from './layers.ts'
import { type OwnerOfPull, ownerOf } from './ownership.ts'
import { findStatics, type MarkedStatics, staticPlacesOf } from './static-orphans.ts'

/** The preview that something is left of. */
export type Owner = Pick<PreviewTags, 'functionName' | 'base' | 'pull' | 'created'>

/** What is left of a preview whose function is gone, as its own tags say, or its mark. */
export interface Beside {
  readonly kind: 'log group' | 'role' | 'layer' | 'static files'
  readonly name: string
  readonly owner: Owner
}

/** The same, with all that its tags say: what the preview had besides. */
export interface Tagged extends Beside {
  readonly kind: 'log group' | 'role'
  readonly owner: PreviewTags
}

/** What there is of the previews of one repository, in the region. */
export interface Survey {
  readonly previews: readonly PreviewTags[]
  /** Functions with tags like those of a preview, whose name does not fit them. */
  readonly strange: readonly string[]
  /** Found by their tags. */
  readonly tagged: readonly Tagged[]
  /** Found by their marks. */
  readonly marked: readonly Beside[]
  /** Why some things were not looked for. */
  readonly problems: readonly Problem[]
}

export interface SurveySettings {
  /** Of the function: where its previews may have left theirs. */
  readonly static: string | undefined
  /** Only what is of this pull request; undefined for all. */
  readonly pull?: number
}

export interface SurveyCollaborators {
  readonly previews: PreviewApi
  readonly report: Reporter
}

const AT_ONCE = 8

interface LookedFor<T> {
  readonly found: readonly T[]
  /** Why not all of them may have been found. */
  readonly problems: readonly Problem[]
}

export async function survey(
  owner: PreviewOwner,
  settings: SurveySettings,
  { previews: api, report }: SurveyCollaborators,
): Promise<Survey> {
  const { pull } = settings
  const [functions, logGroups, roles] = await Promise.all([
    api.findTagged('lambda:function', searchTags(owner, pull)),
    logGroupsOf(owner, pull, api),
    lookFor('roles', report, () => rolesOf(owner, pull, api)),
  ])
  const read = functions.map(({ arn, tags: found }) => {
    const [name, own] = [nameInArn(arn), readTags(nameInArn(arn), found)]
    return { name, tags: own && isOf(own, owner) ? own : undefined }
  })
  const previews = read.flatMap(({ tags: own }) => own ?? [])
  const there = new Set(read.map(({ name }) => name))
  const left = [...logGroups, ...roles.found].filter(({ owner: { functionName } }) => !there.has(functionName))
  const places = staticPlacesOf([...previews, ...left.map((each) => each.owner)], settings)
  const [tagged, layers, statics] = await Promise.all([
    withoutFunction(left, api),
    lookFor('layers', report, () => findLayers({ ...owner, pull }, there, api)),
    inParallel(places, AT_ONCE, (place) => staticsIn(place, { ...owner, pull }, there, { previews: api, report })),
  ])
  const marked = [
    ...layers.found.map(({ name, ...preview }) => ({ kind: 'layer', name, owner: withBase(preview) }) as const),
    ...statics
      .flatMap(({ found }) => found)
      .map(({ address: name, ...preview }) => {
        // When they were put there is not known.
        return { kind: 'static files', name, owner: withBase({ ...preview, created: '' }) } as const
      }),
  ]
  return {
    previews: previews.toSorted((a, b) => a.pull - b.pull || a.functionName.localeCompare(b.functionName)),
    strange: read.flatMap(({ name, tags: own }) => (own === undefined ? [name] : [])),
    tagged,
    marked: await withoutFunction(marked, api),
    problems: [roles, layers, ...statics].flatMap(({ problems }) => problems),
  }
}

/** A search by tags may not know yet what has just been made. */
async function withoutFunction<T extends Beside>(left: readonly T[], api: PreviewApi): Promise<readonly T[]> {
  const orphans = await inParallel(left, AT_ONCE, async (beside) =>
    (await api.readFunction(beside.owner.functionName)) === undefined ? [beside] : [],
  )
  return orphans.flat()
}

/** A mark does not say what the function is called that it was a preview of. */
function withBase<T extends Pick<Owner, 'functionName'>>(preview: T): T & Pick<Owner, 'base'> {
  return { ...preview, base: preview.functionName.replace(/-pr-\d+$/, '') }
}

/** Whoever has no right to list them has made none: a line of the log. Any other failure is a problem, and all else is looked for. */
async function lookFor<T>(what: string, report: Reporter, find: () => Promise<readonly T[]>): Promise<LookedFor<T>> {
  try {
    const found = await whereAllowed(find)
    if (found === undefined)
      report.info(`${what} of previews that are gone were not looked for: these credentials may not list ${what}`)
    return { found: found ?? [], problems: [] }
  } catch (error) {
    return notLookedFor(`${what} of previews that are gone`, error)
  }
}

function notLookedFor(what: string, error: unknown): LookedFor<never> {
  const problems = problemsOf(error).problems.map((problem) => ({
    ...problem,
    title: `${what} were not looked for: ${problem.title}`,
  }))
  return { found: [], problems }
}

/** What may not be looked at is told: somebody has said that there are such files. */
async function staticsIn(
  place: string,
  owner: OwnerOfPull,
  there: ReadonlySet<string>,
  { previews, report }: SurveyCollaborators,
): Promise<LookedFor<MarkedStatics>> {
  try {
    return { found: await findStatics(place, owner, there, previews), problems: [] }
  } catch (error) {
    if (isNoBucket(error)) {
      report.info(`there are no static files at ${place}…: that bucket does not exist`)
      return { found: [], problems: [] }
    }
    const unseen = notLookedFor('Static files that are left over', error)
    if (!isAccessDenied(error)) return unseen
    for (const problem of unseen.problems) report.notice(problem)
    return { found: [], problems: [] }
  }
}

async function logGroupsOf(owner: PreviewOwner, pull: number | undefined, api: PreviewApi): Promise<readonly Tagged[]> {
  const found = await api.findTagged('logs:log-group', searchTags(owner, pull))
  return found.flatMap(({ arn, tags }) => {
    const [name, preview] = [nameInArn(arn), ownerOf(tags)]
    const isOwn = preview && isOf(preview, owner) && name === defaultLogGroup(preview.functionName)
    return isOwn ? [{ kind: 'log group', name, owner: preview } as const] : []
  })
}

/** IAM has no search by tags. */
async function rolesOf(owner: PreviewOwner, pull: number | undefined, api: PreviewApi): Promise<readonly Tagged[]> {
  const roles = await api.openRoles()
  const names = (await roles.list()).filter((name) => mayBeRoleOf(name, pull))
  const found = await inParallel(names, AT_ONCE, async (name): Promise<readonly Tagged[]> => {
    // By its name alone it may be a role of somebody else's.
    const preview = ownerOf((await whereAllowed(() => roles.tags(name))) ?? {})
    const isOwn = preview && isOf(preview, owner) && name === roleNameOf(preview.functionName)
    return isOwn && (pull ?? preview.pull) === preview.pull ? [{ kind: 'role', name, owner: preview }] : []
  })
  return found.flat()
}

/** Whether roles of previews are called so: of a long name, the end is a hash. */
function mayBeRoleOf(name: string, pull: number | undefined): boolean {
  return (pull === undefined ? /-pr-\d+-role$/.test(name) : name.endsWith(`-pr-${pull}-role`)) || HASHED_ROLE.test(name)
}

const HASHED_ROLE = /-[0-9a-f]{8}-role$/
