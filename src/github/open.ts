import type { GitHubApi } from './api.ts'
import type { GitHubOptions } from './client.ts'

const GITHUB_API = 'https://api.github.com'
/** Between the cancelling of a run and its end GitHub leaves ten seconds. */
const GRACE_MS = 5000

/**
 * GitHub's API for the repository of this run; undefined without a token or a repository.
 * @param variables those of a workflow's run: "Store information in variables", default ones
 * @param options `signal` is the run's: after it, there is a moment to say that the run was cancelled
 */
export async function openGitHub(
  variables: Readonly<Record<string, string | undefined>>,
  token: string | undefined,
  {
    grace = GRACE_MS,
    signal,
    ...options
  }: Pick<GitHubOptions, 'version' | 'wait' | 'signal'> & { readonly grace?: number },
): Promise<GitHubApi | undefined> {
  const repository = variables['GITHUB_REPOSITORY'] ?? ''
  const given = token?.trim() ?? ''
  if (given === '' || !/^[^/\s]+\/[^/\s]+$/.test(repository)) return undefined
  const { createGitHub } = await import('./client.ts')
  const apiUrl = variables['GITHUB_API_URL'] || GITHUB_API
  return createGitHub({ ...options, token: given, apiUrl, repository, signal: later(signal, grace) })
}

function later(signal: AbortSignal, milliseconds: number): AbortSignal {
  const controller = new AbortController()
  const end = (): void => {
    setTimeout(() => {
      controller.abort(signal.reason)
    }, milliseconds).unref()
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return controller.signal
}
