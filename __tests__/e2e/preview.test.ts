import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type ActionResult, runAction } from '../support/action-runner.ts'
import { type FakeGitHub, startFakeGitHub } from '../support/fake-github.ts'
import { REPOSITORY, startWorld, type World } from '../support/world.ts'

/** The life of a preview, as workflows of a repository lead it: the bundle, a function that runs, a database that is real. */

let world: World
let github: FakeGitHub
let empty: string

beforeAll(async () => {
  world = await startWorld()
  github = await startFakeGitHub()
  empty = join(world.folder, 'empty')
  await mkdir(empty)
}, 240_000)

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
  github.calls.length = 0
})

const shaOf = (letter: string): string => letter.repeat(40)

interface Options {
  readonly action?: string
  readonly sha?: string
  /** What GitHub has as its head, where it is another one. */
  readonly newest?: string
  readonly eventName?: string
  /** What GitHub says, where it is something else than the event does. */
  readonly isOpen?: boolean
  /** Those that GitHub has now. */
  readonly labels?: readonly string[]
  /** That came or went. */
  readonly label?: string
  readonly headRepository?: string
  readonly isDraft?: boolean
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly workspace?: string
}

let runs = 0
/** One run of the workflow, with `command: auto` and what this machine needs. */
async function run(pull: number, options: Options = {}): Promise<ActionResult> {
  const {
    labels = [],
    action = 'opened',
    sha = shaOf('a'),
    eventName = 'pull_request',
    headRepository,
    isDraft = false,
    env = {},
  } = options
  const { role, ...machine } = world.inputs
  const repository = github.env.GITHUB_REPOSITORY
  github.pulls.set(pull, {
    isOpen: options.isOpen ?? action !== 'closed',
    headSha: options.newest ?? sha,
    labels,
    isDraft,
  })
  return await runAction({
    inputs: {
      ...machine,
      'preview-role': role ?? '',
      'function-name': 'shop',
      migrate: 'true',
      'preview-database-admin': world.postgres.url,
      'preview-seed': 'manage check',
      'preview-environment': 'GREETING=preview {{pr}} at {{host}}',
      'github-token': github.token,
      output: join(world.folder, 'shop.zip'),
      ...options.inputs,
    },
    env: { ...world.env, ...github.env, GITHUB_REPOSITORY_ID: '42', GITHUB_RUN_NUMBER: String(++runs), ...env },
    workspace: options.workspace ?? join(REPOSITORY, 'examples/django'),
    eventName,
    event: {
      action,
      ...(options.label !== undefined && { label: { name: options.label } }),
      repository: { id: 42, full_name: repository },
      pull_request: {
        number: pull,
        head: { sha, ref: 'feature', repo: { full_name: headRepository ?? repository } },
        base: { ref: 'main' },
        labels: [],
        draft: isDraft,
      },
    },
  })
}

const databases = async (): Promise<readonly string[]> =>
  (await world.postgres.query('postgres', "SELECT datname FROM pg_database WHERE datname LIKE 'shop%' ORDER BY 1"))
    .split('\n')
    .filter(Boolean)

describe('a pull request', () => {
  test('is opened: a preview answers, with a database of its own, and is told of', async () => {
    const { exitCode, log, outputs, summary } = await run(7)
    expect({ exitCode, log }).toEqual({
      exitCode: 0,
      log: expect.stringContaining('Command: preview (pull_request opened)'),
    })
    expect(outputs).toMatchObject({
      ...{ command: 'preview', skipped: 'false', pr: '7', 'function-name': 'shop-pr-7', changed: 'true' },
      url: expect.stringMatching(/^https:/),
      expires: expect.stringMatching(/^\d{4}-/),
    })
    const [first = ''] = log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
    expect(first).toContain('Command: preview')
    expect(await databases()).toEqual(['shop_pr_7'])
    expect(await world.postgres.query('shop_pr_7', 'SELECT count(*) > 5 FROM django_migrations')).toBe('t\n')
    expect((await world.visit(outputs['url'] ?? '')).status).toBe(200)
    expect(github.commentsOf(7)).toEqual([expect.stringContaining(outputs['url'] ?? '')])
    const [deployment] = github.deployments
    expect(deployment).toMatchObject({ environment: 'preview', transient_environment: true })
    expect(deployment?.statuses[0]).toMatchObject({ state: 'success', environment_url: outputs['url'] })
    expect(summary).toContain('shop')
    // What the comment says of it, the summary says too.
    expect(summary).toContain(`| Pull\u00a0request | 7 |`)
    expect(summary).toContain(`| Expires | ${outputs['expires']?.slice(0, 16).replace('T', ' ')} UTC |`)
  }, 120_000)

  test('gets a commit: the same preview has it, and a new password', async () => {
    const { exitCode, log, outputs } = await run(7, { action: 'synchronize', sha: shaOf('b') })
    expect([exitCode, outputs['function-name'], outputs['version']]).toEqual([0, 'shop-pr-7', '3'])
    expect(log).not.toContain('manage check')
    expect(github.commentsOf(7)).toHaveLength(1)
    expect(github.commentsOf(7)[0]).toContain('bbbbbbb')
    expect(github.deployments.map(({ statuses }) => statuses[0]?.state)).toEqual(['inactive', 'success'])
    expect((await world.visit(outputs['url'] ?? '')).status).toBe(200)
  }, 120_000)

  test('has a command that fails: what answered before still does, with its database', async () => {
    const inputs = { 'before-traffic': 'manage no_such_command' }
    const { exitCode, annotations } = await run(7, { action: 'synchronize', sha: shaOf('c'), inputs })
    expect(exitCode).toBe(1)
    expect(annotations.some(({ message }) => message.includes('no_such_command'))).toBe(true)
    expect(github.commentsOf(7)[0]).toMatch(/failed[^]*Still answers/)
    const [url] = /https:\S+lambda-url[^\s)]+/.exec(github.commentsOf(7)[0] ?? '') ?? []
    expect((await world.visit(url ?? '')).status).toBe(200)
  }, 120_000)

  test('is closed: nothing is left, in an empty folder and without a word about the project', async () => {
    const { exitCode, outputs } = await run(7, { action: 'closed', sha: shaOf('c'), workspace: empty })
    expect([exitCode, outputs['command'], outputs['removed']]).toEqual([0, 'destroy', '["shop-pr-7"]'])
    expect(await databases()).toEqual([])
    expect(github.commentsOf(7)).toEqual([expect.stringContaining('removed')])
    expect(github.deployments.map(({ statuses }) => statuses[0]?.state)).toEqual(
      github.deployments.map(({ statuses }) => (statuses[0]?.state === 'failure' ? 'failure' : 'inactive')),
    )
  }, 60_000)

  test('is closed once more: that is no failure, and nothing new is said', async () => {
    const before = github.commentsOf(7).length
    const { exitCode, outputs } = await run(7, { action: 'closed', sha: shaOf('c'), workspace: empty })
    expect([exitCode, outputs['removed'], github.commentsOf(7).length]).toEqual([0, '[]', before])
  }, 60_000)
})

describe('nothing is done', () => {
  const withoutCredentials = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }

  test.each<[string, Options, string]>([
    [
      'for a fork without credentials',
      { headRepository: 'stranger/name', env: withoutCredentials },
      'Skipped: a run for a fork',
    ],
    [
      'for a fork whose job may ask for a token, and has not signed in',
      { headRepository: 'stranger/name', env: { ...withoutCredentials, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token' } },
      'Skipped: a run for a fork',
    ],
    [
      'for Dependabot',
      { env: { ...withoutCredentials, GITHUB_ACTOR: 'dependabot[bot]' } },
      'Skipped: a run of Dependabot',
    ],
    [
      'without the label',
      { inputs: { 'preview-label': 'preview' }, env: withoutCredentials },
      'has no label "preview"',
    ],
    ['for a draft', { isDraft: true, inputs: { 'preview-drafts': 'false' } }, 'Skipped: pull request 8 is a draft'],
    ['for an action that says nothing', { action: 'locked' }, 'Command: none (pull_request locked)'],
    [
      'for a pull request that is a draft from now on',
      { action: 'converted_to_draft' },
      '##[notice]Nothing to do for pull_request converted_to_draft',
    ],
    [
      'for a merge queue, which waits for it',
      { action: 'checks_requested', eventName: 'merge_group' },
      '##[notice]Nothing to do for merge_group checks_requested',
    ],
  ])(
    '%s',
    async (_, options, message) => {
      const { exitCode, outputs, log } = await run(8, options)
      expect({ exitCode, skipped: outputs['skipped'], log }).toEqual({
        ...{ exitCode: 0, skipped: 'true' },
        log: expect.stringContaining(message),
      })
      expect(world.operations()).toEqual([])
      expect(github.commentsOf(8)).toEqual([])
    },
    60_000,
  )

  test('for an older commit', async () => {
    const { outputs, log } = await run(9, { sha: shaOf('e'), newest: shaOf('f') })
    expect([outputs['skipped'], log]).toEqual(['true', expect.stringContaining('has a newer commit (ffffffffffff)')])
    expect(world.operations()).toEqual([])
  }, 60_000)
})

describe('refused', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ...['auto', 'plan', 'deploy', 'build', 'run', 'rollback'].map(
      (command) => [command, { command }] as [string, { command: string }],
    ),
    ['deploy, where another pull request is named', { command: 'deploy', pr: '7' }],
  ])(
    "a fork's code beside secrets: %s",
    async (_, inputs) => {
      const { exitCode, annotations } = await run(8, {
        inputs,
        eventName: 'pull_request_target',
        headRepository: 'stranger/name',
      })
      expect([exitCode, annotations[0]?.title]).toEqual([
        1,
        expect.stringContaining("the code is a fork's (stranger/name)"),
      ])
      expect(world.operations()).toEqual([])
    },
    60_000,
  )

  test('one preview more than there may be', async () => {
    const inputs = { 'preview-database-admin': '', migrate: 'false', 'preview-seed': '', 'preview-limit': '1' }
    const workspace = join(REPOSITORY, '__tests__/fixtures/bare-wsgi')
    expect((await run(10, { inputs, workspace })).exitCode).toBe(0)
    const { exitCode, annotations } = await run(11, { inputs, workspace })
    expect([exitCode, annotations[0]?.title]).toEqual([
      1,
      'There are 1 previews of shop already, and preview-limit is 1',
    ])
    expect((await run(10, { action: 'closed', workspace: empty })).exitCode).toBe(0)
  }, 120_000)
})

describe('what fails before anything is begun is told in the pull request', () => {
  test.each<[string, Options, readonly string[]]>([
    [
      'every mistake in the settings',
      { inputs: { memory: 'much', 'preview-limit': 'none' } },
      ['input memory is not valid', 'input preview-limit is not valid'],
    ],
    [
      'missing credentials',
      { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' } },
      ['credentials'],
    ],
  ])(
    '%s',
    async (_, options, words) => {
      const before = github.comments.length
      const { exitCode } = await run(14, options)
      expect(exitCode).toBe(1)
      const [comment = ''] = github.commentsOf(14)
      for (const word of ['failed', ...words]) expect(comment).toContain(word)
      expect(github.comments.length - before).toBeLessThan(2)
    },
    60_000,
  )
})

test('a label makes a preview, another one changes nothing, and without it the preview goes', async () => {
  const workspace = join(REPOSITORY, '__tests__/fixtures/bare-wsgi')
  const inputs = { 'preview-database-admin': '', migrate: 'false', 'preview-seed': '', 'preview-label': 'preview' }
  const labels = ['preview']
  const made = await run(15, { action: 'labeled', label: 'preview', labels, inputs, workspace })
  expect([made.exitCode, made.outputs['skipped']]).toEqual([0, 'false'])
  const other = await run(15, { action: 'labeled', label: 'bug', labels: ['preview', 'bug'], inputs, workspace })
  expect([other.exitCode, other.outputs['skipped'], other.log]).toEqual([
    ...[0, 'true'],
    expect.stringContaining('Nothing to do: the preview of pull request 15 has its newest commit'),
  ])
  // Whatever is wrong with what only a preview needs.
  const wrong = { ...inputs, memory: 'much', app: 'nothing' }
  const gone = await run(15, { action: 'unlabeled', label: 'preview', labels: ['bug'], inputs: wrong, workspace })
  expect([gone.exitCode, gone.outputs['skipped'], gone.outputs['removed']]).toEqual([0, 'true', '["shop-pr-15"]'])
  expect(gone.summary).toMatch(/^### Previews of pull request 15 in <code>eu&#45;west&#45;1<\/code>: removed$/m)
  expect((await world.visit(made.outputs['url'] ?? '')).status).not.toBe(200)
  expect(github.commentsOf(15)).toEqual([expect.stringContaining('removed')])
}, 120_000)

test('closed while it is deployed: the run removes what it has made', async () => {
  const running = run(12, { inputs: { 'before-traffic': 'manage check' } })
  for (let asked = 0; asked === 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    asked = github.calls.filter((call) => call.endsWith('/pulls/12')).length
  }
  github.pulls.set(12, { isOpen: false, headSha: shaOf('a'), labels: [] })
  const { exitCode, log } = await running
  expect({ exitCode, log }).toEqual({ exitCode: 0, log: expect.stringContaining('was closed meanwhile') })
  expect(await databases()).toEqual([])
  expect(github.commentsOf(12)).toEqual([expect.stringContaining('removed')])
}, 120_000)

test('closed, and a label took the place of the run for closing: its run removes the preview', async () => {
  const workspace = join(REPOSITORY, '__tests__/fixtures/bare-wsgi')
  const inputs = { 'preview-database-admin': '', migrate: 'false', 'preview-seed': '' }
  expect((await run(17, { inputs, workspace })).exitCode).toBe(0)
  const labeled = { action: 'labeled', label: 'released', labels: ['released'], isOpen: false, inputs, workspace }
  const { exitCode, outputs, log, summary } = await run(17, labeled)
  expect([exitCode, outputs['skipped'], outputs['removed']]).toEqual([0, 'true', '["shop-pr-17"]'])
  expect(log).toMatch(/^Pull request 17 is closed: this run makes no preview, and removes what there is of one$/m)
  expect(summary).toContain('removed')
  expect(github.commentsOf(17)).toEqual([expect.stringContaining('removed')])
  expect((await run(17, labeled)).log).toContain('Pull request 17 is closed: there is no preview to remove')
}, 120_000)

test('closed, with no function named, before a search by tags lists it: it is known by its comment', async () => {
  const workspace = join(REPOSITORY, '__tests__/fixtures/bare-wsgi')
  const inputs = { 'preview-database-admin': '', migrate: 'false', 'preview-seed': '' }
  expect((await run(19, { inputs, workspace })).exitCode).toBe(0)
  const unlisted = { operation: 'GetResources', rewrite: () => ({ PaginationToken: '', ResourceTagMappingList: [] }) }
  world.proxy.inject({ ...unlisted, times: Number.POSITIVE_INFINITY })
  const closed = await run(19, { action: 'closed', workspace: empty, inputs: { 'function-name': '' } })
  world.proxy.clear()
  expect([closed.exitCode, closed.outputs['removed']]).toEqual([0, '["shop-pr-19"]'])
  expect(github.commentsOf(19)).toEqual([expect.stringMatching(/: removed[^]*function shop(?:-|&#45;)pr(?:-|&#45;)19/)])
}, 120_000)

test('Lambda answers in its place: it has failed, and nobody is sent there', async () => {
  const workspace = join(REPOSITORY, '__tests__/fixtures/bare-wsgi')
  const inputs = { 'preview-database-admin': '', migrate: 'false', 'preview-seed': '' }
  world.proxy.clear()
  world.proxy.inject({
    operation: 'FunctionUrl',
    status: 502,
    type: 'ServiceException',
    message: 'Internal Server Error',
  })
  const { exitCode, annotations } = await run(18, { inputs, workspace })
  expect([exitCode, annotations.map(({ title }) => title)]).toEqual([
    1,
    expect.arrayContaining([expect.stringContaining('Lambda answers 502 in place of shop-pr-18')]),
  ])
  expect(github.commentsOf(18)).toEqual([expect.stringMatching(/: failed[^]*Lambda answers 502 in place of/)])
  expect((await run(18, { action: 'closed', workspace: empty })).outputs['removed']).toBe('["shop-pr-18"]')
}, 120_000)

test('deleted by hand while its pull request is open: the next commit makes it anew, and its end removes all', async () => {
  await run(16)
  const address = `${world.emulator.endpoint}/2015-03-31/functions/shop-pr-16`
  expect((await fetch(address, { method: 'DELETE' })).status).toBe(204)
  const { exitCode, outputs, log } = await run(16, { action: 'synchronize', sha: shaOf('b') })
  expect({ exitCode, log }).toEqual({ exitCode: 0, log: expect.stringContaining('manage check') })
  expect((await world.visit(outputs['url'] ?? '')).status).toBe(200)
  expect(await databases()).toEqual(['shop_pr_16'])
  const closed = await run(16, { action: 'closed', sha: shaOf('b'), workspace: empty })
  expect([closed.exitCode, closed.outputs['removed'], await databases()]).toEqual([0, '["shop-pr-16"]', []])
}, 180_000)

test('nothing that is secret is printed', async () => {
  const inputs = { 'basic-auth': 'team:canary-Team-1', 'preview-basic-auth': 'guests:canary-Guests-1' }
  const { log, summary, outputs } = await run(13, { inputs })
  const { env } = world
  const password = new URL(world.postgres.url).password
  const [own = 'no address'] =
    /postgresql:\/\/shop_pr_13:([^@]+)@/.exec(await variablesOf('shop-pr-13'))?.slice(1) ?? []
  expect(own.length).toBeGreaterThan(10)
  for (const secret of [password, own, github.token, env['AWS_SECRET_ACCESS_KEY'] ?? 'none', 'canary-'])
    for (const text of [log, summary, ...github.commentsOf(13)]) expect(text).not.toContain(secret)
  const url = new URL(outputs['url'] ?? '')
  const address = world.proxy.urlOrigin.replace('{id}', url.hostname.split('.')[0] ?? '')
  const answers = Object.values(inputs).map((user) =>
    fetch(address, { headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` } }),
  )
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([401, 200])
  expect(github.commentsOf(13)).toEqual([expect.stringContaining('Asks for a user and a password')])
  expect((await run(13, { action: 'closed', workspace: empty })).exitCode).toBe(0)
}, 120_000)

async function variablesOf(functionName: string): Promise<string> {
  const answer = await fetch(`${world.emulator.endpoint}/2015-03-31/functions/${functionName}/configuration`, {
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/lambda/aws4_request' },
  })
  return JSON.stringify(await answer.json())
}
