import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type DeployResult, deploy } from '../../src/commands/deploy.ts'
import { UserError } from '../../src/errors.ts'
import { loadDeploySettings } from '../../src/settings/settings.ts'
import { folderStore } from '../../src/store/folder.ts'
import { fakeAside } from '../release/fake-aside.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { fakeProvisioned } from '../release/fake-provisioned.ts'
import { fakeOrder, run as ownRun } from '../release/order.ts'
import { ROLE } from '../release/releases.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeBuilder } from '../requirements/fakes.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let folder: string
let project: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  project = join(folder, 'shop')
  await mkdir(project)
  await writeFile(join(project, 'wsgi.py'), 'def application(environ, start_response): ...\n')
  await writeFile(join(project, 'requirements.txt'), '')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** A Lambda, and a project that is deployed to it without a URL to request. */
function createWorld() {
  const lambda = fakeLambda({
    sha256Of: (code) => ('zip' in code ? createHash('sha256').update(code.zip).digest('base64') : code.object.key),
  })
  const report = recordingReporter()
  const closed: string[] = []
  const building: (() => Promise<void>)[] = []
  const run = async (given: Readonly<Record<string, unknown>> = {}, order = fakeOrder): Promise<DeployResult> => {
    report.lines.length = 0
    const all = {
      'function-name': 'shop',
      role: ROLE,
      'function-url': 'iam',
      runtime: 'python3.13',
      bytecode: 'none',
      ...given,
    }
    const explicit = { given: all, nameOf: String }
    const settings = await loadDeploySettings({ project, stage: undefined, environment: {}, explicit })
    return await deploy(settings, {
      createToolchain: async () => {
        for (const meanwhile of building) await meanwhile()
        const builder = await fakeBuilder({ stdout: '{"compiled": 0, "failed": []}' })
        const close = async (): Promise<void> => {
          closed.push(builder.workspace)
          await builder.close()
        }
        const opened = { ...builder, close, [Symbol.asyncDispose]: close }
        return { ...opened, open: () => Promise.resolve(opened) }
      },
      createStore: () => folderStore({ folder: join(folder, 'store'), mostBytes: 1e9, onUnwritable: () => undefined }),
      product: {
        toolsFolder: join(ROOT, 'docker'),
        runtimeFolder: join(ROOT, 'runtime'),
        version: '1.2.3',
        compressor: 'zlib',
      },
      lambda,
      urls: lambda.urls,
      versions: lambda.versions,
      logs: fakeLogs(),
      provisioned: { ...fakeProvisioned(lambda), list: () => Promise.reject(new Error('none is looked for here')) },
      alarms: { read: () => Promise.reject(new Error('no alarm is watched here')) },
      aside: fakeAside(lambda.calls),
      layers: {
        find: () => Promise.reject(new Error('no layer is needed here')),
        publish: () => Promise.reject(new Error('no layer is needed here')),
      },
      code: { find: () => Promise.reject(new Error('the code that is served is kept here')) },
      openBucket: () => Promise.reject(new Error('no bucket is needed here')),
      openOwnBucket: () => Promise.reject(new Error('no bucket is needed here')),
      openStaticBucket: () => Promise.reject(new Error('no bucket is needed here')),
      report,
      environment: {},
      clock: () => performance.now(),
      wait: () => Promise.resolve(),
      signal: new AbortController().signal,
      order,
    })
  }
  return { lambda, report, run, closed, building }
}

test('a project becomes a released function', async () => {
  const { lambda, report, run, closed } = createWorld()
  const result = await run({ migrate: true })
  const served = await lambda.getVersion('shop', 'live')
  const zip = await readFile(join(project, '.wsgi-lambda/shop.zip'))
  expect(served).toMatchObject({
    version: '1',
    codeSha256: createHash('sha256').update(zip).digest('base64'),
    handler: 'wsgi_handler.handler',
    description:
      'wsgi-lambda release; commit abc1234567890; by octocat; committed 2026-11-23T09:00:00Z; run 42 of octocat/shop/deploy.yml',
  })
  expect(result).toMatchObject({
    artifact: { path: join(project, '.wsgi-lambda/shop.zip'), codeSha256: served?.codeSha256 },
    function: { name: 'shop', version: '1', alias: 'live' },
    changed: true,
    commands: ['manage migrate --plan', 'manage migrate --noinput'].map((command) => ({
      command,
      phase: 'before-traffic',
      exitCode: 0,
    })),
    plan: expect.arrayContaining(['create the function shop', 'move the alias live to the new version']),
    seconds: { release: expect.any(Number), builder: expect.any(Number) },
  })
  expect(report.of('phase')).toEqual(['Build python3.13 on x86_64', 'Release shop'])
  expect(closed).toHaveLength(1)
})

test('a dry run says that a deployment would be refused as too late', async () => {
  const { lambda, report, run } = createWorld()
  await run()
  lambda.calls.length = 0
  const earlier = { ...ownRun, workflow: { name: 'octocat/shop/deploy.yml', number: 41 } }
  await run({ memory: '1024', 'dry-run': 'true' }, { ...fakeOrder, readRun: () => Promise.resolve(earlier) })
  expect(report.of('warning')).toEqual(['What is served is newer than what this run would release'])
  expect(lambda.writes()).toEqual([])
})

test('the same project once more: nothing is written, nothing runs', async () => {
  const { lambda, report, run } = createWorld()
  await run({ migrate: true })
  lambda.calls.length = 0
  const result = await run({ migrate: true })
  expect(lambda.calls.filter((line) => !line.startsWith('get'))).toEqual([])
  expect(result).toMatchObject({ changed: false, plan: [], commands: [], function: { version: '1' } })
  expect(report.of('info').at(-1)).toBe('Nothing to do: live serves version 1 with this code and configuration.')
})

test('a changed file: a new version', async () => {
  const { run } = createWorld()
  await run()
  await writeFile(join(project, 'wsgi.py'), 'def application(environ, start_response): ... # changed\n')
  expect((await run()).function.version).toBe('2')
})

test('a dry run of the first deployment: built, printed, and nothing written', async () => {
  const { lambda, report, run } = createWorld()
  const result = await run({ 'dry-run': true, migrate: true })
  expect(lambda.calls.filter((line) => !line.startsWith('get'))).toEqual([])
  expect(result).toMatchObject({ changed: false, commands: [], function: { name: 'shop', version: '' } })
  expect(report.of('info').filter((line) => line.startsWith('would '))).toEqual(
    result.plan.map((line) => `would ${line}`),
  )
  expect(result.plan).toContain('run before traffic moves: manage migrate --noinput')
  expect((await stat(result.artifact.path)).size).toBe(result.artifact.zipBytes)
})

test('a dry run of a change: what the run without it does, in the same words', async () => {
  const { lambda, run } = createWorld()
  await run()
  lambda.calls.length = 0
  const { plan, function: facts } = await run({ 'dry-run': true, memory: 1024 })
  expect(lambda.calls.filter((line) => !line.startsWith('get'))).toEqual([])
  expect(facts.version).toBe('1')
  expect(plan[0]).toBe('update the configuration: memory')
  expect((await run({ memory: 1024 })).plan).toEqual(plan)
})

test('a plan says what changes, of what was kept when it was released', async () => {
  const { report, run } = createWorld()
  await run({ environment: 'OLD=canary' })
  await writeFile(join(project, 'wsgi.py'), 'def application(environ, start_response): ... # changed\n')
  await mkdir(join(project, 'shop/migrations'), { recursive: true })
  await writeFile(join(project, 'shop/migrations/0001_x.py'), 'operations = [\n    DeleteModel("x"),\n]\n')
  const { difference } = await run({ 'dry-run': true, memory: 1024, environment: 'NEW=canary' })
  expect(difference).toMatchObject({
    served: '1',
    configuration: [{ setting: 'memory', before: '512', after: '1024' }],
    environment: { added: ['NEW'], changed: [], removed: [] },
    code: { contents: { files: { added: ['shop/migrations/0001_x.py'], changed: ['wsgi.py'] } } },
    migrations: [{ path: 'shop/migrations/0001_x.py', remarks: [{ line: 2, operation: 'DeleteModel' }] }],
  })
  expect(report.of('info')).toEqual(
    expect.arrayContaining(['  ~ wsgi.py', '    ! line 2: DeleteModel: the version that still serves uses this table']),
  )
  expect(JSON.stringify([difference, report.lines])).not.toContain('canary')
})

test('a release says the same', async () => {
  const { run } = createWorld()
  await run()
  await writeFile(join(project, 'wsgi.py'), 'def application(environ, start_response): ... # changed\n')
  const { difference } = await run({ 'dry-run': true })
  expect((await run()).difference).toEqual(difference)
  expect((await run()).difference).toMatchObject({ configuration: [], code: undefined, permissions: [] })
})

test('a function that cannot be read: said before the build, and nothing is written', async () => {
  const { lambda, run, closed } = createWorld()
  lambda.failAt(/^getPolicy/, new UserError({ title: 'The credentials may not do lambda:GetPolicy' }))
  await expect(run()).rejects.toMatchObject({ title: 'The credentials may not do lambda:GetPolicy' })
  expect(lambda.writes()).toEqual([])
  expect(closed).toEqual([])
})

test('a variable that somebody sets while the project is built is kept', async () => {
  const { lambda, run, building } = createWorld()
  await run()
  building.push(async () => {
    const latest = await lambda.getVersion('shop')
    if (latest)
      await lambda.updateConfiguration('shop', { ...latest, layers: undefined, environment: { SET_MEANWHILE: '1' } })
  })
  await run({ memory: 1024 })
  expect(await lambda.getVersion('shop', 'live')).toMatchObject({ memory: 1024, environment: { SET_MEANWHILE: '1' } })
})

test('a build that fails: nothing is written', async () => {
  const { lambda, run } = createWorld()
  await writeFile(join(project, 'requirements.txt'), '-r missing.txt\n')
  await expect(run()).rejects.toMatchObject({ name: 'UserError' })
  expect(lambda.writes()).toEqual([])
})

test('a new function without a role: nothing is written', async () => {
  const { lambda, run } = createWorld()
  await expect(run({ role: undefined })).rejects.toMatchObject({ exitCode: 2 })
  expect(lambda.writes()).toEqual([])
})

test('streaming: planned, created with the URL, and no reason to publish again', async () => {
  const { lambda, run } = createWorld()
  const planned = await run({ streaming: true, 'dry-run': true })
  expect(planned.plan).toContain('create the Function URL (iam, RESPONSE_STREAM)')
  expect(lambda.writes()).toEqual([])
  await run({ streaming: true })
  expect(await lambda.urls.get('shop', 'live')).toMatchObject({ invokeMode: 'RESPONSE_STREAM' })
  expect(await run({ streaming: true })).toMatchObject({ changed: false, plan: [] })
  const off = await run({ 'dry-run': true })
  expect(off.plan.slice(-2)).toEqual([
    'change the invoke mode of the Function URL to BUFFERED',
    'move the alias live to the new version',
  ])
  await run()
  expect(await lambda.urls.get('shop', 'live')).toMatchObject({ invokeMode: 'BUFFERED' })
})

test('streaming without a Function URL: said before the build, and nothing is written', async () => {
  const { lambda, run, closed } = createWorld()
  await expect(run({ streaming: true, 'function-url': 'none' })).rejects.toMatchObject({
    title: 'streaming is on, but shop has no Function URL: nothing would be streamed',
    exitCode: 2,
  })
  expect([lambda.writes(), closed]).toEqual([[], []])
})

test('streaming of a zip that was built before: what it was built with counts', async () => {
  const { lambda, run } = createWorld()
  const { artifact } = await run({ streaming: true, 'dry-run': true })
  await run({ artifact: artifact.path })
  expect(await lambda.urls.get('shop', 'live')).toMatchObject({ invokeMode: 'RESPONSE_STREAM' })
  const again = await run({ 'dry-run': true })
  expect((await run({ artifact: again.artifact.path, streaming: true })).plan).toContain(
    'change the invoke mode of the Function URL to BUFFERED',
  )
})
