import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { machineVariables, REPOSITORY, runNode } from '../support/world.ts'

test('npm run demo -- --once builds, deploys, migrates, answers and leaves nothing running', async () => {
  const demo = await runNode([join(REPOSITORY, 'scripts/demo.ts'), '--once'], {
    env: machineVariables(),
    cwd: REPOSITORY,
  })
  expect(demo.stderr).toBe('')
  expect(demo.stdout).toContain('Applying notes.0002_first_notes... OK')
  expect(demo.stdout).toContain('│ This note came with the migrations.')
  expect(demo.stdout).toContain('with PostgreSQL, version 1 of wsgi-lambda-demo')
  expect(demo.stdout).toContain('[X] 0002_first_notes')
  expect(demo.exitCode).toBe(0)
  const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(demo.stdout)?.[1] ?? ''
  await expect(fetch(`http://127.0.0.1:${port}/_ministack/health`)).rejects.toThrow('fetch failed')
}, 300_000)
