import { readFile } from 'node:fs/promises'

/** Who deploys what from where, as far as the machine tells: a run of a CI system, or somebody's own computer. */
export interface Run {
  readonly commit: string | undefined
  /** Whether the project has changes that are not committed. A CI system has just checked it out. */
  readonly hasChanges: boolean
  /** The committer's date of that commit, ISO 8601. */
  readonly committedAt: string | undefined
  readonly actor: string | undefined
  /** Runs of one workflow have rising numbers. The name says which workflow, of which repository, on which branch: those of others are no order. */
  readonly workflow: { readonly name: string; readonly number: number } | undefined
  /** Whether somebody started this very run by hand. */
  readonly isManual: boolean
  /** Where it can be looked at. */
  readonly address: string | undefined
}

type Variables = Readonly<Record<string, string | undefined>>

/** Runs `git` in the project. @returns what it printed, undefined where it failed or there is none */
export type Git = (args: readonly string[]) => Promise<string | undefined>

/** GitHub Actions and GitLab CI/CD by their variables (their pages "Variables reference", "Predefined CI/CD variables reference"). */
export async function readRun(variables: Variables, git: Git): Promise<Run> {
  const told = toldBy(variables)
  if (told.commit !== undefined && told.committedAt !== undefined) return told
  const pushed = await pushedCommit(variables['GITHUB_EVENT_PATH'])
  if (pushed !== undefined && pushed.id === told.commit) return { ...told, committedAt: pushed.timestamp }
  const [shown, status = ''] = await Promise.all([
    git(['show', '--no-patch', '--format=%H %cI', told.commit ?? 'HEAD']),
    told.commit === undefined ? git(['status', '--porcelain', '--', '.']) : undefined,
  ])
  const [, commit, committedAt] = /^([0-9a-f]{40,64}) (\S+)$/m.exec(shown ?? '') ?? []
  return { ...told, commit: told.commit ?? commit, committedAt, hasChanges: status !== '' }
}

function toldBy(variables: Variables): Run {
  if (variables['GITHUB_ACTIONS'] === 'true') return githubRun(variables)
  if (variables['GITLAB_CI'] !== undefined) return gitlabRun(variables)
  return {
    commit: variables['GITHUB_SHA'] ?? variables['CI_COMMIT_SHA'],
    hasChanges: false,
    committedAt: undefined,
    actor: variables['USER'] ?? variables['USERNAME'],
    workflow: undefined,
    isManual: false,
    address: undefined,
  }
}

function githubRun(variables: Variables): Run {
  const repository = variables['GITHUB_REPOSITORY'] ?? ''
  // OWNER/REPOSITORY/.github/workflows/FILE@REF: the file stays where the workflow's name is changed.
  const file = /\/([^/@]+)@/.exec(variables['GITHUB_WORKFLOW_REF'] ?? '')?.[1] ?? variables['GITHUB_WORKFLOW'] ?? ''
  const id = variables['GITHUB_RUN_ID']
  const server = variables['GITHUB_SERVER_URL'] ?? 'https://github.com'
  return {
    commit: variables['GITHUB_SHA'],
    hasChanges: false,
    committedAt: undefined,
    actor: variables['GITHUB_TRIGGERING_ACTOR'] ?? variables['GITHUB_ACTOR'],
    workflow: workflowOf(`${repository}/${file}`, githubBranch(variables), variables['GITHUB_RUN_NUMBER']),
    isManual: variables['GITHUB_EVENT_NAME'] === 'workflow_dispatch',
    address: id && `${server}/${repository}/actions/runs/${id}`,
  }
}

function gitlabRun(variables: Variables): Run {
  const mergeRequest = variables['CI_MERGE_REQUEST_IID']
  return {
    commit: variables['CI_COMMIT_SHA'],
    hasChanges: false,
    committedAt: variables['CI_COMMIT_TIMESTAMP'],
    actor: variables['GITLAB_USER_LOGIN'],
    workflow: workflowOf(
      variables['CI_PROJECT_PATH'] ?? '',
      mergeRequest === undefined ? variables['CI_COMMIT_REF_NAME'] : `merge request ${mergeRequest}`,
      variables['CI_PIPELINE_IID'],
    ),
    isManual: variables['CI_PIPELINE_SOURCE'] === 'web' || variables['CI_JOB_MANUAL'] === 'true',
    address: variables['CI_JOB_URL'] ?? variables['CI_PIPELINE_URL'],
  }
}

/** A pull request's runs count on with the others of the workflow; the ref of a `pull_request_target` is the branch that it is for. */
function githubBranch(variables: Variables): string | undefined {
  const { GITHUB_EVENT_NAME: event = '', GITHUB_REF: ref } = variables
  const branch = ref?.replace(/^refs\/(?:heads|tags|pull)\//, '')
  return event.startsWith('pull_request') ? [event, branch].filter(Boolean).join(' ') : branch
}

function workflowOf(workflow: string, branch: string | undefined, number: string | undefined): Run['workflow'] {
  if (!/^\d+$/.test(number ?? '')) return undefined
  return { name: branch ? `${workflow} on ${branch}` : workflow, number: Number(number) }
}

/** Of a push, GitHub tells the newest commit in the event. */
async function pushedCommit(path: string | undefined): Promise<{ id: string; timestamp: string } | undefined> {
  if (path === undefined) return undefined
  try {
    const { head_commit: head } = JSON.parse(await readFile(path, 'utf8')) as {
      head_commit?: { id?: string; timestamp?: string } | null
    }
    return head?.id === undefined || head.timestamp === undefined
      ? undefined
      : { id: head.id, timestamp: head.timestamp }
  } catch {
    return undefined
  }
}
