import { nameInArn } from '../aws/arn.ts'
import { identityOf, type PreviewIdentity } from '../preview/identity.ts'
import type { Pull, Repository } from '../preview/pull.ts'
import { ownerOf } from '../preview/removal/ownership.ts'
import { secondsSince } from '../preview/removal/parts.ts'
import { type RemovalCollaborators, removePreview } from '../preview/removal/removal.ts'
import { type DestroyResult, exitCodeOf, type PreviewRemoval, problemsOfRemovals } from '../preview/removal/result.ts'
import { readTags, searchTags } from '../preview/tags.ts'
import type { RemovalSettings } from '../settings/removal.ts'

/** Which pull request's previews. */
export type Closed = Repository & Pick<Pull, 'number'>

/**
 * Removes the previews of a pull request: that of one function where it is named, else all of this region. Nothing of the
 * project is read. What could not be removed is in the result, with the exit code 1.
 */
export async function destroy(
  pull: Closed,
  settings: RemovalSettings,
  collaborators: RemovalCollaborators,
): Promise<DestroyResult> {
  const { report, clock } = collaborators
  const started = clock()
  return await report.phase(`Remove previews of pull request ${pull.number}`, async () => {
    const identities = await identitiesOf(pull, settings, collaborators)
    const previews: PreviewRemoval[] = []
    for (const identity of identities)
      previews.push(await removePreview(identity, { ...settings, isDue: () => true }, collaborators))
    if (previews.every(({ outcome }) => outcome === 'missing')) report.info('Nothing to remove: there is no preview.')
    const problems = problemsOfRemovals(previews)
    const { number, repository } = pull
    return {
      ...{ pull: number, repository, previews, problems, exitCode: exitCodeOf(problems) },
      seconds: secondsSince(started, clock),
    }
  })
}

/** That of the function; else by tags, those of functions and of what was made for a function that never came. */
async function identitiesOf(
  pull: Closed,
  { functionName: base }: Pick<RemovalSettings, 'functionName'>,
  { previews }: Pick<RemovalCollaborators, 'previews'>,
): Promise<readonly PreviewIdentity[]> {
  if (base !== undefined) return [identityOf(base, pull, await previews.readPlace())]
  const tags = searchTags(pull, pull.number)
  const [place, functions, logGroups] = await Promise.all([
    previews.readPlace(),
    previews.findTagged('lambda:function', tags),
    previews.findTagged('logs:log-group', tags),
  ])
  const named = functions.map(({ arn, tags: own }): PreviewIdentity => {
    const functionName = nameInArn(arn)
    // One whose name does not fit is refused by its name when its turn comes.
    const base = readTags(functionName, own)?.base ?? functionName
    return { ...identityOf(base, pull, place), functionName }
  })
  const left = logGroups.flatMap(({ tags: own }) => ownerOf(own) ?? []).filter((owner) => owner.place === place)
  return [...new Map([...left, ...named].map((identity) => [identity.functionName, identity])).values()]
}
