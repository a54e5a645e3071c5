import { execFile } from 'node:child_process'
import { access, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { ensureAct } from '../../scripts/environment/act.ts'
import { type ExampleEvent, type ExampleRepository, exampleRepositories, settingsOf } from '../support/examples.ts'
import { type FakeGitHub, startFakeGitHub } from '../support/fake-github.ts'
import { notTried } from '../support/optional.ts'
import { REPOSITORY, ROLE, startWorld, type World } from '../support/world.ts'

jest.setTimeout(300_000)

/** Undefined where act is missing, and nothing can be tried. */
let world: World | undefined
let repository: Awaited<ReturnType<typeof exampleRepositories>>
let missing = ''

beforeAll(async () => {
  const act = await ensureAct()
  if ('missing' in act) {
    missing = act.missing
    return
  }
  world = await startWorld()
  repository = await exampleRepositories(world)
}, 400_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
}, 60_000)

const tried = (name: string, body: (world: World) => Promise<void>): void => {
  test(name, async () => {
    if (world) await body(world)
    else notTried(missing)
  })
}

const FIXTURE = '__tests__/fixtures/bare-wsgi'
const signedIn = (output: string): string[] =>
  [...output.matchAll(/\| signed in as \S+?:role\/(\S+ in \S+)/g)].map(([, text = '']) => text)

describe('examples/workflows, run as they are shown', () => {
  tried('monorepo.yml deploys each of two folders as a function of its own', async ({ operations }) => {
    const { start } = await repository('monorepo.yml', { shop: FIXTURE, api: '__tests__/fixtures/api' })
    const { exitCode, output } = await start({ name: 'push' })
    expect([exitCode, signedIn(output).sort()]).toEqual([0, ['api-deploy in eu-west-1', 'shop-deploy in eu-west-1']])
    expect(operations().filter((operation) => operation === 'CreateFunction')).toHaveLength(2)
  })

  tried('regions.yml deploys the same bytes to each region, one after the other', async () => {
    const { start } = await repository('regions.yml', { '.': FIXTURE })
    const { exitCode, output } = await start({ name: 'push' })
    expect([exitCode, signedIn(output)]).toEqual([
      0,
      ['eu-west-1', 'us-east-1', 'ap-southeast-2'].map((region) => `shop-${region}-deploy in ${region}`),
    ])
    expect(new Set(output.match(/(?<=set-output:: code-sha256=)\S+/g)).size).toBe(1)
  })

  tried('attest.yml deploys the very bytes that were attested, and signs in after that', async () => {
    const { start } = await repository('attest.yml', { '.': FIXTURE })
    const { exitCode, output } = await start({ name: 'push' })
    expect([exitCode, signedIn(output)]).toEqual([0, ['shop-deploy in eu-west-1']])
    const attested = [...output.matchAll(/\| attested \((\w+)\) (\w+)/g)].map(([, what, sha256 = '']) => [
      what,
      Buffer.from(sha256, 'hex').toString('base64'),
    ])
    const deployed = output.match(/(?<=set-output:: code-sha256=)\S+/g)?.at(-1)
    expect(attested).toEqual([
      ['provenance', deployed],
      ['sbom', deployed],
    ])
    expect(output.indexOf('| signed in as')).toBeGreaterThan(output.lastIndexOf('| attested'))
  })

  tried('manage.yml runs what somebody typed in the function, and no shell does', async ({ deploy }) => {
    // What other examples have released comes from commits that were made just now.
    const named = ['--function-name', 'shop', '--project', join(REPOSITORY, FIXTURE)]
    const { exitCode } = await deploy([...named, '--commands', 'exec', '--allow-older'])
    expect(exitCode).toBe(0)
    const { start, folder } = await repository('manage.yml', {})
    const manage = (run: string) => start({ name: 'workflow_dispatch', payload: { inputs: { run } } })
    const asked = await manage('exec print(6 * 7)')
    expect([asked.exitCode, asked.output]).toEqual([0, expect.stringMatching(/\| │ 42$/m)])
    const hostile = await manage('exec print(1); $(touch here) `touch here`')
    expect([hostile.exitCode, hostile.output]).toEqual([1, expect.stringContaining('SyntaxError')])
    await expect(access(join(folder, 'here'))).rejects.toThrow('ENOENT')
  })
})

describe('previews by django.yml, flask.yml and sweep.yml', () => {
  let github: FakeGitHub

  beforeAll(async () => {
    github = await startFakeGitHub()
    if (world) await createSecret(world, 'shop/preview/database-admin', world.postgres.url)
  })

  afterAll(async () => {
    await github[Symbol.asyncDispose]()
  })

  const REPOSITORY_BODY = { id: 42, full_name: 'owner/name' }
  const SHA = 'a'.repeat(40)

  const pullEvent = (
    number: number,
    action: string,
    { head = 'owner/name', labels = ['preview'] } = {},
  ): ExampleEvent => {
    github.pulls.set(number, { isOpen: action !== 'closed', headSha: SHA, labels })
    const label = action.endsWith('labeled') ? { label: { name: 'preview' } } : {}
    const pull = { number, labels: labels.map((name) => ({ name })), head: { sha: SHA, repo: { full_name: head } } }
    return {
      name: 'pull_request',
      payload: { ...label, action, number, repository: REPOSITORY_BODY, pull_request: pull },
    }
  }
  const other = (name: string, payload: object = {}): ExampleEvent => ({
    name,
    payload: { ...payload, repository: REPOSITORY_BODY },
  })
  const env = (): Record<string, string> => ({
    GITHUB_API_URL: github.env.GITHUB_API_URL,
    GITHUB_REPOSITORY_ID: '42',
  })
  const started = async ({ start }: ExampleRepository, event: ExampleEvent, more: Record<string, string> = {}) => {
    const { exitCode, output } = await start(event, { ...env(), ...more }, { GITHUB_TOKEN: github.token })
    const of = (name: string): string[] =>
      [...output.matchAll(new RegExp(`::set-output:: ${name}=(.*)`, 'g'))].map(([, value = '']) => value)
    return {
      exitCode,
      output,
      command: of('command'),
      skipped: of('skipped'),
      url: of('url')[0] ?? '',
      removed: of('removed'),
    }
  }
  const databases = async ({ postgres }: World): Promise<string> =>
    (await postgres.query('postgres', "SELECT datname FROM pg_database WHERE datname LIKE 'shop%' ORDER BY 1")).trim()

  tried('django.yml goes through the life of two pull requests', async (own) => {
    const shop = await repository('django.yml', { '.': 'examples/django' })
    const deployed = await started(shop, other('push'))
    expect(deployed).toMatchObject({ exitCode: 0, command: ['deploy'] })
    expect(signedIn(deployed.output)).toEqual(['shop-deploy in eu-west-1'])

    const opened = await started(shop, pullEvent(7, 'opened'))
    expect([opened.exitCode, opened.output]).toEqual([
      0,
      expect.stringContaining('Installed 1 object(s) from 1 fixture(s)'),
    ])
    expect([opened.command, signedIn(opened.output)]).toEqual([['preview'], ['shop-previews in eu-west-1']])
    expect((await own.visit(opened.url)).text).toContain('This note came with the preview.')
    expect(await databases(own)).toBe('shop_pr_7')
    expect(github.commentsOf(7)).toEqual([expect.stringContaining(opened.url)])

    const again = await started(shop, pullEvent(7, 'synchronize'))
    expect([again.exitCode, again.url]).toEqual([0, opened.url])

    expect((await started(shop, pullEvent(8, 'opened'))).exitCode).toBe(0)
    expect(await databases(own)).toBe('shop_pr_7\nshop_pr_8')

    const closed = await started(shop, pullEvent(7, 'closed'))
    expect(closed).toMatchObject({ exitCode: 0, command: ['destroy'], removed: ['["shop-pr-7"]'] })
    expect(closed.output).not.toContain('Run Main actions/checkout')
    expect(await databases(own)).toBe('shop_pr_8')

    const byHand = await started(shop, other('workflow_dispatch', { inputs: { command: 'destroy', pr: '7' } }))
    expect(byHand).toMatchObject({ exitCode: 0, command: ['destroy'], removed: ['[]'] })

    github.pulls.set(8, { isOpen: false, headSha: SHA, labels: [] })
    const swept = await started(shop, other('schedule'))
    expect(swept).toMatchObject({ exitCode: 0, command: ['sweep'], removed: ['["shop-pr-8"]'] })
    expect(signedIn(swept.output)).toEqual(['shop-previews in eu-west-1'])
    expect(await databases(own)).toBe('')
    expect((await own.visit(deployed.url)).status).toBe(200)
  })

  tried('django.yml signs in for no fork, and skips it', async () => {
    const shop = await repository('django.yml', { '.': FIXTURE })
    const fork = await started(shop, pullEvent(9, 'opened', { head: 'somebody/name' }), { AWS_ACCESS_KEY_ID: '' })
    expect(fork).toMatchObject({ exitCode: 0, command: ['preview'], skipped: ['true'] })
    expect(signedIn(fork.output)).toEqual([])
  })

  tried('flask.yml deploys, and makes a preview for a pull request with the label', async (own) => {
    const bookshelf = await repository('flask.yml', { '.': 'examples/flask' })
    const deployed = await started(bookshelf, other('push'))
    expect([deployed.exitCode, signedIn(deployed.output)]).toEqual([0, ['bookshelf-deploy in eu-west-1']])

    const skipped = await started(bookshelf, pullEvent(7, 'opened', { labels: ['bug'] }))
    expect(skipped).toMatchObject({ exitCode: 0, command: ['preview'], skipped: ['true'] })
    const labeled = await started(bookshelf, pullEvent(7, 'labeled'))
    expect([labeled.exitCode, signedIn(labeled.output)]).toEqual([0, ['bookshelf-previews in eu-west-1']])
    expect((await own.visit(labeled.url)).status).toBe(200)
    const without = await started(bookshelf, pullEvent(7, 'unlabeled', { labels: [] }))
    expect(without).toMatchObject({ exitCode: 0, skipped: ['true'], removed: ['["bookshelf-pr-7"]'] })
    expect((await started(bookshelf, pullEvent(7, 'labeled'))).exitCode).toBe(0)
    const closed = await started(bookshelf, pullEvent(7, 'closed'))
    expect(closed).toMatchObject({ exitCode: 0, removed: ['["bookshelf-pr-7"]'] })
  })

  tried('sweep.yml only looks by hand, and removes at night', async () => {
    const bookshelf = await repository('flask.yml', { '.': 'examples/flask' })
    expect((await started(bookshelf, pullEvent(11, 'labeled'))).exitCode).toBe(0)
    github.pulls.set(11, { isOpen: false, headSha: SHA, labels: [] })
    const nightly = await repository('sweep.yml', {})
    const looked = await started(nightly, other('workflow_dispatch', { inputs: { 'dry-run': 'true' } }))
    expect(looked).toMatchObject({
      exitCode: 0,
      removed: ['[]'],
      output: expect.stringContaining('would be removed: closed'),
    })
    expect(await started(nightly, other('schedule'))).toMatchObject({ exitCode: 0, removed: ['["bookshelf-pr-11"]'] })
  })
})

describe('other CI, by the command line', () => {
  interface Job {
    readonly variables?: Readonly<Record<string, string>>
    readonly script: readonly string[]
  }
  interface Pipeline {
    readonly default: { readonly before_script: readonly string[] }
    readonly variables: Readonly<Record<string, string>>
  }

  /** A machine of a CI: `npx wsgi-lambda` is the bundle, and the working folder a project. */
  async function machine(own: World, name: string) {
    const folder = join(own.folder, name)
    const programs = join(folder, 'programs')
    const project = join(folder, 'project')
    await mkdir(programs, { recursive: true })
    await cp(join(REPOSITORY, FIXTURE), project, { recursive: true })
    const npx = `#!/bin/sh\n[ "$1" = wsgi-lambda ] && shift && exec "${process.execPath}" "${join(REPOSITORY, 'dist/cli.cjs')}" "$@"\n`
    await writeFile(join(programs, 'npx'), npx, { mode: 0o755 })
    const path = [programs, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
    return async (script: string, variables: Readonly<Record<string, string>>, args: readonly string[] = []) => {
      const env = { ...own.env, ...settingsOf(own.inputs), WSGI_LAMBDA_PREVIEW_ROLE: ROLE, ...variables, PATH: path }
      const ended = await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', script, 'ci', ...args], {
        env,
        cwd: project,
      })
      return { ...ended, project }
    }
  }

  test('gitlab-ci.yml: what a pipeline of each kind runs', async () => {
    if (!world) {
      notTried(missing)
      return
    }
    const pipeline = parse(await readFile(join(REPOSITORY, 'examples/workflows/gitlab-ci.yml'), 'utf8'), {
      strict: true,
    }) as Pipeline & Readonly<Record<string, Job>>
    const gitlab = {
      GITLAB_CI: 'true',
      CI_SERVER_URL: 'https://gitlab.example.com',
      CI_PROJECT_ID: '42',
      CI_PROJECT_PATH: 'owner/name',
      AWS_TOKEN: 'a-token-of-gitlab',
    }
    const runScript = await machine(world, 'gitlab')
    const job = (name: string, variables: Readonly<Record<string, string>> = {}) =>
      runScript([...pipeline.default.before_script, ...(pipeline[name]?.script ?? [])].join('\n'), {
        ...pipeline.variables,
        ...pipeline[name]?.variables,
        ...gitlab,
        ...variables,
      })
    const request = {
      CI_MERGE_REQUEST_IID: '7',
      CI_MERGE_REQUEST_PROJECT_ID: '42',
      CI_MERGE_REQUEST_PROJECT_PATH: 'owner/name',
    }
    const { project } = await job('preview', request)
    const [, url = ''] = /^PREVIEW_URL=(.+)$/m.exec(await readFile(join(project, 'preview.env'), 'utf8')) ?? []
    expect((await world.visit(url)).status).toBe(200)
    expect((await job('remove-preview', request)).stdout).toContain('function shop-pr-7')
    expect((await world.visit(url)).status).not.toBe(200)
    expect((await job('deploy')).stdout + (await job('sweep')).stdout).toContain('shop')
  })

  test('previews.sh: each of its words', async () => {
    if (!world) {
      notTried(missing)
      return
    }
    const script = await readFile(join(REPOSITORY, 'examples/workflows/previews.sh'), 'utf8')
    const runScript = await machine(world, 'shell')
    const say = (...args: readonly string[]) => runScript(script, {}, args)
    expect((await say('preview', '8')).stdout).toContain('shop-pr-8')
    expect((await say('destroy', '8')).stdout).toContain('shop-pr-8')
    expect((await say('sweep')).stdout).toBeDefined()
    await expect(say('deplyo')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('usage:') })
  })
})

async function createSecret({ emulator }: World, name: string, value: string): Promise<void> {
  const client = new SecretsManagerClient({
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  await client.send(new CreateSecretCommand({ Name: name, SecretString: value }))
  client.destroy()
}
