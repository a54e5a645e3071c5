import type { GitHubApi, PreviewDeployment } from './api.ts'
import { GitHubError } from './errors.ts'
import { type ConnectionOptions, connect, limited } from './requests.ts'

export interface GitHubOptions extends ConnectionOptions {
  /** OWNER/NAME. */
  readonly repository: string
}

/** Of a list, GitHub gives no more at once. */
const PER_PAGE = 100
/** GitHub's REST reference, "Create a deployment status". */
const LONGEST_DESCRIPTION = 140
/** What a function may be called. A deployment can be made by others, and its payload says whatever they like. */
const FUNCTION_NAME = /^[\w-]{1,64}$/
/** Who the token of a workflow is. */
const WORKFLOW_LOGIN = 'github-actions[bot]'

/** @param known what has been asked already, of the same token */
export function createGitHub(options: GitHubOptions, known: { login?: string } = {}): GitHubApi {
  const { repository, signal } = options
  const [owner = '', repo = ''] = repository.split('/')
  const place = { owner, repo }
  const { ask } = connect(options)

  /** REST tells a token of an app (a workflow's is one) nothing of who it is; GraphQL does. */
  async function askLogin(): Promise<string> {
    const asked = { what: 'ask who the token belongs to', permission: 'pull-requests: write' } as const
    try {
      return await ask(asked, async ({ graphql }) => {
        const { viewer } = await graphql<{ viewer: { login: string } }>('{ viewer { login } }')
        return viewer.login
      })
    } catch (error) {
      if (error instanceof GitHubError && !error.mayHaveHappened) return WORKFLOW_LOGIN
      throw error
    }
  }

  return {
    getPull: async (number) => {
      const asked = { what: `read pull request ${number}`, permission: 'pull-requests: read' } as const
      try {
        return await ask(asked, async (octokit) => {
          const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
            ...place,
            pull_number: number,
          })
          const labels = data.labels.map(({ name }) => name)
          const isForeign = isElsewhere(data.head.repo, repository)
          const isDraft = data.draft === true
          return {
            ...{ number: data.number, isOpen: data.state === 'open', headSha: data.head.sha },
            ...{ isForeign, labels, isDraft },
          }
        })
      } catch (error) {
        if (!(error instanceof GitHubError) || !error.isMissing) throw error
        // What a token may not see is missing, too: only where others can be seen is this one not there.
        await ask(asked, ({ request }) =>
          request('GET /repos/{owner}/{repo}/pulls', { ...place, state: 'all', per_page: 1 }),
        )
        return undefined
      }
    },

    pullsOf: (commit) =>
      ask({ what: 'read the pull requests of a commit', permission: 'pull-requests: read' }, async ({ request }) => {
        const { data } = await request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
          ...place,
          commit_sha: commit,
        })
        return data.map(({ number }) => number)
      }),

    comments: async (pull) => {
      const asked = { what: `read the comments of pull request ${pull}`, permission: 'pull-requests: write' } as const
      const listing = ask(asked, ({ paginate }) =>
        paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...place,
          issue_number: pull,
          per_page: PER_PAGE,
        }),
      )
      const [comments, login] = await Promise.all([listing, known.login ?? askLogin()])
      known.login = login
      return comments.map(({ id, body = '', user }) => {
        const author = user?.login ?? ''
        return { id: Number(id), body, author, isOurs: author === login }
      })
    },

    createComment: (pull, body) =>
      ask({ what: `comment on pull request ${pull}`, permission: 'pull-requests: write' }, async ({ request }) => {
        const { data } = await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...place,
          issue_number: pull,
          body,
        })
        return Number(data.id)
      }),

    updateComment: (id, body) =>
      ask({ what: 'update the comment of a pull request', permission: 'pull-requests: write' }, async ({ request }) => {
        await request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...place, comment_id: id, body })
      }),

    createDeployment: ({ ref, environment, pull, preview, region, description }) =>
      ask({ what: 'create a deployment', permission: 'deployments: write' }, async ({ request }) => {
        const { data } = await request('POST /repos/{owner}/{repo}/deployments', {
          ...place,
          ref,
          environment,
          task: taskOf(pull),
          description: shortened(description),
          payload: { pr: pull, preview, ...(region !== undefined && { region }) },
          auto_merge: false,
          required_contexts: [],
          transient_environment: true,
          production_environment: false,
        })
        if (!('id' in data)) throw new Error(`GitHub made no deployment of ${ref}`)
        return Number(data.id)
      }),

    deploymentsOf: async (environment, pull) => {
      const asked = { what: 'read the deployments', permission: 'deployments: write' } as const
      const found = await ask(asked, ({ paginate }) =>
        paginate('GET /repos/{owner}/{repo}/deployments', {
          ...place,
          environment,
          task: taskOf(pull),
          per_page: PER_PAGE,
        }),
      )
      return found
        .flatMap(({ id, payload }) => {
          const preview = previewIn(payload, pull)
          return preview === undefined ? [] : [{ id: Number(id), ...preview }]
        })
        .toSorted((a, b) => b.id - a.id)
    },

    isActive: (deployment) =>
      ask({ what: 'read the deployments', permission: 'deployments: write' }, async ({ request }) => {
        const { data } = await request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...place,
          deployment_id: deployment,
          per_page: 1,
        })
        return data[0]?.state !== 'inactive'
      }),

    setDeploymentStatus: (id, { state, environmentUrl, logUrl, description }) =>
      ask({ what: 'set the status of a deployment', permission: 'deployments: write' }, async ({ request }) => {
        await request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...place,
          deployment_id: id,
          state,
          description: shortened(description),
          // Others of the environment are not this run's.
          auto_inactive: false,
          ...(environmentUrl !== undefined && { environment_url: environmentUrl }),
          ...(logUrl !== undefined && { log_url: logUrl }),
        })
      }),

    within: (milliseconds) => createGitHub({ ...options, signal: limited(signal, milliseconds) }, known),
  }
}

/** Of a fork that was deleted, GitHub names no repository. */
function isElsewhere(head: { readonly full_name: string } | null, repository: string): boolean {
  return head?.full_name.toLowerCase() !== repository.toLowerCase()
}

/** GitHub lists deployments by it, so that those of other pull requests need not be read. */
function taskOf(pull: number): string {
  return `preview:${pull}`
}

/** @returns undefined for the deployment of something else */
function previewIn(payload: unknown, pull: number): Pick<PreviewDeployment, 'preview' | 'region'> | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { pr, preview, region } = payload as Readonly<Record<string, unknown>>
  if (pr !== pull || typeof preview !== 'string' || !FUNCTION_NAME.test(preview)) return undefined
  return { preview, region: typeof region === 'string' ? region : undefined }
}

function shortened(description: string): string {
  return description.slice(0, LONGEST_DESCRIPTION).toWellFormed()
}
