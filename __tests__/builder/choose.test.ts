import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Completed } from '../../src/builder/builder.ts'
import { createToolchain } from '../../src/builder/choose.ts'
import { UserError } from '../../src/errors.ts'
import { loadBuildSettings } from '../../src/settings/settings.ts'
import { folderStore } from '../../src/store/folder.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'

const before = process.env['DOCKER_HOST']
beforeEach(() => {
  process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:9' // "discard": nothing listens there
})
afterEach(() => {
  if (before === undefined) delete process.env['DOCKER_HOST']
  else process.env['DOCKER_HOST'] = before
})

/** On a machine with Python 3.13, uv, and no container engine. */
async function choose(given: Record<string, unknown>, environment: Readonly<Record<string, string>> = {}) {
  const report = listeningReporter()
  const seen: Readonly<Record<string, string>>[] = []
  const project = await folderWith({ 'app.py': 'app = 1', 'requirements.txt': '' })
  const settings = await loadBuildSettings({
    project,
    stage: undefined,
    environment: {},
    explicit: { given: { runtime: 'python3.13', ...given }, nameOf: String },
  })
  const store = folderStore({ folder: join(project, 'store'), mostBytes: 1e9, onUnwritable: () => undefined })
  const creating = createToolchain(settings.target, settings, {
    store,
    run: ([program], { env }): Promise<Completed> => {
      seen.push(env)
      const stdout = program === 'uv' ? 'uv 0.13.9' : JSON.stringify(['/opt/python', '3.13.5', '3.13', 'linux-x86_64'])
      return Promise.resolve({ exitCode: 0, stdout, stderr: '' })
    },
    report,
    environment,
    cacheFolder: project,
    toolsFolder: project,
    labels: {},
    signal: new AbortController().signal,
  })
  return { creating, report, seen }
}

describe('where no container engine answers', () => {
  test('host is host, and nothing is said', async () => {
    const { creating, report } = await choose({ builder: 'host' })
    await using builder = await creating
    expect(builder.kind).toBe('host')
    expect(report.lines).toEqual([])
  })

  test('auto becomes host, and says so', async () => {
    const { creating, report } = await choose({ builder: 'auto' })
    await using builder = await creating
    expect(builder.kind).toBe('host')
    expect(report.lines).toEqual(['no container engine answers, so the host builder is used (published wheels only)'])
  })

  test('docker is an error with the address that was tried', async () => {
    const { creating, seen } = await choose({ builder: 'docker' })
    await expect(creating).rejects.toThrow(UserError)
    await expect(creating).rejects.toMatchObject({ detail: expect.stringContaining('127.0.0.1:9') })
    expect(seen).toEqual([])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['host', { 'system-packages': 'libpq-devel' }, 'system-packages'],
    ['host', { 'base-image': 'amazonlinux:2023' }, 'base-image'],
    ['host', { dockerfile: 'lambda.Dockerfile' }, 'dockerfile'],
    ['host', { 'docker-env': { CFLAGS: '-O2' } }, 'docker-env'],
    ['host', { 'docker-secrets': { token: 'env:TOKEN' } }, 'docker-secrets'],
    ['host', { 'docker-extra-files': ['/usr/lib64/libpq.so.5*'] }, 'docker-extra-files'],
    ['auto', { 'system-packages': ['libpq-devel'] }, 'system-packages'],
    ['auto', { 'base-image': 'amazonlinux:2023' }, 'base-image'],
  ])('%s does not leave out %j silently', async (builder, given, name) => {
    const { creating, seen } = await choose({ builder, ...given })
    await expect(creating).rejects.toThrow(UserError)
    await expect(creating).rejects.toMatchObject({
      title: `${name} needs the docker builder`,
      hint: 'Start a container engine and use builder: docker, or remove the setting.',
    })
    expect(seen).toEqual([])
  })
})

describe('the certificate authority', () => {
  test.each([
    ['the setting', 'set.pem', 'env.pem', 'set.pem'],
    ['the variable', undefined, 'env.pem', 'env.pem'],
    ['neither', undefined, undefined, undefined],
    ['neither, when the variable is empty', undefined, '', undefined],
  ])('is what %s says', async (_, setting, variable, expected) => {
    const folder = await folderWith({ 'set.pem': '', 'env.pem': '' })
    const given = setting === undefined ? {} : { 'ca-file': `${folder}/${setting}` }
    const environment = variable === undefined ? {} : { SSL_CERT_FILE: variable && `${folder}/${variable}` }
    const { creating, seen } = await choose({ builder: 'host', ...given }, environment)
    await using builder = await creating
    expect(builder.kind).toBe('host')
    expect(seen[0]?.['PIP_CERT']).toBe(expected && `${folder}/${expected}`)
  })
})

test('the indexes of pip’s own files are uv’s too', async () => {
  const home = await folderWith({ 'pip.conf': '[global]\nindex-url = https://own.example/simple\n' })
  const { creating, seen } = await choose({ builder: 'host' }, { HOME: home, PIP_CONFIG_FILE: join(home, 'pip.conf') })
  await using builder = await creating
  expect(builder.kind).toBe('host')
  expect(seen[0]).toMatchObject({ UV_DEFAULT_INDEX: 'https://own.example/simple' })
})
