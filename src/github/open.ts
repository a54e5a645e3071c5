import type { GitHubApi } from './api.ts'
import type { GitHubOptions } from './client.ts'

const GITHUB_API = 'https://api.github.com'

/**
 * GitHub's API for the repository of this run; undefined without a token or a repository.
 * @param variables those of a workflow's run: "Store information in variables", default ones
 */
export async function openGitHub(
  variables: Readonly<Record<string, string | undefined>>,
  token: string | undefined,
  options: Pick<GitHubOptions, 'version' | 'wait' | 'signal'>,
): Promise<GitHubApi | undefined> {
  const repository = variables['GITHUB_REPOSITORY'] ?? ''
  const given = token?.trim() ?? ''
  if (given === '' || !/^[^/\s]+\/[^/\s]+$/.test(repository)) return undefined
  const { createGitHub } = await import('./client.ts')
  return createGitHub({ ...options, token: given, apiUrl: variables['GITHUB_API_URL'] || GITHUB_API, repository })
}
