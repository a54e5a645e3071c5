import { parse } from 'yaml'
import { type Contexts, holds } from './expressions.ts'
import { fencesIn, filesBelow, read } from './pages.ts'

export interface Step {
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, unknown>>
}

export interface Trigger {
  readonly types?: readonly string[]
  readonly branches?: readonly string[]
  readonly inputs?: Readonly<Record<string, { readonly type: string }>>
}

export interface Job {
  readonly if?: string
  readonly environment?: string
  readonly permissions?: unknown
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> }
  readonly steps: readonly Step[]
}

export interface Workflow {
  readonly on: Readonly<Record<string, Trigger | readonly { readonly cron: string }[] | null>>
  readonly permissions: unknown
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean }
  readonly jobs: Readonly<Record<string, Job>>
}

/** The files of `examples/workflows/` that are for GitHub, each with its name. */
export const examples: readonly (readonly [string, Workflow])[] = filesBelow(
  'examples/workflows',
  /(?<!gitlab-ci)\.yml$/,
).map((path) => [path.replace(/.*\//, ''), parse(read(path), { strict: true }) as Workflow])

/** Whole workflows that the pages show, each with where it stands. */
export const documented: readonly (readonly [string, Workflow])[] = fencesIn('yaml', 'yml').flatMap(
  ([place, { text }]) => {
    const value: unknown = parse(text)
    const isWhole = typeof value === 'object' && value !== null && 'jobs' in value && 'on' in value
    return isWhole ? [[place, value as Workflow] as const] : []
  },
)

export const isOurs = ({ uses }: Step): boolean => uses?.startsWith('OWNER/wsgi-lambda@') === true
export const isCheckout = ({ uses }: Step): boolean => uses?.startsWith('actions/checkout@') === true

export interface Event {
  readonly name: string
  readonly action?: string
  readonly branch?: string
  /** Of a pull request. */
  readonly number?: number
  /** What somebody has typed who starts it by hand. */
  readonly inputs?: Readonly<Record<string, string | number>>
}

/** GitHub's "Events that trigger workflows": what a pull request starts where nothing else is said. */
const USUAL = ['opened', 'synchronize', 'reopened']

export function starts({ on }: Workflow, { name, action, branch = 'main' }: Event): boolean {
  const trigger = on[name]
  if (trigger === undefined) return false
  if (name === 'schedule') return (trigger as readonly unknown[]).length > 0
  const { types = USUAL, branches } = (trigger ?? {}) as Trigger
  if (name === 'pull_request') return types.includes(action ?? '')
  return branches === undefined || name !== 'push' || branches.includes(branch)
}

/** What the expressions of a run find: of a pull request whose head lies in the repository itself. */
export function contextsOf({ name, action, branch = 'main', number, inputs = {} }: Event): Contexts {
  const repository = 'acme/shop'
  const isForPull = name === 'pull_request'
  const pull = isForPull ? { pull_request: { head: { repo: { full_name: repository } } }, number } : {}
  const ref = isForPull ? `refs/pull/${number}/merge` : `refs/heads/${branch}`
  return { github: { event_name: name, ref, repository, event: { action, ...pull } }, inputs }
}

/** The jobs that an event starts, each with what its expressions find, once for each value of a matrix. */
export function jobsOf(workflow: Workflow, event: Event): readonly (readonly [string, Job, Contexts])[] {
  if (!starts(workflow, event)) return []
  const contexts = contextsOf(event)
  return Object.entries(workflow.jobs)
    .filter(([, job]) => holds(job.if, contexts))
    .flatMap(([name, job]) => {
      const [[key, values] = ['', ['']]] = Object.entries(job.strategy?.matrix ?? {})
      return values.map((value) => [name, job, { ...contexts, matrix: { [key]: value } }] as const)
    })
}
