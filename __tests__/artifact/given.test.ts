import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readArtifact } from '../../src/artifact/given.ts'
import { rawZip } from '../support/wheels.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const CONFIGURATION = JSON.stringify({ app: 'wsgi:application', runtime: 'python3.13', architecture: 'arm64' })
const METADATA = 'Metadata-Version: 2.1\nName: Some_Package\nVersion: 1.2\n'
const RECORD = 'some_package.py,,\nsome_package-1.2.dist-info/METADATA,,\nsome_package-1.2.dist-info/RECORD,,\n'

async function zipOf(files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, 'app.zip')
  await writeFile(path, rawZip(Object.entries(files).map(([name, content]) => ({ name, content }))))
  return path
}

test('a zip that was built before says what it is', async () => {
  const path = await zipOf({
    'wsgi.py': 'application = None\n',
    'wsgi_lambda.json': CONFIGURATION,
    'some_package.py': '',
    'some_package-1.2.dist-info/METADATA': METADATA,
    'some_package-1.2.dist-info/RECORD': RECORD,
  })
  const { artifact, ...rest } = await readArtifact(path)
  expect(artifact).toMatchObject({ path, zipBytes: (await readFile(path)).length, entries: 5 })
  expect(rest).toMatchObject({
    runtime: 'python3.13',
    architecture: 'arm64',
    packages: [{ name: 'some-package', version: '1.2', unzippedBytes: METADATA.length + RECORD.length }],
  })
})

test.each([
  ['streams', true],
  ['does not', false],
])('a zip that was built with a runtime that %s says so', async (_, streaming) => {
  const told = { ...(JSON.parse(CONFIGURATION) as object), ...(streaming ? { streaming } : {}) }
  const path = await zipOf({ 'wsgi.py': '', 'wsgi_lambda.json': JSON.stringify(told) })
  expect(await readArtifact(path)).toMatchObject({ streaming })
})

describe('one that was built with its dependencies as a layer', () => {
  const parts = {
    'wsgi.py': '',
    'wsgi_lambda.json': JSON.stringify({ ...(JSON.parse(CONFIGURATION) as object), 'dependencies-layer': true }),
  }

  test('comes with the layer beside it', async () => {
    const path = await zipOf(parts)
    const layer = join(folder, 'app.layer.zip')
    const files = {
      'python/some_package.py': '',
      'python/some_package-1.2.dist-info/METADATA': METADATA,
      'python/some_package-1.2.dist-info/RECORD': RECORD,
    }
    await writeFile(layer, rawZip(Object.entries(files).map(([name, content]) => ({ name, content }))))
    expect(await readArtifact(path)).toMatchObject({
      artifact: { path, entries: 2 },
      layer: { path: layer, entries: 3, zipBytes: (await readFile(layer)).length },
      packages: [{ name: 'some-package', version: '1.2', unzippedBytes: METADATA.length + RECORD.length }],
    })
  })

  test('is refused without it: the function would have no dependencies', async () => {
    const path = await zipOf(parts)
    await expect(readArtifact(path)).rejects.toMatchObject({
      title: `The layer ${join(folder, 'app.layer.zip')} does not exist, which has the dependencies of ${path}`,
      exitCode: 2,
    })
  })
})

describe('any other file is refused as one that the user gave', () => {
  const refusal = { name: 'UserError', exitCode: 2 }

  test('none', async () => {
    await expect(readArtifact(join(folder, 'missing.zip'))).rejects.toMatchObject(refusal)
  })

  test('a folder', async () => {
    await mkdir(join(folder, 'unpacked'))
    await expect(readArtifact(join(folder, 'unpacked'))).rejects.toMatchObject(refusal)
  })

  test('no zip', async () => {
    await writeFile(join(folder, 'app.zip'), 'text '.repeat(100))
    await expect(readArtifact(join(folder, 'app.zip'))).rejects.toMatchObject(refusal)
  })

  test.each<[string, string | undefined]>([
    ['without a configuration', undefined],
    ['whose configuration is not JSON', 'app: wsgi'],
    ['whose configuration is no object', 'null'],
    ['that names no runtime', '{"app": "wsgi:application", "architecture": "arm64"}'],
    ['for a runtime that there is not', '{"runtime": "python2.7", "architecture": "arm64"}'],
    ['for an architecture that there is not', '{"runtime": "python3.13", "architecture": "sparc"}'],
  ])('a zip %s', async (_, configuration) => {
    const path = await zipOf({ 'wsgi.py': '', ...(configuration && { 'wsgi_lambda.json': configuration }) })
    await expect(readArtifact(path)).rejects.toMatchObject(refusal)
  })

  test('a zip that was damaged on its way', async () => {
    const path = await zipOf({ 'wsgi_lambda.json': CONFIGURATION })
    const bytes = await readFile(path)
    const content = bytes.indexOf('wsgi_lambda.json') + 'wsgi_lambda.json'.length
    for (const at of [content, content + 20]) {
      await writeFile(path, bytes.with(at, ~bytes.readUInt8(at) & 0xff))
      await expect(readArtifact(path)).rejects.toMatchObject(refusal)
    }
  })
})
