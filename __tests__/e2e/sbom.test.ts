import { createHash } from 'node:crypto'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { findPythons } from '../../scripts/environment/pythons.ts'
import { type ActionResult, runAction } from '../support/action-runner.ts'
import { machineVariables } from '../support/world.ts'

jest.setTimeout(120_000)

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-sbom-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function build(project: string): Promise<ActionResult> {
  const [python] = await findPythons()
  if (!python) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  return await runAction({
    inputs: {
      ...{ command: 'build', builder: 'host', runtime: `python${python.minor}`, 'python-bin': python.path },
      ...{ check: 'false', cache: 'false', output: 'build/app.zip', sbom: 'build/sbom.cdx.json' },
    },
    env: { ...machineVariables(), RUNNER_TOOL_CACHE: join(folder, 'tools') },
    workspace: project,
  })
}

test('a build writes the bill of its artifact, and says where it is', async () => {
  const project = await mkdtemp(join(folder, 'project-'))
  await writeFile(join(project, 'wsgi.py'), 'def application(environ, start_response): ...\n')
  await writeFile(join(project, 'requirements.txt'), 'idna==3.10\n')
  const { exitCode, log, outputs } = await build(project)
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
  expect(await realpath(outputs['sbom'] ?? '')).toBe(join(project, 'build/sbom.cdx.json'))
  const text = await readFile(outputs['sbom'] ?? '', 'utf8')
  // Against the schema that CycloneDX publishes.
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull()
  const zip = await readFile(outputs['artifact'] ?? '')
  const bill = JSON.parse(text) as { components: { purl?: string }[] }
  expect(bill).toMatchObject({
    specVersion: '1.6',
    metadata: {
      component: { hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(zip).digest('hex') }] },
    },
  })
  expect(bill.components.map(({ purl }) => purl)).toContain('pkg:pypi/idna@3.10')
  // The file lies in the project, and is not in the next artifact: so nothing changes.
  const again = await build(project)
  expect(again.outputs['code-sha256']).toBe(outputs['code-sha256'])
  expect(await readFile(outputs['sbom'] ?? '', 'utf8')).toBe(text)
})
