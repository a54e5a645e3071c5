import { SettingsError, UserError } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import type { DeploySettings } from '../settings/settings.ts'
import { reasonToSkip } from './guard.ts'
import type { PreviewIdentity } from './identity.ts'
import { type Pull, type Repository, type RunEvent, repositoryOf } from './pull.ts'

/**
 * The pull request of a run; of one that can have no credentials, why there is nothing to do. Asked first: such a run has not even
 * the settings of others. @throws SettingsError where no pull request is named
 */
export function pullOf(
  event: RunEvent,
  variables: Readonly<Record<string, string | undefined>>,
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
  refuseUnknownRepository(pull)
  const skipped = reasonToSkip(event, variables)
  return skipped ? { skipped } : { pull }
}

/** The repository whose previews are swept. @throws SettingsError where its number is not known */
export function repositoryOfRun(variables: Readonly<Record<string, string | undefined>>): Repository {
  const repository = repositoryOf(variables)
  refuseUnknownRepository(repository)
  return repository
}

function refuseUnknownRepository({ host, repositoryId }: Repository): void {
  if (host === '') {
    throw new SettingsError([
      {
        title: 'The host of the repository is not known',
        detail: 'By it a preview is told from those of other repositories: every host gives out the same numbers.',
        hint: 'Set GITHUB_SERVER_URL as GitHub has it, to https://github.com or the address of your own server; for GitLab CI_SERVER_URL.',
      },
    ])
  }
  if (/^[1-9]\d*$/.test(repositoryId)) return
  throw new SettingsError([
    {
      title: 'The number of the repository is not known',
      detail: 'By it a preview is told from those of other repositories.',
      hint: 'Workflows of GitHub and pipelines of GitLab have it. Elsewhere, set GITHUB_REPOSITORY_ID (gh api repos/OWNER/NAME --jq .id) and GITHUB_REPOSITORY.',
    },
  ])
}

/** @throws UserError where a preview that is to be made would have no role: it never gets the function's own */
export function refuseMissingRole(
  { previewRole, createRole }: Pick<DeploySettings, 'previewRole' | 'createRole'>,
  { functionName }: Pick<PreviewIdentity, 'functionName'>,
): void {
  if (previewRole !== undefined || createRole) return
  throw new UserError(
    {
      title: `The preview ${functionName} has no execution role: preview-role is missing`,
      detail: 'A preview runs what a pull request says, and never gets `role`.',
      hint: 'Set preview-role to the ARN of a role for previews, as in arn:aws:iam::123456789012:role/shop-preview-execution (bootstrap prints a template that has one), or create-role to have one made for each.',
    },
    { exitCode: 2 },
  )
}

/** What GitHub says of the pull request now; undefined where it cannot be asked. */
export async function stateOf(pull: Pull, github: GitHubApi | undefined) {
  return await github?.getPull(pull.number).catch(() => undefined)
}
