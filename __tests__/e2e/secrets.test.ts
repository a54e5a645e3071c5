import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { type RunningEngine, startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import { runAction } from '../support/action-runner.ts'
import { containing } from '../support/matchers.ts'
import { notTried } from '../support/optional.ts'
import { machineVariables, REPOSITORY, runNode } from '../support/world.ts'

let folder: string
let python: Python
let engine: RunningEngine | undefined

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-secrets-')))
  const [found] = await findPythons()
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = found
  const started = await startEngine()
  if ('missing' in started) notTried(started.missing)
  else {
    engine = started
    await ensureLambdaImages(['3.13'])
  }
}, 300_000)

afterAll(async () => {
  await engine?.stop()
  await rm(folder, { recursive: true, force: true })
})

jest.setTimeout(60_000)

/** An application that prints all it knows and fails, as settings modules do. */
const TALKATIVE = `
import os
def app(environ, start_response): pass
raise RuntimeError(f"cannot connect to {os.environ['DATABASE_URL']} with {os.environ['SECRET_KEY']}")
`
/** Nothing listens there. */
const INDEX = 'https://me:canary-index@127.0.0.1:9/simple'

const variables = (): Record<string, string> => ({
  ...machineVariables(),
  RUNNER_DEBUG: '1',
  UV_HTTP_RETRIES: '0',
  WSGI_LAMBDA_ENVIRONMENT: 'DATABASE_URL=postgres://shop:canary-pass-word@db/shop\nSECRET_KEY=canary-key',
})

async function project(requirements: string, application = TALKATIVE): Promise<string> {
  const path = await mkdtemp(join(folder, 'project-'))
  await writeFile(join(path, 'app.py'), application)
  await writeFile(join(path, 'requirements.txt'), requirements)
  return path
}

describe('an application that cannot be imported', () => {
  const inImage = (): Record<string, string> => ({
    builder: 'docker',
    runtime: 'python3.13',
    output: join(folder, 'out.zip'),
  })

  test('fails in a workflow without a secret in what is shown', async () => {
    if (!engine) return
    const workspace = await project('')
    const result = await runAction({
      inputs: { ...inImage(), command: 'build', check: 'true' },
      env: variables(),
      workspace,
    })
    expect(result.exitCode).toBe(1)
    const { log, summary, annotations, outputs, state } = result
    expect(annotations).toMatchObject([{ title: containing('RuntimeError') }])
    expect(JSON.stringify({ log, summary, annotations, outputs, state })).not.toContain('canary')
  }, 300_000)

  test.each([['--verbose'], ['--json']])(
    'fails on a console with %s without a password of an address',
    async (flag) => {
      if (!engine) return
      const path = await project('', TALKATIVE.replace(/ with .*"/, '"'))
      const flags = Object.entries(inImage()).flatMap(([name, value]) => [`--${name}`, value])
      const { exitCode, stdout, stderr } = await runNode(
        [join(REPOSITORY, 'dist/cli.cjs'), 'build', '--project', path, flag, '--check', ...flags],
        { env: variables(), cwd: folder },
      )
      expect(exitCode).toBe(1)
      expect(stdout + stderr).toContain('****@db')
      expect(stdout + stderr).not.toContain('canary')
    },
    300_000,
  )
})

describe.each<[string, string, Record<string, string>]>([
  ['an index that does not answer', 'anything\n', { UV_DEFAULT_INDEX: INDEX }],
  ['an index of pip that does not answer', 'anything\n', { PIP_INDEX_URL: INDEX }],
  ['an index in the manifest', `--index-url ${INDEX}\nanything\n`, {}],
  ['an index that is no address', `--index-url ${INDEX.replace(':9/', ':port/')}\nanything\n`, {}],
  ['an address that is no wheel of the distribution', `anything @ ${INDEX}/other-1-py3-none-any.whl\n`, {}],
])('%s', (_, requirements, env) => {
  const host = (): Record<string, string> => ({
    builder: 'host',
    runtime: `python${python.minor}`,
    'python-bin': python.path,
    output: join(folder, 'out.zip'),
  })

  test('fails in a workflow without a secret in what is shown', async () => {
    const workspace = await project(requirements)
    const result = await runAction({
      inputs: { ...host(), command: 'build' },
      env: { ...variables(), ...env },
      workspace,
    })
    expect(result.exitCode).toBe(1)
    const { log, summary, annotations, outputs, state } = result
    expect(annotations).toHaveLength(1)
    expect(JSON.stringify({ log, summary, annotations, outputs, state })).not.toContain('canary')
  })

  test.each([['--verbose'], ['--json']])(
    'fails on a console with %s without a password of an address',
    async (flag) => {
      const path = await project(requirements, TALKATIVE.replace(/ with .*"/, '"'))
      const flags = Object.entries(host()).flatMap(([name, value]) => [`--${name}`, value])
      const { exitCode, stdout, stderr } = await runNode(
        [join(REPOSITORY, 'dist/cli.cjs'), 'build', '--project', path, flag, ...flags],
        { env: { ...variables(), ...env }, cwd: folder },
      )
      expect(exitCode).toBe(1)
      expect(stdout + stderr).toMatch(/127\.0\.0\.1:|\*{4}@db/)
      expect(stdout + stderr).not.toContain('canary')
    },
  )
})
