import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { SettingsError } from '../../src/errors.ts'
import { type Pyproject, pyprojectSources, readIfPresent, readPyproject } from '../../src/settings/pyproject.ts'
import { folderWith } from './project-folder.ts'

const read = async (text: string): Promise<Pyproject> => readPyproject(await folderWith({ 'pyproject.toml': text }))

async function mistakes(text: string): Promise<SettingsError> {
  const thrown: unknown = await read(text).catch((error: unknown) => error)
  if (thrown instanceof SettingsError) return thrown
  throw new Error('Nothing was reported')
}

describe('pyproject.toml', () => {
  test('is not needed', async () => {
    expect(await readPyproject(await folderWith())).toEqual({
      exists: false,
      text: '',
      hasDependencies: false,
      project: {},
      settings: {},
      stages: {},
      problems: [],
    })
  })

  test('may say nothing of this program', async () => {
    const text = '[build-system]\nrequires = []\n'
    expect(await read(text)).toEqual({
      exists: true,
      text,
      hasDependencies: false,
      project: {},
      settings: {},
      stages: {},
      problems: [],
    })
  })

  test('has the project, settings, and stages apart from them', async () => {
    const text = `
[project]
name = "shop"
requires-python = ">=3.12"
[tool.wsgi-lambda]
memory = 512
[tool.wsgi-lambda.environment]
A = "1"
[tool.wsgi-lambda.stages.production]
memory = 1024
[tool.wsgi-lambda.stages.blue]
`
    expect(await read(text)).toEqual({
      exists: true,
      text,
      hasDependencies: false,
      project: { name: 'shop', 'requires-python': '>=3.12' },
      settings: { memory: 512, environment: { A: '1' } },
      stages: { production: { memory: 1024 }, blue: {} },
      problems: [],
    })
  })

  test.each([
    ['tool.wsgi-lambda = "x"', 'tool.wsgi-lambda in pyproject.toml is not a table'],
    ['[tool.wsgi-lambda]\nstages = ["x"]', 'tool.wsgi-lambda.stages in pyproject.toml is not a table'],
    ['[tool.wsgi-lambda.stages]\nblue = true', 'tool.wsgi-lambda.stages.blue in pyproject.toml is not a table'],
    ['[[tool.wsgi-lambda]]\nmemory = 1', 'tool.wsgi-lambda in pyproject.toml is not a table'],
  ])('%j is not passed over', async (text, title) => {
    expect(pyprojectSources(await read(text), undefined).problems).toEqual([{ title }])
  })

  test('that is no TOML is reported with its line, without the values around it', async () => {
    const error = await mistakes('[tool.wsgi-lambda.environment]\nSECRET_KEY = "hunter2"\nDATABASE_URL = "hunter3\n')
    expect(error.exitCode).toBe(2)
    expect(error.problems).toEqual([
      {
        title: expect.stringMatching(/^pyproject\.toml is not valid TOML \(line 3, column \d+\)$/),
        detail: expect.stringMatching(/^\S.*$/),
        location: { file: 'pyproject.toml', line: 3 },
      },
    ])
    expect(JSON.stringify(error.problems)).not.toContain('hunter')
  })
})

describe('sources', () => {
  const pyproject: Pyproject = {
    exists: true,
    text: '',
    hasDependencies: false,
    project: {},
    settings: { memory: 512 },
    stages: { production: { memory: 1024 }, staging: {} },
    problems: [],
  }

  test('without a stage: the table alone', () => {
    const { sources, problems } = pyprojectSources(pyproject, undefined)
    expect(problems).toEqual([])
    expect(sources.map(({ given, nameOf }) => [given, nameOf('memory')])).toEqual([
      [{ memory: 512 }, 'memory in pyproject.toml'],
    ])
  })

  test('with a stage: its table over it', () => {
    const { sources, problems } = pyprojectSources(pyproject, 'production')
    expect(problems).toEqual([])
    expect(sources.map(({ given, nameOf }) => [given, nameOf('memory')])).toEqual([
      [{ memory: 512 }, 'memory in pyproject.toml'],
      [{ memory: 1024 }, 'memory of stage production in pyproject.toml'],
    ])
  })

  test.each([
    ['productoin', 'The stage "productoin" is not known', 'Did you mean production? Known: production, staging.'],
    ['qa', 'The stage "qa" is not known', 'Known: production, staging.'],
    ['constructor', 'The stage "constructor" is not known', 'Known: production, staging.'],
  ])('an unknown stage %s', (stage, title, hint) => {
    expect(pyprojectSources(pyproject, stage).problems).toEqual([{ title, hint }])
  })

  test('a stage where there are none', () => {
    expect(pyprojectSources({ ...pyproject, stages: {} }, 'qa').problems).toEqual([
      {
        title: 'The stage "qa" is not known: pyproject.toml has no stages',
        hint: 'Add a table [tool.wsgi-lambda.stages.qa] (it may be empty), or leave the stage out.',
      },
    ])
  })
})

test('a file that cannot be read is not a file that is missing', async () => {
  const folder = await folderWith({ 'a/b': 'text' })
  expect(await readIfPresent(join(folder, 'a/b'))).toBe('text')
  expect(await readIfPresent(join(folder, 'c'))).toBeUndefined()
  await expect(readIfPresent(join(folder, 'a'))).rejects.toMatchObject({ code: 'EISDIR' })
})
