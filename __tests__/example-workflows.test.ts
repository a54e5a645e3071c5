import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { checkValues } from '../src/settings/values.ts'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Trigger {
  readonly types?: readonly string[]
  readonly branches?: readonly string[]
  readonly inputs?: Readonly<Record<string, { readonly type: string }>>
}

interface Workflow {
  readonly on: Readonly<Record<string, Trigger | readonly { readonly cron: string }[] | null>>
  readonly permissions: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: unknown; readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }
    >
  >
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const files = readdirSync(new URL('../examples/workflows', import.meta.url))
  .filter((file) => file.endsWith('.yml') && file !== 'gitlab-ci.yml')
  .sort()
const workflows = files.map(
  (file) => [file, parse(read(`examples/workflows/${file}`), { strict: true }) as Workflow] as const,
)
const named = Object.fromEntries(workflows)
const jobs = workflows.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => [`${file}, ${name}`, job] as const),
)
const isOurs = ({ uses }: Step) => uses?.startsWith('OWNER/wsgi-lambda@') === true
const isCheckout = ({ uses }: Step) => uses?.startsWith('actions/checkout@') === true

test('docs/github-actions.md lists them all, with those of other CI', () => {
  const listed = [...read('docs/github-actions.md').matchAll(/examples\/workflows\/([\w-]+\.\w+)/g)].map(
    ([, file]) => file,
  )
  expect(listed.sort()).toEqual([...files, 'gitlab-ci.yml', 'previews.sh'].sort())
})

test.each(workflows)('%s grants nothing as a whole, and cancels no run that may be in a migration', (_, workflow) => {
  expect(workflow.permissions).toEqual({})
  expect(workflow.concurrency).toEqual({ group: expect.any(String), 'cancel-in-progress': false })
})

test.each(jobs)('%s takes a bounded time, and has the rights that its steps need', (_, { steps, ...job }) => {
  const inputs = steps.find(isOurs)?.with ?? {}
  const tells = ['auto', 'preview', 'destroy', 'sweep'].includes(String(inputs['command']))
  expect(job['timeout-minutes']).toBeGreaterThan(0)
  expect(job.permissions).toEqual({
    'id-token': 'write',
    ...(steps.some(isCheckout) && { contents: 'read' }),
    ...(tells && { 'pull-requests': 'write', deployments: 'write' }),
  })
})

test.each(jobs)('%s signs in before the one step of ours, and runs no shell', (_, { steps }) => {
  expect(steps.map(({ uses = '' }) => uses.replace(/@.*/, '')).filter((uses) => uses !== 'actions/checkout')).toEqual([
    'aws-actions/configure-aws-credentials',
    'OWNER/wsgi-lambda',
  ])
  expect(steps.filter(({ run }) => run !== undefined)).toEqual([])
  for (const step of steps.filter(isCheckout)) expect(step.with).toEqual({ 'persist-credentials': false })
})

test.each(workflows)('%s uses the actions of others as the workflows of this repository do', (file) => {
  const own = readdirSync(new URL('../.github/workflows', import.meta.url)).map((name) =>
    read(`.github/workflows/${name}`),
  )
  const known = new Set(
    [...own, read('docs/getting-started.md')].flatMap((text) => text.match(/[\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+/g)),
  )
  const used = read(`examples/workflows/${file}`).match(/(?<=uses: ).+/g) ?? []
  expect(used.filter((each) => !known.has(each) && each !== 'OWNER/wsgi-lambda@v1')).toEqual([])
})

test.each(jobs)('%s gives inputs that there are, with values that they take', (_, { steps }) => {
  const known = Object.keys((parse(read('action.yml')) as { inputs: object }).inputs)
  const own = ['command', 'project', 'stage', 'to', 'run', 'pr', 'github-token', 'only']
  const given = Object.entries(steps.find(isOurs)?.with ?? {})
  expect(given.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([])
  const settings = given.filter(([name, value]) => !own.includes(name) && !String(value).includes('${{'))
  const texts = Object.fromEntries(settings.map(([name, value]) => [name, String(value)]))
  expect(checkValues([{ given: texts, nameOf: String }]).problems).toEqual([])
})

describe('triggers', () => {
  interface Event {
    readonly name: string
    readonly action?: string
    readonly branch?: string
  }

  /** GitHub's "Events that trigger workflows": what a pull request starts where nothing else is said. */
  const USUAL = ['opened', 'synchronize', 'reopened']

  function starts({ on }: Workflow, { name, action, branch = 'main' }: Event): boolean {
    const trigger = on[name]
    if (trigger === undefined) return false
    if (name === 'schedule') return (trigger as readonly unknown[]).length > 0
    const { types = USUAL, branches } = (trigger ?? {}) as Trigger
    if (name === 'pull_request') return types.includes(action ?? '')
    return branches === undefined || name !== 'push' || branches.includes(branch)
  }

  const startedBy = (event: Event): string[] =>
    workflows.filter(([, workflow]) => starts(workflow, event)).map(([file]) => file)

  test.each<[string, Event, string[]]>([
    ['a push to main', { name: 'push' }, ['django.yml', 'flask.yml', 'monorepo.yml', 'regions.yml']],
    ['a push to another branch', { name: 'push', branch: 'topic' }, []],
    ...['opened', 'synchronize', 'reopened', 'labeled', 'unlabeled', 'closed'].map(
      (action): [string, Event, string[]] => [
        `a pull request that is ${action}`,
        { name: 'pull_request', action },
        ['django.yml', 'flask.yml'],
      ],
    ),
    ['a pull request that is edited', { name: 'pull_request', action: 'edited' }, []],
    ['the night', { name: 'schedule' }, ['django.yml', 'sweep.yml']],
    [
      'somebody by hand',
      { name: 'workflow_dispatch' },
      ['django.yml', 'manage.yml', 'monorepo.yml', 'regions.yml', 'sweep.yml'],
    ],
    ['a pull request that runs with secrets', { name: 'pull_request_target', action: 'opened' }, []],
  ])('of %s', (_, event, expected) => {
    expect(startedBy(event)).toEqual(expected)
  })

  test('runs for a pull request wait for each other, and not for those of another event', () => {
    const { group } = named['django.yml']?.concurrency as { group: string }
    expect(group).toContain('github.event_name')
    expect(group).toContain('github.event.number || github.ref')
  })

  test('what is typed by hand reaches no shell', () => {
    const typed = workflows.filter(([, { on }]) =>
      Object.values((on['workflow_dispatch'] as Trigger | null | undefined)?.inputs ?? {}).some(
        ({ type }) => type === 'string',
      ),
    )
    expect(typed.map(([file]) => file)).toEqual(['manage.yml'])
  })

  test('what closes a pull request needs none of its files', () => {
    for (const [file, { on, jobs: own }] of workflows) {
      if (on['pull_request'] === undefined) continue
      const checkouts = Object.values(own).flatMap(({ steps }) => steps.filter(isCheckout))
      expect([file, checkouts.some((step) => step.if === "github.event.action != 'closed'")]).toEqual([file, true])
    }
  })
})
