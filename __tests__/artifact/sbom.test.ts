import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { describe, expect, test } from '@jest/globals'
import { billOfMaterials, type Material, type Materials } from '../../src/artifact/sbom.ts'
import { licensesOf } from '../../src/artifact/sbom-licenses.ts'

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)

/** Against the schema that CycloneDX publishes. */
async function valid(materials: Materials): Promise<Record<string, unknown>> {
  const text = JSON.stringify(billOfMaterials(materials))
  expect(await validator.validate(text)).toBeNull()
  return JSON.parse(text) as Record<string, unknown>
}

const material = (name: string, changes: Partial<Material> = {}): Material => ({
  ...{ name, version: '1.0', metadata: `Name: ${name}\nVersion: 1.0\n` },
  ...{ source: { kind: 'index' }, wheelSha256: 'a'.repeat(64), ...changes },
})

const shop: Materials = {
  application: { name: 'shop', version: '2.1', runtime: 'python3.13', architecture: 'arm64' },
  zips: [{ file: 'shop.zip', sha256: 'b'.repeat(64) }],
  productVersion: '1.2.3',
  hasRuntime: true,
  distributions: [
    material('django', { metadata: 'Name: Django\nLicense-Expression: BSD-3-Clause\n' }),
    material('sqlparse', { metadata: 'Name: sqlparse\n' }),
  ],
  graph: { roots: ['django'], requiredBy: new Map([['sqlparse', [{ name: 'django', extra: undefined }]]]) },
}

test('the schema refuses what is none', async () => {
  expect(await validator.validate('{"bomFormat": "CycloneDX", "specVersion": "1.6", "parts": []}')).not.toBeNull()
})

test('a bill of materials: components, hashes, licences and who requires whom', async () => {
  expect(await valid(shop)).toEqual({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: expect.stringMatching(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'wsgi-lambda', version: '1.2.3' }] },
      component: {
        ...{ type: 'application', 'bom-ref': 'application', name: 'shop', version: '2.1' },
        hashes: [{ alg: 'SHA-256', content: 'b'.repeat(64) }],
        properties: [
          { name: 'wsgi-lambda:runtime', value: 'python3.13' },
          { name: 'wsgi-lambda:architecture', value: 'arm64' },
        ],
      },
    },
    components: [
      {
        ...{ type: 'library', 'bom-ref': 'django@1.0', name: 'django', version: '1.0', purl: 'pkg:pypi/django@1.0' },
        hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
        licenses: [{ expression: 'BSD-3-Clause' }],
      },
      {
        ...{ type: 'library', 'bom-ref': 'sqlparse@1.0', name: 'sqlparse', version: '1.0' },
        ...{ purl: 'pkg:pypi/sqlparse@1.0', hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }] },
      },
      { type: 'library', 'bom-ref': 'wsgi-lambda-runtime', name: 'wsgi-lambda', version: '1.2.3' },
    ],
    dependencies: [
      { ref: 'application', dependsOn: ['django@1.0', 'wsgi-lambda-runtime'] },
      { ref: 'django@1.0', dependsOn: ['sqlparse@1.0'] },
      { ref: 'sqlparse@1.0', dependsOn: [] },
      { ref: 'wsgi-lambda-runtime', dependsOn: [] },
    ],
  })
})

test('the same materials have the same bill, and others another serial number', async () => {
  const [first, again, other] = await Promise.all([
    valid(shop),
    valid(shop),
    valid({ ...shop, zips: [{ file: 'shop.zip', sha256: 'c'.repeat(64) }] }),
  ])
  expect(again).toEqual(first)
  expect(other['serialNumber']).not.toBe(first['serialNumber'])
})

test('dependencies that are a layer have a zip of their own', async () => {
  const bill = await valid({ ...shop, zips: [...shop.zips, { file: 'shop.layer.zip', sha256: 'd'.repeat(64) }] })
  expect(bill['metadata']).toMatchObject({
    component: { components: [{ type: 'file', name: 'shop.layer.zip', hashes: [{ content: 'd'.repeat(64) }] }] },
  })
})

test('nothing but an application', async () => {
  const bill = await valid({
    ...shop,
    ...{ hasRuntime: false, distributions: [], graph: { roots: [], requiredBy: new Map() } },
    application: { ...shop.application, version: undefined },
  })
  expect(bill).toMatchObject({ components: [], dependencies: [{ ref: 'application', dependsOn: [] }] })
})

describe('where a distribution comes from', () => {
  test.each<[string, Material['source'], string | undefined]>([
    ['an index', { kind: 'index' }, 'pkg:pypi/demo@1.0'],
    ['a folder of the project', { kind: 'local', path: '/srv/demo', isEditable: false }, undefined],
    [
      'a repository, without its password',
      { kind: 'url', url: 'git+https://me:canary@git.example/demo.git@abc' },
      `pkg:pypi/demo@1.0?vcs_url=${encodeURIComponent('git+https://git.example/demo.git@abc')}`,
    ],
    [
      'an archive',
      { kind: 'url', url: 'https://files.example/demo-1.0.tar.gz' },
      `pkg:pypi/demo@1.0?download_url=${encodeURIComponent('https://files.example/demo-1.0.tar.gz')}`,
    ],
  ])('%s', async (_, source, purl) => {
    const distributions = [material('demo', { source, wheelSha256: undefined })]
    const { components } = await valid({ ...shop, distributions, hasRuntime: false })
    const [component] = components as readonly Record<string, unknown>[]
    expect([component?.['purl'], component?.['hashes']]).toEqual([purl, undefined])
  })
})

describe('licences', () => {
  test.each<[string, string, ReturnType<typeof licensesOf>]>([
    ['an expression', 'License-Expression: MIT OR Apache-2.0\nLicense: MIT', [{ expression: 'MIT OR Apache-2.0' }]],
    ['a name', 'License: BSD\nClassifier: License :: OSI Approved :: MIT License', [{ license: { name: 'BSD' } }]],
    [
      'classifiers',
      'License: UNKNOWN\nClassifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: MIT License\nClassifier: License :: Public Domain',
      [{ license: { name: 'MIT License' } }, { license: { name: 'Public Domain' } }],
    ],
    [
      'its whole text says less than a classifier',
      'License: Permission is hereby granted\n        free of charge\r\nClassifier: License :: OSI Approved :: MIT License',
      [{ license: { name: 'MIT License' } }],
    ],
    ['none', 'Name: demo\n\nLicense: in the description', []],
  ])('%s', (_, metadata, licenses) => {
    expect(licensesOf(metadata)).toEqual(licenses)
  })
})
