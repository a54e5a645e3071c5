import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import Docker from 'dockerode'
import { startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import type { BuildResult } from '../../src/commands/build.ts'
import { notTried } from '../support/optional.ts'
import { type Ended, machineVariables, REPOSITORY, runNode } from '../support/world.ts'

/** collectstatic in the Lambda image. */

jest.setTimeout(300_000)

const engine = await startEngine()
if ('missing' in engine) {
  test('a container engine is there (the tests of collectstatic in the image are left out)', () => {
    notTried(engine.missing)
  })
} else {
  afterAll(() => engine.stop(), 90_000)
  tests()
}

function tests(): void {
  let folder: string
  beforeAll(async () => {
    await ensureLambdaImages(['3.13'])
    folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-static-image-'))
  }, 600_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const build = (...flags: readonly string[]): Promise<Ended> => {
    const project = join(REPOSITORY, '__tests__/fixtures/static-django')
    const own = [
      '--project',
      project,
      '--output',
      join(folder, 'pages.zip'),
      '--store',
      join(folder, 'store'),
      '--json',
    ]
    const target = ['--builder', 'docker', '--runtime', 'python3.13', '--static', 's3://statics/shop']
    const cli = join(REPOSITORY, 'dist/cli.cjs')
    return runNode([cli, 'build', ...own, ...target, ...flags], { env: machineVariables(), cwd: folder })
  }

  test('the files are collected, and the artifact finds their names when it is checked', async () => {
    const { exitCode, stdout, stderr } = await build('--check', '--check-status', '200')
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
    expect(stderr).toMatch(/collectstatic: in public\.ecr\.aws\/lambda\/python:3\.13/)
    const { static: statics, check } = JSON.parse(stdout) as BuildResult
    expect(check).toBe('passed')
    const index = JSON.parse(await readFile(join(folder, 'pages.static.json'), 'utf8')) as { files: { path: string }[] }
    expect(index.files).toHaveLength(statics?.files ?? 0)
    expect(index.files.map(({ path }) => path)).toContainEqual(
      expect.stringMatching(/^pages\/site\.[0-9a-f]{12}\.css$/),
    )
    const { Volumes } = await new Docker().listVolumes({ filters: { label: ['wsgi-lambda=1'], dangling: ['true'] } })
    expect((Volumes as readonly unknown[] | null) ?? []).toEqual([])
  })

  test('and not again where nothing has changed', async () => {
    const { exitCode, stderr } = await build('--check', '--check-status', '200')
    expect(exitCode).toBe(0)
    expect(stderr).not.toContain('collectstatic')
    expect(stderr).toContain('this artifact passed before')
  })

  test('it has no network, and the task root is read-only', async () => {
    const { exitCode, stderr } = await build('--check-environment', 'PAGES_PROBE=1')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('collectstatic failed')
    expect(stderr).toContain("OSError: networks: ['lo'], task root: read-only")
  })
}
