import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type CheckSettings, checkArtifact, wantsCheck } from '../../src/artifact/check.ts'
import type { CheckAnswer } from '../../src/artifact/check-verdict.ts'
import type { SandboxEnd, SandboxOptions } from '../../src/builder/sandbox.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Table } from '../../src/settings/kinds.ts'
import { folderStore } from '../../src/store/folder.ts'
import { recordingReporter } from '../report/recording.ts'

const ARTIFACT = { path: '/shop.zip', sha256: 'a'.repeat(64) }
const SETTINGS: CheckSettings = {
  target: targetOf('python3.13', 'x86_64'),
  handler: 'wsgi',
  packRequirements: true,
  environment: {},
  secrets: {},
  checkEnvironment: {},
  checkPath: undefined,
  checkStatus: undefined,
  smokeHost: undefined,
  memory: undefined,
  timeout: undefined,
  functionName: undefined,
}

const answering = (answer: Partial<CheckAnswer> = {}, stderr = ''): SandboxEnd => {
  const usual = { stage: 'request', error: null, late: null, status: 200, malformed: null, exception: null, body: '' }
  const imports = { seconds: 0.2, packages: [['shop', 0.15, 0.2]] }
  const stdout = `${JSON.stringify({ ...usual, seconds: { import: 0.2, request: 0.1 }, imports, ...answer })}\n`
  return { kind: 'ended', exitCode: 0, stdout, stderr }
}

const failingImport = (type: string) =>
  answering({
    stage: 'import',
    error: { type, message: 'a value', name: null, traceback: 'Traceback …' },
    status: null,
  })

const IMPORTS = {
  ...{ measuredOn: 'the image', seconds: 0.2 },
  packages: [{ package: 'shop', selfSeconds: 0.15, cumulativeSeconds: 0.2 }],
}

/** Checks once for each of the settings, in one store. */
async function checkEach(
  given: readonly Partial<CheckSettings>[],
  end: SandboxEnd = answering(),
  identity = 'image 1',
) {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-check-'))
  const report = recordingReporter()
  const calls: SandboxOptions[] = []
  const sandbox = {
    image: 'the image',
    identity,
    check: (_: string, options: SandboxOptions) => {
      calls.push(options)
      return Promise.resolve(end)
    },
  }
  const toolchain = { kind: 'docker', sandbox: () => Promise.resolve(sandbox) } as const
  await using store = folderStore({ folder, mostBytes: 1_000_000, onUnwritable: () => undefined })
  try {
    const results: unknown[] = []
    for (const settings of given) {
      const work = checkArtifact(ARTIFACT, { ...SETTINGS, ...settings }, { toolchain, store, report })
      results.push(await work.catch((error: unknown) => error))
    }
    const names = await readdir(join(folder, 'checks')).catch(() => [])
    const kept = await Promise.all(names.map((name) => readFile(join(folder, 'checks', name), 'utf8')))
    return { results, calls, report, kept }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const variablesFor = async (settings: Partial<CheckSettings>): Promise<Table> =>
  (await checkEach([settings])).calls[0]?.env ?? {}

test.each([
  [undefined, 'build', false],
  [undefined, 'deploy', true],
  [undefined, 'preview', true],
  [true, 'build', true],
  [false, 'deploy', false],
] as const)('check: %s of %s: %s', (check, command, wanted) => {
  expect(wantsCheck(check, command)).toBe(wanted)
})

describe('the variables', () => {
  test('are those of Lambda and of the function', async () => {
    const variables = await variablesFor({
      environment: { DEBUG: '0', SITE: '{{url}}/x' },
      memory: 256,
      functionName: 'shop',
    })
    expect(variables).toMatchObject({
      DEBUG: '0',
      SITE: 'https://check.lambda-url.us-east-1.on.aws/x',
      LAMBDA_TASK_ROOT: '/var/task',
      AWS_EXECUTION_ENV: 'AWS_Lambda_python3.13',
      AWS_LAMBDA_FUNCTION_NAME: 'shop',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    })
  })

  test('have a stand-in for each secret, and no references that the runtime would follow', async () => {
    const secrets = { KEY: 'ssm:/shop/key', DATABASE_URL: 'secretsmanager:shop#url' }
    const variables = await variablesFor({
      secrets,
      environment: { WSGI_LAMBDA_SECRETS: JSON.stringify(secrets) },
      checkEnvironment: { DATABASE_URL: 'sqlite://' },
    })
    expect(variables).toMatchObject({ KEY: 'not-known-in-a-build', DATABASE_URL: 'sqlite://' })
    expect(variables).not.toHaveProperty('WSGI_LAMBDA_SECRETS')
  })

  test('of the check win over those of the function', async () => {
    expect(await variablesFor({ environment: { A: '1' }, checkEnvironment: { A: '2' } })).toMatchObject({ A: '2' })
  })
})

describe('the request', () => {
  test.each<[string, Partial<CheckSettings>, object]>([
    ['by default', {}, { path: '/', host: 'check.lambda-url.us-east-1.on.aws', memory: 512, seconds: 60 }],
    [
      'as it was chosen',
      { checkPath: '/health', smokeHost: 'shop.example.org' },
      { path: '/health', host: 'shop.example.org' },
    ],
    ['with the limits of the function', { memory: 1024, timeout: 90 }, { memory: 1024, seconds: 90 }],
    ['with as much time as every function has to start', { timeout: 3 }, { seconds: 10 }],
  ])('%s', async (_, settings, request) => {
    const { calls } = await checkEach([settings])
    expect(JSON.parse(calls[0]?.request ?? '')).toMatchObject(request)
  })

  test('is limited in memory only where the function is', async () => {
    const { calls } = await checkEach([{}, { memory: 256 }])
    expect(calls.map(({ memory }) => memory)).toEqual([undefined, 256])
  })

  test('has more time than the program gives itself for both of its stages', async () => {
    const { calls } = await checkEach([{ timeout: 30 }])
    expect(calls[0]?.seconds).toBeGreaterThan(60)
  })
})

describe('what cannot be checked is said', () => {
  test.each<[string, Partial<CheckSettings>, string]>([
    ['a plain function', { handler: 'none' }, 'handler: none'],
    ['dependencies of a layer', { packRequirements: false }, 'pack-requirements: false'],
  ])('%s', async (_, settings, words) => {
    const { results, calls, report } = await checkEach([settings])
    expect(results).toEqual([{ outcome: 'unchecked' }])
    expect(calls).toEqual([])
    expect(report.of('notice')).toEqual([expect.stringContaining(words)])
  })

  test('an artifact that was built on this machine', async () => {
    const report = recordingReporter()
    const store = folderStore({ folder: '/nowhere', mostBytes: 1, onUnwritable: () => undefined })
    const result = await checkArtifact(ARTIFACT, SETTINGS, { toolchain: { kind: 'host' }, store, report })
    expect(result).toEqual({ outcome: 'unchecked' })
    expect(report.of('notice')).toEqual([
      'The artifact was not checked: the builder host has no image of the runtime to import it in',
    ])
  })

  test('one for another processor, which is tried again', async () => {
    const { results, report, kept } = await checkEach([{}], { kind: 'foreign' })
    expect(results).toEqual([{ outcome: 'unchecked' }])
    expect(report.of('notice')).toEqual([expect.stringContaining('cannot run programs for x86_64')])
    expect(kept).toEqual([])
  })
})

describe('the store', () => {
  test('remembers what passed', async () => {
    const { results, calls, report } = await checkEach([{}, {}])
    expect(calls).toHaveLength(1)
    expect(results).toEqual([
      { outcome: 'passed', statusCode: 200, isKept: false, imports: IMPORTS },
      { outcome: 'passed', statusCode: 200, isKept: true, imports: IMPORTS },
    ])
    expect(report.of('info').at(-1)).toBe('import check: this artifact passed before, GET / → 200')
  })

  test('goes by the names of variables, and not by their values', async () => {
    const { calls } = await checkEach([
      { environment: { A: '1' } },
      { environment: { A: '2' } },
      { environment: { B: '1' } },
    ])
    expect(calls).toHaveLength(2)
  })

  test.each<[string, Partial<CheckSettings>]>([
    ['the path', { checkPath: '/health' }],
    ['a path that is chosen, though it is the same', { checkPath: '/' }],
    ['the status', { checkStatus: 200 }],
    ['the host', { smokeHost: 'shop.example.org' }],
    ['the memory', { memory: 256 }],
    ['the time', { timeout: 20 }],
    ['a secret', { secrets: { KEY: 'ssm:/key' } }],
  ])('tells apart by %s', async (_, settings) => {
    expect((await checkEach([{}, settings])).calls).toHaveLength(2)
  })

  test('forgets failures', async () => {
    const { calls, kept } = await checkEach([{}, {}], failingImport('ValueError'))
    expect(calls).toHaveLength(2)
    expect(kept).toEqual([])
  })

  test('keeps nothing that the application said', async () => {
    const { results, report, kept } = await checkEach(
      [{ secrets: { KEY: 'ssm:/key' } }, { secrets: { KEY: 'ssm:/key' } }],
      failingImport('ValueError'),
    )
    expect(results).toEqual([{ outcome: 'unknown' }, { outcome: 'unknown' }])
    expect(report.of('warning')).toHaveLength(1)
    expect(report.of('notice')).toHaveLength(1)
    expect(kept).toEqual(['{"outcome":"unknown"}'])
  })
})

test('what the application prints is for --verbose, and an answer of 500 with its traceback for everybody', async () => {
  const { results, report } = await checkEach(
    [{}],
    answering({ status: 500 }, 'Traceback (most recent call last):\rKeyError: 1\n'),
  )
  expect(results).toMatchObject([{ outcome: 'passed', statusCode: 500 }])
  expect(report.of('debug')).toEqual(['Traceback (most recent call last):', 'KeyError: 1'])
  expect(report.of('warning')).toEqual(['GET / is answered with 500'])
  expect(report.problems[0]?.detail).toBe('Traceback (most recent call last):\nKeyError: 1')
})
