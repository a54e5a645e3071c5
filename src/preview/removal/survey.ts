import { inParallel } from '../../artifact/parallel.ts'
import { nameInArn } from '../../aws/arn.ts'
import { defaultLogGroup } from '../../aws/function-options.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import { roleNameOf } from '../../release/current-aside.ts'
import { type PreviewTags, readTags, searchTags } from '../tags.ts'
import { whereAllowed } from './allowed.ts'
import { ownerOf } from './ownership.ts'

/** What stands beside a function, and the preview that its own tags say it was made for. */
export interface Beside {
  readonly kind: 'log group' | 'role'
  readonly name: string
  readonly owner: PreviewTags
}

/** What there is of the previews of one repository, in the region. */
export interface Survey {
  readonly previews: readonly PreviewTags[]
  /** Functions with tags like those of a preview, whose name does not fit them. */
  readonly strange: readonly string[]
  readonly orphans: readonly Beside[]
}

const AT_ONCE = 8
/** Roles of previews, by how they are called: looked at are only these. */
const LIKE_OURS = /-pr-\d+-role$|-[0-9a-f]{8}-role$/

export async function survey(repositoryId: string, api: PreviewApi): Promise<Survey> {
  const tags = searchTags(repositoryId)
  const [functions, logGroups, roles] = await Promise.all([
    api.findTagged('lambda:function', tags),
    logGroupsOf(repositoryId, api),
    whereAllowed(() => rolesOf(repositoryId, api)),
  ])
  const read = functions.map(({ arn, tags: own }) => ({ name: nameInArn(arn), tags: readTags(nameInArn(arn), own) }))
  const previews = read.flatMap(({ tags: own }) => own ?? [])
  const there = new Set(read.map(({ name }) => name))
  const left = [...logGroups, ...(roles ?? [])].filter(({ owner }) => !there.has(owner.functionName))
  // A search by tags may not know yet what has just been made.
  const orphans = await inParallel(left, AT_ONCE, async (beside) =>
    (await api.readFunction(beside.owner.functionName)) === undefined ? [beside] : [],
  )
  return {
    previews: previews.toSorted((a, b) => a.pull - b.pull || a.functionName.localeCompare(b.functionName)),
    strange: read.flatMap(({ name, tags: own }) => (own === undefined ? [name] : [])),
    orphans: orphans.flat(),
  }
}

async function logGroupsOf(repositoryId: string, api: PreviewApi): Promise<readonly Beside[]> {
  const found = await api.findTagged('logs:log-group', searchTags(repositoryId))
  return found.flatMap(({ arn, tags }) => {
    const [name, owner] = [nameInArn(arn), ownerOf(tags)]
    const isOwn = owner?.repositoryId === repositoryId && name === defaultLogGroup(owner.functionName)
    return isOwn ? [{ kind: 'log group', name, owner } as const] : []
  })
}

/** IAM has no search by tags. */
async function rolesOf(repositoryId: string, api: PreviewApi): Promise<readonly Beside[]> {
  const roles = await api.openRoles()
  const names = (await roles.list()).filter((name) => LIKE_OURS.test(name))
  const found = await inParallel(names, AT_ONCE, async (name): Promise<readonly Beside[]> => {
    const owner = ownerOf((await roles.tags(name)) ?? {})
    const isOwn = owner?.repositoryId === repositoryId && name === roleNameOf(owner.functionName)
    return isOwn ? [{ kind: 'role', name, owner }] : []
  })
  return found.flat()
}
