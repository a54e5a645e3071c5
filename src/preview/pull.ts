import { readFile } from 'node:fs/promises'
import { hostOf, isGitLab } from './host.ts'

/** Whose previews they are. */
export interface Repository {
  /** Where it is hosted, as in `github.com`: another host gives out the same numbers. */
  readonly host: string
  /** Its number, which stays where its name changes. */
  readonly repositoryId: string
  /** OWNER/NAME. */
  readonly repository: string
}

/** A pull request (of GitLab: a merge request), as far as this run knows of it. */
export interface Pull extends Repository {
  readonly number: number
  /** The commit at its head; of a run for the merge of both, not the merge's. */
  readonly headSha: string | undefined
  /** OWNER/NAME of where its head lies; undefined where that was deleted, or is not known. */
  readonly headRepository: string | undefined
  readonly labels: readonly string[]
  /** Whether its author works on it still. */
  readonly isDraft?: boolean
  /** Whether it was closed when the event came. */
  readonly isClosed?: boolean
}

/** What GitHub tells of why a run was started, as far as this program reads it. */
export interface RunEvent {
  /** As in `on:`; undefined outside of workflows. */
  readonly name: string | undefined
  /** Of a pull request: opened, synchronize, closed, … */
  readonly action: string | undefined
  /** Of a pull request that is closed: whether its code was taken. */
  readonly isMerged?: boolean
  /** Of a push: whether it removed a branch. */
  readonly isDeletion: boolean
  /** What somebody who started the run by hand chose. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly pull: Pull | undefined
  /** Whether the event is about another pull request than the one that somebody names: what it says is not said of `pull`. */
  readonly isOfOther?: boolean
  /** Of labeled and unlabeled: the label that came or went. */
  readonly label?: string | undefined
  /** Of workflow_run: the run that ended, or began. */
  readonly upstream?: UpstreamRun | undefined
}

/** A run of another workflow. It may be one for a fork's pull request, while the run that it starts has all secrets. */
export interface UpstreamRun {
  /** As in `on:`. */
  readonly event: string | undefined
  /** Whether its commit lies in another repository. */
  readonly isForeign: boolean
  /** `success`, `failure`, …; undefined while it goes on. */
  readonly conclusion?: string | undefined
}

type Variables = Readonly<Record<string, string | undefined>>

/** The parts of GitHub's "Webhook events and payloads" that are read; everything may be missing. */
interface Payload {
  readonly action?: unknown
  readonly deleted?: unknown
  readonly inputs?: unknown
  readonly label?: { readonly name?: unknown } | null
  readonly repository?: { readonly id?: unknown; readonly full_name?: unknown }
  readonly pull_request?: {
    readonly number?: unknown
    readonly merged?: unknown
    readonly draft?: unknown
    readonly state?: unknown
    readonly head?: { readonly sha?: unknown; readonly repo?: { readonly full_name?: unknown } | null }
    readonly labels?: readonly { readonly name?: unknown }[]
  }
  readonly workflow_run?: {
    readonly event?: unknown
    readonly conclusion?: unknown
    readonly head_repository?: { readonly full_name?: unknown } | null
  }
}

/**
 * GitHub Actions by its variables and the event's file; GitLab CI/CD by its variables ("Predefined CI/CD variables reference").
 * @param number of a pull request that somebody names, whatever the event is about
 */
export async function readEvent(variables: Variables, number?: number): Promise<RunEvent> {
  if (isGitLab(variables)) return gitlabEvent(variables, number)
  const payload = await readPayload(variables['GITHUB_EVENT_PATH'])
  const { pull_request: request, repository, workflow_run: upstream, label } = payload
  const own = wholeNumber(request?.number)
  const named = number ?? own
  const isOwn = named !== undefined && named === own
  const repositoryName = text(repository?.full_name) ?? variables['GITHUB_REPOSITORY'] ?? ''
  return {
    name: variables['GITHUB_EVENT_NAME'],
    action: text(payload.action),
    isDeletion: payload.deleted === true,
    inputs: isTable(payload.inputs) ? payload.inputs : {},
    ...(label && { label: text(label.name) }),
    ...(upstream && { upstream: upstreamOf(upstream, repositoryName) }),
    ...(request?.merged === true && { isMerged: true }),
    ...(own !== undefined && !isOwn && { isOfOther: true }),
    pull:
      named === undefined
        ? undefined
        : {
            number: named,
            host: hostOf(variables),
            repositoryId: variables['GITHUB_REPOSITORY_ID'] ?? String(wholeNumber(repository?.id) ?? ''),
            repository: repositoryName,
            headSha: isOwn ? text(request?.head?.sha) : undefined,
            headRepository: isOwn ? text(request?.head?.repo?.full_name) : repositoryName,
            labels: isOwn ? (request?.labels ?? []).flatMap(({ name }) => text(name) ?? []) : [],
            ...(isOwn && request?.draft === true && { isDraft: true }),
            ...(isOwn && request?.state === 'closed' && { isClosed: true }),
          },
  }
}

/** The repository that a run is of, without a pull request. */
export function repositoryOf(variables: Variables): Repository {
  const [id, name] = isGitLab(variables)
    ? (['CI_PROJECT_ID', 'CI_PROJECT_PATH'] as const)
    : (['GITHUB_REPOSITORY_ID', 'GITHUB_REPOSITORY'] as const)
  return { host: hostOf(variables), repositoryId: variables[id] ?? '', repository: variables[name] ?? '' }
}

function upstreamOf(
  { event, conclusion, head_repository: head }: NonNullable<Payload['workflow_run']>,
  repository: string,
): UpstreamRun {
  const isForeign = text(head?.full_name)?.toLowerCase() !== repository.toLowerCase()
  return { event: text(event), isForeign, conclusion: text(conclusion) }
}

function gitlabEvent(variables: Variables, number?: number): RunEvent {
  const named = number ?? wholeNumber(Number(variables['CI_MERGE_REQUEST_IID'] ?? Number.NaN))
  const repository = variables['CI_MERGE_REQUEST_PROJECT_PATH'] ?? variables['CI_PROJECT_PATH'] ?? ''
  return {
    ...{ name: undefined, action: undefined, isDeletion: false, inputs: {} },
    pull:
      named === undefined
        ? undefined
        : {
            number: named,
            host: hostOf(variables),
            repositoryId: variables['CI_MERGE_REQUEST_PROJECT_ID'] ?? variables['CI_PROJECT_ID'] ?? '',
            repository,
            headSha: variables['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA'] || variables['CI_COMMIT_SHA'],
            headRepository: variables['CI_MERGE_REQUEST_SOURCE_PROJECT_PATH'] ?? repository,
            labels: (variables['CI_MERGE_REQUEST_LABELS'] ?? '').split(',').filter(Boolean),
            ...(variables['CI_MERGE_REQUEST_DRAFT'] === 'true' && { isDraft: true }),
          },
  }
}

async function readPayload(path: string | undefined): Promise<Payload> {
  if (path === undefined) return {}
  try {
    const payload: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isTable(payload) ? payload : {}
  } catch {
    return {}
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}
