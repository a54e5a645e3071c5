import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Artifact } from '../../src/artifact/outputs.ts'
import { writeBillOfMaterials } from '../../src/artifact/sbom-file.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import { folderWith } from '../settings/project-folder.ts'
import { rawZip } from '../support/wheels.ts'

const pinOf = (name: string, source: Pin['source'] = { kind: 'index' }): Pin => ({
  ...{ name, version: '1.0', hashes: [], source, requiredBy: [], location: undefined },
})

test('what stands in the zip and in the layer is in the bill, with who asked for it', async () => {
  const folder = await folderWith()
  const zip = async (name: string, files: Readonly<Record<string, string>>): Promise<Artifact> => {
    const path = join(folder, name)
    await writeFile(path, rawZip(Object.entries(files).map(([file, content]) => ({ name: file, content }))))
    const nothing = { codeSha256: '', zipBytes: 0, unzippedBytes: 0, entries: 0 }
    return { ...nothing, path, sha256: name.padEnd(64, '0') }
  }
  const project = await folderWith({
    'requirements.txt': 'Django\n./own\n',
    'pyproject.toml': '[project]\nname = "shop"\nversion = "2.1"\n',
    'own/pyproject.toml': '[project]\nname = "own"\n',
  })
  const layer = {
    'python/Django-1.0.dist-info/METADATA':
      "Name: Django\nVersion: 1.0\nRequires-Dist: sqlparse; python_version > '3'\n",
    'python/sqlparse-1.0.dist-info/METADATA': 'Name: sqlparse\nVersion: 1.0\n',
    'python/django/not.dist-info/deeper/METADATA': 'Name: wrong\nVersion: 1.0\n',
  }
  const assembled = {
    artifact: await zip('a.zip', { 'own-1.0.dist-info/METADATA': 'Name: own\nVersion: 1.0\n' }),
    layer: await zip('a.layer.zip', layer),
    wheels: new Map([['sqlparse', 'f'.repeat(64)]]),
  }
  const pins = [
    pinOf('django'),
    pinOf('sqlparse'),
    pinOf('own', { kind: 'local', path: '/srv/own', isEditable: false }),
  ]
  const path = join(folder, 'new/sbom.json')
  const settings = {
    ...{ project, manifest: { kind: 'requirements', path: 'requirements.txt' } as const, handler: 'none' as const },
    target: targetOf('python3.13', 'x86_64'),
  }
  await writeBillOfMaterials(path, settings, { assembled, pins, productVersion: '1.2.3' })
  const bill = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  expect(bill).toMatchObject({
    metadata: { component: { name: 'shop', version: '2.1', components: [{ name: 'a.layer.zip' }] } },
    components: [
      { name: 'django', purl: 'pkg:pypi/django@1.0' },
      { name: 'own' },
      { name: 'sqlparse', hashes: [{ content: 'f'.repeat(64) }] },
    ],
    dependencies: [
      { ref: 'application', dependsOn: ['django@1.0', 'own@1.0'] },
      { ref: 'django@1.0', dependsOn: ['sqlparse@1.0'] },
      { ref: 'own@1.0', dependsOn: [] },
      { ref: 'sqlparse@1.0', dependsOn: [] },
    ],
  })
  expect((bill['components'] as readonly object[])[1]).not.toHaveProperty('purl')
})
