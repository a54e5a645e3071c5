import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ActionResult, runAction } from '../support/action-runner.ts'
import { type FakeGitHub, startFakeGitHub } from '../support/fake-github.ts'
import { startWorld, type World } from '../support/world.ts'

/** Branches that lines of shell make, of runs that are killed before there is a function. */

let world: World
let github: FakeGitHub
let project: string
let branches: string

const APP = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
const MAKE = 'touch "$BRANCHES/$WSGI_LAMBDA_PREVIEW-$(ls "$BRANCHES" | wc -l)"'
const ONE = `ls "$BRANCHES" | grep -q "^$WSGI_LAMBDA_PREVIEW-" || ${MAKE}`
const ADDRESS = 'echo postgresql://shop:canary-password@127.0.0.1:1/branch'
const DELETE = 'rm -f "$BRANCHES/$WSGI_LAMBDA_PREVIEW-"*'

beforeAll(async () => {
  world = await startWorld()
  github = await startFakeGitHub()
  project = await mkdtemp(join(world.folder, 'hooks-'))
  branches = join(world.folder, 'branches')
  await mkdir(branches)
  await writeFile(join(project, 'wsgi.py'), APP)
  await writeFile(join(project, 'requirements.txt'), '')
}, 240_000)

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
}, 60_000)

async function run(pull: number, action: string, inputs: Readonly<Record<string, string>> = {}): Promise<ActionResult> {
  const { role = '', ...machine } = world.inputs
  const sha = 'a'.repeat(40)
  const repository = github.env.GITHUB_REPOSITORY
  github.pulls.set(pull, { isOpen: action !== 'closed', headSha: sha, labels: [] })
  return await runAction({
    inputs: {
      ...{ ...machine, app: 'wsgi:app', check: 'false', cache: 'false', 'preview-role': role, 'function-name': 'shop' },
      ...{ 'github-token': github.token, output: join(world.folder, 'hooks.zip'), 'preview-database-delete': DELETE },
      ...inputs,
    },
    env: { ...world.env, ...github.env, GITHUB_REPOSITORY_ID: '42', BRANCHES: branches },
    workspace: project,
    eventName: action === 'sweep' ? 'schedule' : 'pull_request',
    event: {
      ...{ action, repository: { id: 42, full_name: repository } },
      ...(action !== 'sweep' && {
        pull_request: { number: pull, head: { sha, repo: { full_name: repository } }, labels: [] },
      }),
    },
  })
}

/** The run ends between the branch and the function: its own process kills it. */
async function killed(pull: number): Promise<void> {
  const { exitCode } = await run(pull, 'opened', { 'preview-database-create': `${ONE}; kill -9 $PPID; sleep 5` })
  expect(exitCode).not.toBe(0)
  expect(await readdir(branches)).toEqual([`shop-pr-${pull}-0`])
}

test('the next push takes what is there', async () => {
  await killed(31)
  const pushed = await run(31, 'synchronize', { 'preview-database-create': `${ONE}; ${ADDRESS}` })
  expect({ exitCode: pushed.exitCode, log: pushed.log }).toMatchObject({ exitCode: 0 })
  expect(await readdir(branches)).toEqual(['shop-pr-31-0'])
  expect(pushed.log).not.toContain('canary-password')
  const closed = await run(31, 'closed')
  expect({ exitCode: closed.exitCode, log: closed.log }).toMatchObject({ exitCode: 0 })
  expect(await readdir(branches)).toEqual([])
}, 120_000)

test.each([
  ['closed, by the name of the function', 32, {}],
  ['closed, by what there is of the pull request', 33, { 'function-name': '' }],
])(
  'nothing stays when the pull request is %s',
  async (_, pull, inputs) => {
    await killed(pull)
    const { exitCode, log } = await run(pull, 'closed', inputs)
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
    expect(await readdir(branches)).toEqual([])
    const again = await run(pull, 'closed', inputs)
    expect({ exitCode: again.exitCode, log: again.log }).toMatchObject({ exitCode: 0 })
    expect(again.log).toContain('Nothing to remove')
  },
  120_000,
)

test('sweep finds it too', async () => {
  await killed(34)
  github.pulls.set(34, { isOpen: false, headSha: 'a'.repeat(40), labels: [] })
  const { exitCode, log } = await run(35, 'sweep')
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
  expect(await readdir(branches)).toEqual([])
}, 120_000)
