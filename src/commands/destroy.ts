import type { Problem } from '../errors.ts'
import { identityOf, type PreviewIdentity } from '../preview/identity.ts'
import type { Pull, Repository } from '../preview/pull.ts'
import { secondsSince } from '../preview/removal/parts.ts'
import { type RemovalCollaborators, removePreview } from '../preview/removal/removal.ts'
import { type DestroyResult, exitCodeOf, type PreviewRemoval, problemsOfRemovals } from '../preview/removal/result.ts'
import { survey } from '../preview/removal/survey.ts'
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
    const { identities, problems: unseen } = await find(pull, settings, collaborators)
    const previews: PreviewRemoval[] = []
    for (const identity of identities)
      previews.push(await removePreview(identity, { ...settings, isDue: () => true }, collaborators))
    if (previews.every(({ outcome }) => outcome === 'missing')) report.info('Nothing to remove: there is no preview.')
    const problems = [...unseen, ...problemsOfRemovals(previews)]
    const { number, repository } = pull
    return {
      ...{ pull: number, repository, previews, problems, exitCode: exitCodeOf(problems) },
      seconds: secondsSince(started, clock),
    }
  })
}

interface Found {
  readonly identities: readonly PreviewIdentity[]
  /** Why some of them may not have been found. */
  readonly problems: readonly Problem[]
}

/** That of the function; else all of which there is anything: functions, and what was made for such as never came or are gone. */
async function find(
  pull: Closed,
  { functionName: base, static: statics }: Pick<RemovalSettings, 'functionName' | 'static'>,
  collaborators: RemovalCollaborators,
): Promise<Found> {
  const place = await collaborators.previews.readPlace()
  if (base !== undefined) return { identities: [identityOf(base, pull, place)], problems: [] }
  const { host, repositoryId, number } = pull
  const found = await survey({ host, repositoryId, place }, { static: statics, pull: number }, collaborators)
  const named = ({ functionName, base: of }: Pick<PreviewIdentity, 'functionName' | 'base'>): PreviewIdentity => ({
    ...identityOf(of, pull, place),
    functionName,
  })
  const identities = [
    // A mark does not know the whole name of the function, and tags do.
    ...found.marked.map(({ owner }) => named(owner)),
    ...found.tagged.map(({ owner }) => named(owner)),
    ...found.previews.map(named),
    // One whose name does not fit is refused by its name when its turn comes.
    ...found.strange.map((functionName) => named({ functionName, base: functionName })),
  ]
  const byName = new Map(identities.map((identity) => [identity.functionName, identity]))
  return { identities: [...byName.values()], problems: found.problems }
}
