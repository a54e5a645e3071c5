import { execFile } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { ensureAct, runAct } from '../../scripts/environment/act.ts'
import { notTried } from '../support/optional.ts'
import { REPOSITORY, startWorld } from '../support/world.ts'

const run = promisify(execFile)

test('a workflow with `uses: ./` deploys, migrates and hands on its outputs', async () => {
  const act = await ensureAct()
  if ('missing' in act) {
    notTried(act.missing)
    return
  }
  await using world = await startWorld()
  const workspace = join(world.folder, 'repository')
  await mkdir(workspace)
  for (const path of ['action.yml', 'dist', 'docker', 'runtime', '__tests__/fixtures'])
    await cp(join(REPOSITORY, path), join(workspace, path), { recursive: true })
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], {
      cwd: workspace,
    })
  await git('init', '--quiet', '--initial-branch', 'main')
  await git('remote', 'add', 'origin', 'https://example.org/owner/project.git')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'A project that deploys itself')

  const database = await world.postgres.createDatabase('act')
  const settings = Object.entries(world.inputs).map(([name, value]) => [
    `WSGI_LAMBDA_${name.toUpperCase().replaceAll('-', '_')}`,
    value,
  ])
  const deploy = () =>
    runAct({
      workflow: '__tests__/fixtures/workflows/deploy.yml',
      event: { name: 'push' },
      workspace,
      env: { ...world.env, ...(Object.fromEntries(settings) as Record<string, string>) },
      secrets: { DATABASE_URL: database },
    })
  const first = await deploy()
  expect(first.output).toContain('Applying ledger.0002_first_entry...One entry written, now counting')
  expect(first.output).toMatch(/changed=true url=https:\/\/\w+\.lambda-url\.eu-west-1\.on\.aws\/ version=1/)
  expect(first.output).not.toContain(database)
  expect(first.exitCode).toBe(0)
  const address = /url=(https:\S+)/.exec(first.output)?.[1] ?? ''
  expect((await world.visit(address)).text).toBe('Entries: 1\n')

  const again = await deploy()
  expect(again.output).toContain('changed=false')
  expect(again.exitCode).toBe(0)
}, 400_000)
