import type { Table } from '../../settings/kinds.ts'
import type { Values } from '../../settings/schema.ts'
import type { NamedPreview } from '../identity.ts'
import type { AnnouncePlace } from './facts.ts'

export interface PlaceVariables {
  /** Those of a run of GitHub: "Store information in variables". */
  readonly environment: Table
  /** Where the run makes and removes previews. */
  readonly region: NamedPreview['region']
  /** What a text for others must not hold, since nobody masks it there. */
  readonly secrets: () => readonly string[]
}

/** @returns undefined where no deployments are shown */
export function environmentOf({ githubEnvironment }: Pick<Values, 'githubEnvironment'>): AnnouncePlace['environment'] {
  return githubEnvironment === 'none' ? undefined : githubEnvironment
}

/** Where a preview is announced, by the settings and the run's variables. */
export function placeOfAnnouncement(
  { comment, githubEnvironment }: Pick<Values, 'comment' | 'githubEnvironment'>,
  identity: NamedPreview,
  headSha: string | undefined,
  { environment, secrets }: Pick<PlaceVariables, 'environment' | 'secrets'>,
): AnnouncePlace {
  const server = environment['GITHUB_SERVER_URL']
  const run = environment['GITHUB_RUN_ID']
  const repositoryUrl = server === undefined ? undefined : `${server}/${identity.repository}`
  return {
    ...{ identity, headSha, repositoryUrl },
    // More become known while the run goes on.
    get secrets() {
      return secrets()
    },
    runUrl: repositoryUrl && run && `${repositoryUrl}/actions/runs/${run}`,
    environment: environmentOf({ githubEnvironment }),
    hasComment: comment ?? true,
    now: () => new Date(),
  }
}
