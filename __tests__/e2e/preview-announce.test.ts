import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type ActionOptions, type ActionResult, runAction, startAction } from '../support/action-runner.ts'
import { type FakeGitHub, startFakeGitHub } from '../support/fake-github.ts'
import { REPOSITORY, startWorld, type World } from '../support/world.ts'

/** What a pull request is told of its preview, by the bundle, where GitHub or somebody else gets in the way. */

let world: World
let github: FakeGitHub

beforeAll(async () => {
  world = await startWorld()
  github = await startFakeGitHub()
}, 240_000)

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  for (const list of [github.comments, github.deployments, github.calls]) list.length = 0
  github.permissions = { 'pull-requests': 'write', deployments: 'write' }
  github.fault = () => undefined
})

function options(pull: number, inputs: Readonly<Record<string, string>> = {}): ActionOptions {
  const { role = '', ...machine } = world.inputs
  const sha = 'a'.repeat(40)
  const repository = github.env.GITHUB_REPOSITORY
  github.pulls.set(pull, { isOpen: true, headSha: sha, labels: [] })
  const own = { 'preview-role': role, 'function-name': 'shop', output: join(world.folder, 'shop.zip') }
  return {
    inputs: { ...machine, ...own, 'github-token': github.token, ...inputs },
    env: { ...world.env, ...github.env, GITHUB_REPOSITORY_ID: '42' },
    workspace: join(REPOSITORY, 'examples/django'),
    eventName: 'pull_request',
    event: {
      action: 'opened',
      repository: { id: 42, full_name: repository },
      pull_request: { number: pull, head: { sha, repo: { full_name: repository } }, labels: [] },
    },
  }
}

const notices = ({ annotations }: ActionResult): (string | undefined)[] =>
  annotations.filter(({ level }) => level === 'notice').map(({ message }) => message)

test('permissions that are missing are named, and the preview is there', async () => {
  github.permissions = { 'pull-requests': 'read', deployments: 'none' }
  const result = await runAction(options(21))
  expect({ exitCode: result.exitCode, log: result.log }).toMatchObject({ exitCode: 0 })
  expect((await world.visit(result.outputs['url'] ?? '')).status).toBe(200)
  const said = notices(result).join('\n')
  for (const permission of ['pull-requests: write', 'deployments: write'])
    expect(said.split(`Add ${permission} to the permissions of the job`)).toHaveLength(2)
}, 180_000)

test('a GitHub that does not answer costs seconds, not the preview', async () => {
  github.fault = (call) => (/comments|deployments|graphql/.test(call) ? { kind: 'silence' } : undefined)
  const { exitCode, milliseconds, outputs, log } = await runAction(options(22))
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
  expect(milliseconds).toBeLessThan(90_000)
  expect((await world.visit(outputs['url'] ?? '')).status).toBe(200)
}, 180_000)

test('a run that is cancelled says so', async () => {
  const inputs = { commands: 'manage\nexec', 'before-traffic': 'exec -c "import time; time.sleep(20)"' }
  const running = await startAction(options(23, inputs))
  await running.waitFor(/before-traffic: exec|exec -c/)
  running.cancel()
  const { exitCode, log } = await running.result
  expect(exitCode).not.toBe(0)
  expect({ comments: github.commentsOf(23), log }).toMatchObject({
    comments: [expect.stringMatching(/<\/code>: failed[^]*The run was cancelled/)],
  })
  expect(github.deployments.map(({ statuses }) => statuses[0]?.state)).toEqual(['failure'])
}, 120_000)

test('a deployment that a killed run has left ends with its pull request, though no comment tells of it', async () => {
  const opened = options(24)
  const running = await startAction(opened)
  github.fault = (call) => {
    if (/^POST .*\/comments$/.test(call)) return { kind: 'silence' }
    if (!/^POST .*\/deployments$/.test(call)) return undefined
    running.signal('SIGKILL')
    return { kind: 'drop', isDone: true }
  }
  await running.result
  const left = [github.commentsOf(24), github.deployments.map(({ statuses }) => statuses)]
  expect(left).toEqual([[], [[]]])

  github.fault = () => undefined
  github.pulls.set(24, { isOpen: false, headSha: 'a'.repeat(40), labels: [] })
  const { exitCode, log } = await runAction({ ...opened, event: { ...opened.event, action: 'closed' } })
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
  expect(github.deployments.map(({ statuses }) => statuses[0]?.state)).toEqual(['inactive'])
  expect(github.commentsOf(24)).toEqual([])
}, 120_000)

test('each region has its own comment and deployments, which a run for another leaves alone', async () => {
  const sha = 'a'.repeat(40)
  const run = (region: string, action = 'synchronize'): Promise<ActionResult> => {
    const opened = options(25)
    github.pulls.set(25, { isOpen: action !== 'closed', headSha: sha, labels: [] })
    return runAction({ ...opened, env: { ...opened.env, AWS_REGION: region }, event: { ...opened.event, action } })
  }
  const headings = (): (string | undefined)[] =>
    github
      .commentsOf(25)
      .map((body) => /^### Preview of <code>shop<\/code>(.*)$/m.exec(body)?.[1]?.replace(/&#45;/g, '-'))
  const deployments = (): unknown[] =>
    github.deployments.map(({ payload, statuses }) => [(payload as { region?: string }).region, statuses[0]?.state])

  // Before somebody has said which region, nobody knows.
  expect((await run('')).exitCode).toBe(1)
  expect([headings(), deployments()]).toEqual([[': failed'], [[undefined, 'failure']]])

  const runs = [await run('eu-west-1'), await run('us-east-1')]
  for (const { exitCode, log } of runs) expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
  const [there = '', elsewhere = ''] = runs.map(({ outputs }) => outputs['url'])
  expect(there).toContain('.eu-west-1.')
  expect(elsewhere).toContain('.us-east-1.')
  const ready = [' in <code>eu-west-1</code>: ready', ' in <code>us-east-1</code>: ready']
  expect(headings()).toEqual([undefined, ...ready])
  expect(github.commentsOf(25).slice(1)).toEqual([expect.stringContaining(there), expect.stringContaining(elsewhere)])
  const [failed, ...active] = [
    [undefined, 'inactive'],
    ['eu-west-1', 'success'],
    ['us-east-1', 'success'],
  ]
  expect(deployments()).toEqual([failed, ...active])

  expect((await run('us-east-1', 'closed')).exitCode).toBe(0)
  expect(headings()).toEqual([undefined, ready[0], ' in <code>us-east-1</code>: removed'])
  expect(deployments()).toEqual([failed, active[0], ['us-east-1', 'inactive']])
  expect((await world.visit(there)).status).toBe(200)

  expect((await run('eu-west-1', 'closed')).exitCode).toBe(0)
  expect(headings()).toEqual([undefined, ' in <code>eu-west-1</code>: removed', ' in <code>us-east-1</code>: removed'])
  expect(deployments()).toEqual([failed, ['eu-west-1', 'inactive'], ['us-east-1', 'inactive']])
}, 240_000)
