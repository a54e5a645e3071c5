import { SettingsError } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { reasonToSkip, refuseForeignCode } from './guard.ts'
import type { Pull, RunEvent } from './pull.ts'

/**
 * The pull request of a run; of one that can have no credentials, why there is nothing to do. Asked first: such a run has not even
 * the settings of others. @throws SettingsError where no pull request is named, UserError for foreign code beside secrets
 */
export function pullOf(
  event: RunEvent,
  variables: Readonly<Record<string, string | undefined>>,
  { runsItsCode }: { readonly runsItsCode: boolean },
): { readonly pull: Pull } | { readonly skipped: NonNullable<ReturnType<typeof reasonToSkip>> } {
  const { pull } = event
  if (pull === undefined) {
    throw new SettingsError([
      {
        title: 'There is no pull request',
        detail: 'The event that started this run has none.',
        hint: 'Name it: --pr NUMBER, or the input pr.',
      },
    ])
  }
  if (!/^[1-9]\d*$/.test(pull.repositoryId)) {
    throw new SettingsError([
      {
        title: 'The number of the repository is not known',
        detail: 'By it a preview is told from those of other repositories.',
        hint: 'Workflows of GitHub and pipelines of GitLab have it. Elsewhere, set GITHUB_REPOSITORY_ID and GITHUB_REPOSITORY.',
      },
    ])
  }
  const skipped = reasonToSkip(event, variables)
  if (skipped) return { skipped }
  if (runsItsCode) refuseForeignCode(event)
  return { pull }
}

/** What GitHub says of the pull request now; undefined where it cannot be asked. */
export async function stateOf(pull: Pull, github: GitHubApi | undefined) {
  return await github?.getPull(pull.number).catch(() => undefined)
}
