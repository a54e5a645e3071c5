type Variables = Readonly<Record<string, string | undefined>>

const GITHUB = 'https://github.com'

/**
 * Whether a pipeline of GitLab runs this. A step before may set any variable of a GitHub run but those that GitHub itself sets:
 * what is there of GitLab counts only where GitHub is not.
 */
export function isGitLab(variables: Variables): boolean {
  return variables['GITLAB_CI'] !== undefined && variables['GITHUB_ACTIONS'] !== 'true'
}

/**
 * Where the repository of a run is hosted, as in `github.com`, with the path of a GitLab that lies below one. From the variables
 * of the run alone, never from the project. Empty where they make no sense.
 */
export function hostOf(variables: Variables): string {
  if (isGitLab(variables)) return hostIn(variables['CI_SERVER_URL'] || `https://${variables['CI_SERVER_HOST'] ?? ''}`)
  if (variables['GITHUB_SERVER_URL']) return hostIn(variables['GITHUB_SERVER_URL'])
  // On a laptop: https://HOST/api/v3 of a server of one's own, https://api.github.com, https://api.COMPANY.ghe.com.
  const api = variables['GITHUB_API_URL'] ?? ''
  return URL.canParse(api) ? new URL(api).host.replace(/^api\./, '') : hostIn(GITHUB)
}

function hostIn(address: string): string {
  if (!URL.canParse(address)) return ''
  const { host, pathname } = new URL(address)
  // As a tag can have it.
  return (host + pathname).replace(/\/+$/, '').replace(/[^\w.:/-]/g, '_')
}
