import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Endpoints } from '@octokit/types'

/** A body as GitHub's published description has it: what is shaped otherwise does not compile. */
type Body<R extends keyof Endpoints> = Endpoints[R]['response']['data']
type Parameters<R extends keyof Endpoints> = Endpoints[R]['parameters']

interface Routes {
  readonly pull: 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
  readonly pulls: 'GET /repos/{owner}/{repo}/pulls'
  readonly comments: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
  readonly createComment: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
  readonly updateComment: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
  readonly deployments: 'GET /repos/{owner}/{repo}/deployments'
  readonly createDeployment: 'POST /repos/{owner}/{repo}/deployments'
  readonly statuses: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
  readonly createStatus: 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
}

type FullPull = Body<Routes['pull']>
type FullComment = Body<Routes['updateComment']>
type FullDeployment = Body<Routes['deployments']>[number]
type FullStatus = Body<Routes['createStatus']>
type User = NonNullable<FullComment['user']>

/** Of a pull request, the parts that say how it is. */
type PullBody = Pick<FullPull, 'id' | 'number' | 'state' | 'draft' | 'merged'> & {
  readonly head: Pick<FullPull['head'], 'ref' | 'sha'> & { readonly repo: { readonly full_name: string } | null }
  readonly labels: readonly Pick<FullPull['labels'][number], 'id' | 'name'>[]
}
type UserBody = Pick<User, 'login' | 'id' | 'type' | 'site_admin'>
type CommentBody = Pick<FullComment, 'id' | 'html_url' | 'body' | 'created_at' | 'updated_at'> & {
  readonly user: UserBody | null
}
type DeploymentBody = Pick<
  FullDeployment,
  | 'id'
  | 'sha'
  | 'ref'
  | 'task'
  | 'payload'
  | 'environment'
  | 'description'
  | 'created_at'
  | 'transient_environment'
  | 'production_environment'
>
type StatusBody = Pick<FullStatus, 'id' | 'state' | 'description' | 'environment_url' | 'log_url' | 'created_at'>

export interface StoredComment {
  readonly id: number
  readonly pull: number
  readonly author: string
  body: string
}

export interface StoredDeployment extends DeploymentBody {
  /** Newest first. */
  readonly statuses: StatusBody[]
  /** As it was asked for. */
  readonly request: Partial<Parameters<Routes['createDeployment']>>
  /** Whether others of the environment were to become inactive, of each status. */
  readonly autoInactive: boolean[]
}

/** What a request gets instead of its answer; `isDone` where it is carried out all the same. */
export type Fault =
  | {
      readonly status: number
      readonly message?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly isDone?: boolean
    }
  /** The connection is closed without an answer. */
  | { readonly kind: 'drop'; readonly isDone?: boolean }
  /** No answer ever comes. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** An answer of somebody on the way. */
  | { readonly kind: 'page'; readonly html: string }

/**
 * The parts of GitHub's REST API that previews need, for one repository, on loopback: comments, deployments, their statuses
 * and pull requests, with pages, permissions and faults; and the one question of GraphQL's, who the token belongs to.
 */
export interface FakeGitHub extends AsyncDisposable {
  /** What the runner tells an action. */
  readonly env: Readonly<Record<'GITHUB_API_URL' | 'GITHUB_SERVER_URL' | 'GITHUB_REPOSITORY', string>>
  readonly token: string
  readonly pulls: Map<
    number,
    {
      isOpen: boolean
      headSha: string
      labels: readonly string[]
      headRepository?: string | null
      isDraft?: boolean
    }
  >
  readonly comments: StoredComment[]
  /** Oldest first. */
  readonly deployments: StoredDeployment[]
  /** As in `POST /repos/owner/name/issues/7/comments`. */
  readonly calls: string[]
  /** Of each call. */
  readonly headers: IncomingMessage['headers'][]
  /** Whose token it is. */
  login: string
  /** What the job may do. */
  permissions: Readonly<Record<'pull-requests' | 'deployments', 'none' | 'read' | 'write'>>
  /** Asked for each call, before it is answered. @param before how many there were of the same */
  fault: (call: string, before: number) => Fault | undefined
  /** A comment that is there already. */
  addComment(pull: number, author: string, body: string): StoredComment
  /** The comments of one author on one pull request. */
  commentsOf(pull: number, author?: string): readonly string[]
}

const REPOSITORY = 'owner/name'
export const WORKFLOW_LOGIN = 'github-actions[bot]'
const LONGEST_BODY = 65_536
const LONGEST_DESCRIPTION = 140
const FORBIDDEN = 'Resource not accessible by integration'

export async function startFakeGitHub(): Promise<FakeGitHub> {
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let lastId = 1000
  const newId = (): number => (lastId += 1)
  const fake: FakeGitHub = {
    env: { GITHUB_API_URL: `${address}/api/v3`, GITHUB_SERVER_URL: address, GITHUB_REPOSITORY: REPOSITORY },
    token: 'ghs_only_for_the_fake_github',
    pulls: new Map(),
    comments: [],
    deployments: [],
    calls: [],
    headers: [],
    login: WORKFLOW_LOGIN,
    permissions: { 'pull-requests': 'write', deployments: 'write' },
    fault: () => undefined,
    addComment: (pull, author, body) => {
      const comment = { id: newId(), pull, author, body }
      fake.comments.push(comment)
      return comment
    },
    commentsOf: (pull, author = fake.login) =>
      fake.comments.filter((comment) => comment.pull === pull && comment.author === author).map(({ body }) => body),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', address)
    const sent = await text(incoming).catch(() => '')
    const call = `${incoming.method ?? ''} ${url.pathname.replace(/^\/api(?:\/v3)?(?=\/)/, '')}`
    const fault = fake.fault(call, fake.calls.filter((earlier) => earlier === call).length)
    fake.calls.push(call)
    fake.headers.push(incoming.headers)
    const reply = (): Reply => {
      const isKnown = incoming.headers.authorization === `token ${fake.token}`
      return isKnown ? replyTo(call, url, sent) : failure(401, 'Bad credentials')
    }
    if (fault === undefined) {
      send(outgoing, reply())
      return
    }
    if ('isDone' in fault && fault.isDone) reply()
    if ('status' in fault) {
      const { status, message = `${status} it is`, headers = {} } = fault
      send(outgoing, { ...failure(status, message), headers })
      return
    }
    if (fault.kind === 'drop') incoming.socket.destroy()
    if (fault.kind === 'page') outgoing.writeHead(200, { 'content-type': 'text/html' }).end(fault.html)
    if (fault.kind === 'slow')
      setTimeout(() => {
        send(outgoing, reply())
      }, fault.milliseconds)
  }

  function replyTo(call: string, url: URL, sent: string): Reply {
    if (call === 'POST /graphql') return { status: 200, body: { data: { viewer: { login: fake.login } } } }
    const [, method = '', path = ''] = /^(\S+) \/repos\/owner\/name\/(.*)$/.exec(call) ?? []
    const [kind = '', , part = ''] = path.split('/')
    const number = Number(/\d+/.exec(path)?.[0])
    const lacking = lackOf(method, kind)
    if (lacking) return lacking
    const commit = /^commits\/([0-9a-f]+)\/pulls$/.exec(path)?.[1]
    if (commit !== undefined)
      return paged(
        [...fake.pulls.keys()].map(pullBody).filter(({ head }) => head.sha === commit),
        url,
      )
    switch (`${method} ${path.replace(/\d+/, 'N')}`) {
      case 'GET pulls/N':
        return pullReply(number)
      case 'GET pulls':
        return paged([...fake.pulls.keys()].map(pullBody), url)
      case 'GET issues/N/comments':
        return fake.pulls.has(number)
          ? paged(fake.comments.filter(({ pull }) => pull === number).map(commentBody), url)
          : failure(404, 'Not Found')
      case 'POST issues/N/comments':
        return createComment(number, sent)
      case 'PATCH issues/comments/N':
        return updateComment(number, sent)
      case 'GET deployments':
        return deploymentsReply(url)
      case 'POST deployments':
        return createDeployment(sent)
      default:
        return part === 'statuses' ? statuses(method, number, url, sent) : failure(404, 'Not Found')
    }
  }

  /** GitHub answers so where the workflow's permissions do not have what is needed. */
  function lackOf(method: string, kind: string): Reply | undefined {
    const has = fake.permissions[kind === 'deployments' ? 'deployments' : 'pull-requests']
    const isEnough = has === 'write' || (has === 'read' && method === 'GET')
    return isEnough ? undefined : failure(403, FORBIDDEN)
  }

  function pullBody(number: number): PullBody {
    const pull = fake.pulls.get(number)
    const { isOpen = false, headSha = '', labels = [], headRepository = REPOSITORY, isDraft = false } = pull ?? {}
    return {
      ...{ id: number, number, draft: isDraft, merged: !isOpen },
      state: isOpen ? 'open' : 'closed',
      head: {
        ref: `branch-${number}`,
        sha: headSha,
        repo: headRepository === null ? null : { full_name: headRepository },
      },
      labels: labels.map((name, id) => ({ id, name })),
    }
  }

  function pullReply(number: number): Reply {
    return fake.pulls.has(number) ? { status: 200, body: pullBody(number) } : failure(404, 'Not Found')
  }

  function commentBody({ id, pull, author, body }: StoredComment): CommentBody {
    const at = new Date(0).toISOString()
    const type = author.endsWith('[bot]') ? 'Bot' : 'User'
    return {
      ...{ id, body, created_at: at, updated_at: at },
      html_url: `${address}/${REPOSITORY}/pull/${pull}#issuecomment-${id}`,
      user: author === '' ? null : { login: author, id: author.length, type, site_admin: false },
    }
  }

  function createComment(pull: number, sent: string): Reply {
    const { body } = JSON.parse(sent) as Parameters<Routes['createComment']>
    if (!fake.pulls.has(pull)) return failure(404, 'Not Found')
    if (body.length > LONGEST_BODY) return failure(422, 'Body is too long (maximum is 65536 characters)')
    return { status: 201, body: commentBody(fake.addComment(pull, fake.login, body)) }
  }

  function updateComment(id: number, sent: string): Reply {
    const { body } = JSON.parse(sent) as Parameters<Routes['updateComment']>
    const comment = fake.comments.find((stored) => stored.id === id)
    if (!comment) return failure(404, 'Not Found')
    if (body.length > LONGEST_BODY) return failure(422, 'Body is too long (maximum is 65536 characters)')
    comment.body = body
    return { status: 200, body: commentBody(comment) }
  }

  function createDeployment(sent: string): Reply {
    const request = JSON.parse(sent) as Parameters<Routes['createDeployment']>
    const deployment: StoredDeployment = {
      id: newId(),
      sha: request.ref,
      ref: request.ref,
      task: request.task ?? 'deploy',
      payload: request.payload ?? '',
      environment: request.environment ?? 'production',
      description: request.description ?? null,
      created_at: new Date(0).toISOString(),
      transient_environment: request.transient_environment ?? false,
      production_environment: request.production_environment ?? request.environment === 'production',
      statuses: [],
      autoInactive: [],
      request,
    }
    fake.deployments.push(deployment)
    return { status: 201, body: deploymentBody(deployment) }
  }

  function deploymentsReply({ searchParams, ...url }: URL): Reply {
    const wanted = (['environment', 'task', 'ref', 'sha'] as const).flatMap((name) => {
      const value = searchParams.get(name)
      return value === null ? [] : [[name, value] as const]
    })
    const found = fake.deployments.filter((deployment) => wanted.every(([name, value]) => deployment[name] === value))
    return paged(found.toReversed().map(deploymentBody), { ...url, searchParams })
  }

  function statuses(method: string, id: number, url: URL, sent: string): Reply {
    const deployment = fake.deployments.find((stored) => stored.id === id)
    if (!deployment) return failure(404, 'Not Found')
    if (method === 'GET') return paged(deployment.statuses, url)
    const asked = JSON.parse(sent) as Parameters<Routes['createStatus']>
    const { state, description = '', environment_url = '', log_url = '' } = asked
    if (description.length > LONGEST_DESCRIPTION) return failure(422, 'description is too long')
    const status: StatusBody = {
      ...{ id: newId(), state, description, environment_url, log_url },
      created_at: new Date(0).toISOString(),
    }
    deployment.statuses.unshift(status)
    deployment.autoInactive.push(asked.auto_inactive ?? true)
    return { status: 201, body: status }
  }

  return fake
}

function deploymentBody(stored: StoredDeployment): DeploymentBody {
  const { id, sha, ref, task, payload, environment, description, created_at } = stored
  const { transient_environment = false, production_environment = false } = stored
  const kind = { transient_environment, production_environment }
  return { id, sha, ref, task, payload, environment, description, created_at, ...kind }
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function failure(status: number, message: string): Reply {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) } }
}

/** GitHub's "Using pagination in the REST API": the pages before and after are in the header `link`. */
function paged(
  all: readonly unknown[],
  { searchParams, origin, pathname }: Pick<URL, 'searchParams' | 'origin' | 'pathname'>,
): Reply {
  const size = Math.min(Number(searchParams.get('per_page') ?? 30), 100)
  const page = Number(searchParams.get('page') ?? 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const linkTo = (to: number, relation: string): string => {
    const parameters = new URLSearchParams(searchParams)
    parameters.set('page', String(to))
    return `<${origin}${pathname}?${parameters.toString()}>; rel="${relation}"`
  }
  const links = page < last ? [linkTo(page + 1, 'next'), linkTo(last, 'last')] : []
  return {
    status: 200,
    body: all.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}

function send(outgoing: ServerResponse, { status, body, headers = {} }: Reply): void {
  if (outgoing.destroyed) return
  outgoing
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body))
}
