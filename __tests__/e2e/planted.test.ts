import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { PLANTED, SECRET, SPELLINGS } from '../report/planted.ts'
import { type ActionResult, parseCommand, runAction } from '../support/action-runner.ts'
import { type FakeGitHub, startFakeGitHub } from '../support/fake-github.ts'
import { startWorld, type World } from '../support/world.ts'

jest.setTimeout(120_000)

let world: World
let github: FakeGitHub
beforeAll(async () => {
  world = await startWorld()
  github = await startFakeGitHub()
}, 300_000)
afterAll(async () => {
  await github[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** Prints whatever others can think of, by every way that a program has. */
const PLANTING = `
import json, logging, pathlib, sys
texts = json.loads((pathlib.Path(__file__).parent / 'planted.json').read_text())
def say():
    for text in texts:
        print(text)
        print(text, file=sys.stderr)
        logging.getLogger('shop').warning('%s', text)
def fail():
    raise RuntimeError('\\n'.join(texts))
`

async function project(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(world.folder, 'planted-'))
  const all = {
    'wsgi.py': "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n",
    'requirements.txt': '',
    'planting.py': PLANTING,
    'planted.json': JSON.stringify([...PLANTED, ...SPELLINGS.map(([, spelling]) => spelling)]),
    ...files,
  }
  for (const [name, content] of Object.entries(all)) await writeFile(join(folder, name), content)
  return folder
}

async function deploy(workspace: string, inputs: Readonly<Record<string, string>>): Promise<ActionResult> {
  return await runAction({
    inputs: {
      ...{ ...world.inputs, command: 'deploy', app: 'wsgi:app', cache: 'false', commands: 'exec', check: 'false' },
      ...{ output: join(world.folder, 'planted.zip'), environment: JSON.stringify({ SECRET_KEY: SECRET }) },
      ...inputs,
    },
    env: { ...world.env, RUNNER_DEBUG: '1' },
    workspace,
  })
}

/** What the runner carries out of what the program printed; it knows three ends of a line. */
function carriedOut({ stdout, stderr, post }: ActionResult) {
  return [stdout, stderr, post?.stdout ?? '', post?.stderr ?? '']
    .flatMap((text) => text.split(/\r\n|\r|\n/))
    .flatMap((line) => parseCommand(line) ?? [])
}

const OURS = ['add-mask', 'debug', 'endgroup', 'error', 'group', 'notice', 'warning']

function expectNothingPlanted(result: ActionResult): void {
  const commands = carriedOut(result)
  expect(commands.filter(({ name }) => !OURS.includes(name))).toEqual([])
  const groups = commands.filter(({ name }) => name === 'group').map(({ message }) => message)
  expect(
    groups.filter(
      (title) =>
        !/^(?:Build python3\.\d+ on \w+|Release planted-[\w-]+|Remove previews of pull request \d+)$/.test(title),
    ),
  ).toEqual([])
  expect(commands.filter(({ name }) => name === 'endgroup')).toHaveLength(groups.length)
  expect([result.exportedEnv, result.exportedPath]).toEqual([{}, []])
  expect(Object.values(result.outputs).join('\n')).not.toMatch(/evil/)
  expect(result.masks.filter((mask) => mask.length < 6)).toEqual([])
  // A place in somebody's file is ours to name.
  const files = ['pyproject.toml', 'requirements.txt']
  expect(result.annotations.filter(({ file = 'pyproject.toml' }) => !files.includes(file))).toEqual([])
  const shown = JSON.stringify([result.log, result.summary, result.annotations])
  for (const [, spelling] of SPELLINGS) expect(shown).not.toContain(JSON.stringify(spelling.slice(4, -4)).slice(1, -1))
}

describe('what others have planted is text wherever it comes out', () => {
  test('of a command that prints it', async () => {
    const result = await deploy(await project(), {
      'function-name': 'planted-say',
      'before-traffic': 'exec import planting; planting.say()',
    })
    expect(result).toMatchObject({ exitCode: 0, outputs: { 'function-name': 'planted-say', version: '1' } })
    expect(result.annotations.map(({ level, title }) => [level, title])).toEqual([])
    expect(result.summary).toContain('\n::save-state name=is-post::false\n')
    expect(result.log).toContain('│ ::set-env name=NODE_OPTIONS::--require=/tmp/evil.js')
    expectNothingPlanted(result)
  })

  test('of a command that fails with it', async () => {
    const result = await deploy(await project(), {
      'function-name': 'planted-fail',
      'before-traffic': 'exec import planting; planting.fail()',
    })
    expect(result).toMatchObject({ exitCode: 1, annotations: [{ level: 'error' }] })
    expect(result.summary).toContain('::set-env name=NODE_OPTIONS::--require=/tmp/evil.js')
    expectNothingPlanted(result)
  })

  test('of settings that are wrong: keys, names of variables, values', async () => {
    const keys = PLANTED.map((text) => `${JSON.stringify(text).replaceAll('\u007f', '\\u007f')} = 1`)
    const workspace = await project({ 'pyproject.toml': `[tool.wsgi-lambda]\n${keys.join('\n')}\n` })
    const result = await deploy(workspace, {
      'function-name': '::set-output name=version::7',
      environment: JSON.stringify(Object.fromEntries([...PLANTED, 'x'].map((text) => [text, SECRET]))),
    })
    expect(result.exitCode).toBe(1)
    expect(result.annotations.length).toBeGreaterThan(PLANTED.length)
    expectNothingPlanted(result)
  })

  test('of requirements, in what pip and uv say of them too', async () => {
    const workspace = await project({
      'requirements.txt': 'planted @ file:///nowhere/%0A::set-output name=url::https://evil.example/##[error]x.whl\n',
    })
    const result = await deploy(workspace, { 'function-name': 'planted-needs' })
    expect(result.exitCode).toBe(1)
    expectNothingPlanted(result)
  })
})

/** A run for a pull request of which everything that somebody may choose is planted. */
async function runForPull(
  workspace: string,
  { pull, action, ...given }: { pull: number; action: string; text: string; headRepository?: string },
  inputs: Readonly<Record<string, string>> = {},
): Promise<ActionResult> {
  const { role = '', ...machine } = world.inputs
  const { GITHUB_REPOSITORY: repository } = github.env
  const [sha, text] = ['a'.repeat(40), given.text]
  const labels = [text, 'preview']
  github.pulls.set(pull, { isOpen: action !== 'closed', headSha: sha, labels })
  const repo = { full_name: given.headRepository ?? repository, name: text, html_url: text }
  const user = { login: text }
  return await runAction({
    inputs: {
      ...{ ...machine, 'preview-role': role, app: 'wsgi:app', cache: 'false', commands: 'exec', check: 'false' },
      ...{ output: join(world.folder, 'planted-preview.zip'), environment: JSON.stringify({ SECRET_KEY: SECRET }) },
      ...{ 'function-name': 'planted-life', 'github-token': github.token },
      ...inputs,
    },
    env: {
      ...{ ...world.env, ...github.env, RUNNER_DEBUG: '1', GITHUB_REPOSITORY_ID: '42' },
      ...{ GITHUB_HEAD_REF: text.replaceAll('\u0000', ''), GITHUB_ACTOR: text.replaceAll('\u0000', '') },
    },
    workspace,
    eventName: 'pull_request',
    event: {
      ...{ action, label: { name: text }, sender: user, repository: { id: 42, full_name: repository } },
      pull_request: {
        ...{ number: pull, title: text, body: text, user, labels: labels.map((name) => ({ name })) },
        head: { sha, ref: text, label: text, repo, user },
      },
    },
  })
}

/** What stands in a comment beside code, where GitHub looks for links, mentions and HTML. */
function besideCode(comment: string): string {
  return comment.replaceAll(/^(`{3,})text\n[^]*?\n\1$/gm, '').replaceAll(/<code>(?:[^<]|<!-- -->)*<\/code>/g, '')
}

function expectQuietPull(pull: number): void {
  for (const comment of github.commentsOf(pull)) {
    expect(besideCode(comment)).not.toMatch(/evil|@|<(?!\/?(?:details|summary)>|!-- )|!\[|\p{Bidi_Control}/u)
    expect(comment).not.toMatch(/[^\P{Cc}\n]/u)
  }
  const deployments = JSON.stringify(
    github.deployments.map(({ statuses, ...deployment }) => ({ deployment, statuses })),
  )
  expect(deployments).not.toMatch(/evil|\\u00[01]|\p{Bidi_Control}/u)
  const told = JSON.stringify([github.commentsOf(pull), deployments])
  for (const [, spelling] of SPELLINGS) expect(told).not.toContain(JSON.stringify(spelling.slice(4, -4)).slice(1, -1))
}

describe('in the life of a preview too', () => {
  const text =
    '\u001b]0;x\u0007\u202e::set-output name=url::https://evil.example\n::add-mask::a\n![x](https://evil.example) @evil'

  test('of what it is called, of its commands, and of what runs before it goes', async () => {
    const workspace = await project()
    const made = await runForPull(
      workspace,
      { pull: 7, action: 'labeled', text },
      { 'before-traffic': 'exec import planting; planting.say()', 'preview-label': 'preview' },
    )
    expect({ exitCode: made.exitCode, log: made.log }).toMatchObject({ exitCode: 0 })
    expect(made.outputs).toMatchObject({ 'function-name': 'planted-life-pr-7' })
    expect(made.log).toContain('│ ::set-env name=NODE_OPTIONS::--require=/tmp/evil.js')
    expectNothingPlanted(made)
    expect(github.commentsOf(7)).toEqual([expect.stringMatching(/: ready$/m)])
    expectQuietPull(7)

    const gone = await runForPull(
      workspace,
      { pull: 7, action: 'closed', text },
      { 'before-destroy': 'exec import planting; planting.say()' },
    )
    expect({ exitCode: gone.exitCode, log: gone.log }).toMatchObject({ exitCode: 0 })
    expect(gone.log).toContain('│ ::set-env name=NODE_OPTIONS::--require=/tmp/evil.js')
    expectNothingPlanted(gone)
    expect(github.commentsOf(7)).toEqual([expect.stringMatching(/: removed$/m)])
    expectQuietPull(7)
  })

  test('of a command that fails with it', async () => {
    const failed = await runForPull(
      await project(),
      { pull: 8, action: 'opened', text },
      { 'before-traffic': 'exec import planting; planting.fail()' },
    )
    expect(failed).toMatchObject({ exitCode: 1, annotations: [{ level: 'error' }] })
    expectNothingPlanted(failed)
    expect(github.commentsOf(8)).toEqual([expect.stringMatching(/: failed$/m)])
    expectQuietPull(8)
  })

  test('of the repository that its head is in, and of a label that is missing', async () => {
    const workspace = await project()
    const credentials = { 'preview-label': text.replaceAll(/[\n\u0007\u001b]/g, ' ') }
    const fork = await runForPull(workspace, { pull: 9, action: 'opened', text, headRepository: text })
    const unlabelled = await runForPull(workspace, { pull: 9, action: 'opened', text: 'x' }, credentials)
    for (const run of [fork, unlabelled]) expectNothingPlanted(run)
    expect({ exitCode: fork.exitCode, log: fork.log }).toMatchObject({ exitCode: 0 })
    expect(unlabelled.annotations).toMatchObject([{ level: 'notice', message: expect.stringContaining('evil') }])
    expect(unlabelled.outputs).toMatchObject({ skipped: 'true' })
    expectQuietPull(9)
  })
})
