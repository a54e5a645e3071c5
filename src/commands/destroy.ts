import type { Problem } from '../errors.ts'
import { identityOf, type PreviewIdentity } from '../preview/identity.ts'
import type { Pull, Repository } from '../preview/pull.ts'
import { secondsSince } from '../preview/removal/parts.ts'
import { type RemovalCollaborators, type RemovalOptions, removePreview } from '../preview/removal/removal.ts'
import { type DestroyResult, exitCodeOf, type PreviewRemoval, problemsOfRemovals } from '../preview/removal/result.ts'
import { survey } from '../preview/removal/survey.ts'
import type { RemovalSettings } from '../settings/removal.ts'

/** Which pull request's previews. */
export type Closed = Repository & Pick<Pull, 'number'>

type Named = Pick<PreviewIdentity, 'functionName' | 'base'>

/**
 * Removes the previews of a pull request: that of one function where it is named, else all of this region. Nothing of the
 * project is read. What could not be removed is in the result, with the exit code 1.
 * @param told previews that the pull request was told of, where all are to go: a search by tags may not know yet what was just made
 */
export async function destroy(
  pull: Closed,
  settings: RemovalSettings,
  collaborators: RemovalCollaborators,
  told?: Promise<readonly Named[]>,
): Promise<DestroyResult> {
  const { report, clock } = collaborators
  const started = clock()
  return await report.phase(`Remove previews of pull request ${pull.number}`, async () => {
    const place = await collaborators.previews.readPlace()
    const { identities, problems: unseen } = await find(pull, place, settings, collaborators)
    const previews: PreviewRemoval[] = []
    const options = { ...settings, isDue: () => true }
    for (const identity of identities) previews.push(await removePreview(identity, options, collaborators))
    if (settings.functionName === undefined) {
      const looked = new Set(identities.map(({ functionName }) => functionName))
      const others = ((await told) ?? []).filter(({ functionName }) => !looked.has(functionName))
      const unlisted = others.map(({ functionName, base }) => ({ ...identityOf(base, pull, place), functionName }))
      previews.push(...(await removeUnlisted(unlisted, options, collaborators)))
    }
    if (previews.every(({ outcome }) => outcome === 'missing')) report.info('Nothing to remove: there is no preview.')
    const problems = [...unseen, ...problemsOfRemovals(previews)]
    const { number, repository } = pull
    return {
      ...{ pull: number, repository, previews, problems, exitCode: exitCodeOf(problems) },
      seconds: secondsSince(started, clock),
    }
  })
}

/** Those that no search has found. What is gone, or has only the name of one, is none of the pull request's. */
async function removeUnlisted(
  identities: readonly PreviewIdentity[],
  options: RemovalOptions,
  collaborators: RemovalCollaborators,
): Promise<readonly PreviewRemoval[]> {
  const removed: PreviewRemoval[] = []
  for (const identity of identities) {
    const removal = await removePreview(identity, options, collaborators)
    if (removal.outcome === 'refused') {
      for (const problem of removal.problems) collaborators.report.notice(problem)
      removed.push({ ...removal, problems: [] })
    } else if (removal.outcome !== 'missing') removed.push(removal)
  }
  return removed
}

interface Found {
  readonly identities: readonly PreviewIdentity[]
  /** Why some of them may not have been found. */
  readonly problems: readonly Problem[]
}

/** That of the function; else all of which there is anything: functions, and what was made for such as never came or are gone. */
async function find(
  pull: Closed,
  place: string,
  { functionName: base, static: statics }: Pick<RemovalSettings, 'functionName' | 'static'>,
  collaborators: RemovalCollaborators,
): Promise<Found> {
  if (base !== undefined) return { identities: [identityOf(base, pull, place)], problems: [] }
  const { host, repositoryId, number } = pull
  const found = await survey({ host, repositoryId, place }, { static: statics, pull: number }, collaborators)
  const named = ({ functionName, base: of }: Named): PreviewIdentity => ({
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
