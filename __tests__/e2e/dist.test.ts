import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { machineVariables, REPOSITORY, runNode } from '../support/world.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-dist-'))
  const built = await runNode([join(REPOSITORY, 'scripts/build.ts'), folder], {
    env: machineVariables(),
    cwd: REPOSITORY,
  })
  expect(built).toMatchObject({ exitCode: 0 })
}, 120_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('dist/ is what the sources give', async () => {
  const names = (await readdir(folder)).toSorted()
  expect((await readdir(join(REPOSITORY, 'dist'))).toSorted()).toEqual(names)
  for (const name of names) {
    const [committed, fresh] = await Promise.all(
      [join(REPOSITORY, 'dist', name), join(folder, name)].map((path) => readFile(path, 'utf8')),
    )
    // Not compared by toBe: a difference of megabytes is no message.
    if (committed !== fresh) throw new Error(`dist/${name} is not fresh: run npm run build and commit it`)
  }
})

test('dist/licenses.txt names what is bundled, with the text of each licence', async () => {
  const licences = await readFile(join(folder, 'licenses.txt'), 'utf8')
  for (const name of [
    '@actions/core',
    '@actions/exec',
    '@aws-sdk/client-lambda',
    'commander',
    'dockerode',
    'ignore',
    'leven',
    'smol-toml',
    'valibot',
  ]) {
    expect(licences).toMatch(new RegExp(`^${name.replace('/', '\\/')} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
  }
  expect(licences).toContain('Permission is hereby granted, free of charge')
})

test('nothing of this machine stands in the bundles', async () => {
  for (const name of ['index.cjs', 'cli.cjs', 'cli-run.cjs', 'licenses.txt']) {
    expect((await readFile(join(folder, name), 'utf8')).includes(REPOSITORY)).toBe(false)
  }
})
