import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, { permissions?: unknown; 'timeout-minutes'?: number; steps: readonly Step[] }>>
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const files = readdirSync(new URL('../.github/workflows', import.meta.url)).sort()
const texts = new Map(files.map((file) => [file, read(`.github/workflows/${file}`)]))
const workflows = files.map((file) => [file, parse(texts.get(file) ?? '', { strict: true }) as Workflow] as const)
const stepsOf = (workflow: Workflow) => Object.values(workflow.jobs).flatMap((job) => job.steps)
/** Every `uses:` as it is written, with its comment. */
const usesLines = [...texts].flatMap(([file, text]) =>
  text
    .split('\n')
    .filter((line) => /^\s*(?:- )?uses:/.test(line))
    .map((line) => [file, line.trim().replace(/^- /, '')] as const),
)

test('there is one workflow of each that is documented, with those triggers', () => {
  const documented = [...read('CONTRIBUTING.md').matchAll(/^\| `([\w-]+\.yml)` +\| (.+?) \|/gm)].map(
    ([, file, triggers = '']) => [file, [...triggers.matchAll(/`(\w+)`/g)].map(([, trigger]) => trigger)],
  )
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(workflows.map(([file, workflow]) => [file, Object.keys(workflow.on)])),
  )
})

test.each(workflows)('%s grants nothing, and each job what it needs, for a bounded time', (_, workflow) => {
  expect(workflow.permissions).toEqual({})
  expect(workflow.concurrency).toBeDefined()
  for (const job of Object.values(workflow.jobs)) {
    expect(job).toEqual(
      expect.objectContaining({ permissions: expect.any(Object), 'timeout-minutes': expect.any(Number) }),
    )
  }
})

test.each(workflows)('%s runs with rights only for what may have them', (_, workflow) => {
  expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
  expect(Object.keys(workflow.on)).not.toContain('workflow_run')
  for (const { uses, run, with: inputs } of stepsOf(workflow)) {
    // Text of an event that is put into a script becomes a part of it; environment variables do not.
    expect(run ?? '').not.toContain('${{')
    if (uses?.startsWith('actions/checkout@')) expect(inputs).toEqual({ 'persist-credentials': false })
  }
})

test.each(usesLines)('%s pins %s', (_, line) => {
  expect(line).toMatch(/^uses: (?:\.\/\S+|[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/)
})

test('an action is pinned to one version everywhere', () => {
  const pins = new Map<string, Set<string>>()
  for (const [, line] of usesLines) {
    const [, repository, pin] = /^uses: ([\w.-]+\/[\w.-]+)[^@]*@(.+)$/.exec(line) ?? []
    if (repository && pin) pins.set(repository, (pins.get(repository) ?? new Set()).add(pin))
  }
  expect([...pins].filter(([, versions]) => versions.size > 1)).toEqual([])
  expect(pins.size).toBeGreaterThan(0)
})

test.each(workflows)('%s runs npm scripts that exist', (_, workflow) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const run = stepsOf(workflow).flatMap((step) => [...(step.run ?? '').matchAll(/npm run ([\w:-]+)/g)])
  expect(run.map(([, script = '']) => script).filter((script) => !(script in scripts))).toEqual([])
})

test('releases are made one at a time, and only the jobs that publish can write or sign', () => {
  const release = Object.fromEntries(workflows)['release.yml']
  expect(release?.concurrency).toEqual({ group: 'release', 'cancel-in-progress': false })
  const permissions = Object.entries(release?.jobs ?? {}).map(([name, job]) => [name, job.permissions])
  expect(Object.fromEntries(permissions)).toEqual({
    check: { actions: 'read', contents: 'write' }, // GitHub shows a draft only to a token that may write
    build: { contents: 'read' },
    release: { contents: 'write' },
    'major-tag': { contents: 'write' },
    npm: { 'id-token': 'write' },
    pypi: { 'id-token': 'write' },
  })
  // What can write or sign runs no code of the tree or of its dependencies.
  for (const [name, job] of Object.entries(release?.jobs ?? {})) {
    if (name === 'build') continue
    expect(
      job.steps.filter(({ uses, run }) => uses?.startsWith('actions/checkout@') || run?.includes('npm ci')),
    ).toEqual([])
  }
})

test('Dependabot waits before it proposes a version, and looks after the actions, npm and Python', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: readonly { 'package-ecosystem': string; cooldown?: { 'default-days': number }; groups?: object }[]
  }
  expect(new Set(updates.map((update) => update['package-ecosystem']))).toEqual(
    new Set(['npm', 'github-actions', 'pip']),
  )
  for (const update of updates) {
    expect(update.cooldown?.['default-days']).toBeGreaterThanOrEqual(7)
    expect(update.groups).toBeDefined()
  }
})
