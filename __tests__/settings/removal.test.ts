import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { SettingsError } from '../../src/errors.ts'
import { loadProjectRemovalSettings, loadRemovalSettings } from '../../src/settings/settings.ts'

const load = (given: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string>> = {}) =>
  loadRemovalSettings({
    ...{ project: '.', stage: undefined, environment },
    explicit: { given, nameOf: (name) => `input ${name}` },
  })

test('a mistake in a setting that removal does not need keeps no preview alive', () => {
  expect(load({ 'function-name': 'shop', memory: '12' }, { WSGI_LAMBDA_TIMEOUT: 'soon' }).functionName).toBe('shop')
})

test.each([
  ['in one that it needs', { 'preview-database-access': 'anyhow' }, 'input preview-database-access is not valid'],
  ['in a name, which would have it remove more', { 'funtion-name': 'shop' }, 'input funtion-name is not a setting'],
])('a mistake %s is told', (_, given, title) => {
  expect(() => load(given)).toThrow(SettingsError)
  expect(() => load(given)).toThrow(title)
})

describe('with the file of the project', () => {
  const NAME = { 'function-name': 'shop' }

  /** @param file its text; undefined where there is none */
  async function loadWith(file: string | undefined, given: Readonly<Record<string, unknown>> = NAME) {
    const project = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
    try {
      if (file !== undefined) await writeFile(join(project, 'pyproject.toml'), file)
      return await loadProjectRemovalSettings({
        ...{ project, stage: undefined, environment: { AWS_REGION: 'eu-west-1' } },
        explicit: { given, nameOf: (name) => `input ${name}` },
      })
    } finally {
      await rm(project, { recursive: true })
    }
  }

  test('what it says of the removal is obeyed, by the stage of previews, whatever is wrong beside it', async () => {
    const file = `[tool.wsgi-lambda]
function-name = "shop-{{stage}}"
memory = "much"
role = "{{nothing}}"
allowed-account-ids = ["123456789012"]
before-destroy = ["manage export"]
comment = true

[tool.wsgi-lambda.stages.preview]
comment = false
github-environment = "none"
static = "s3://statics/shop"
timeout = "soon"
`
    expect(await loadWith(file, { runtime: 'python2.7' })).toMatchObject({
      ...{ functionName: 'shop-preview', region: 'eu-west-1' },
      ...{ allowedAccountIds: ['123456789012'], beforeDestroy: ['manage export'], static: 's3://statics/shop' },
      ...{ comment: false, githubEnvironment: 'none' },
    })
    expect(await loadWith(file, { comment: 'true' })).toMatchObject({ comment: true })
  })

  test.each([
    ['there is none', undefined],
    ['it cannot be read, and says nothing of the removal', '[tool.wsgi-lambda\nstatic-folder = "comment"\n'],
  ])('nothing is missed where %s', async (_, file) => {
    expect(await loadWith(file)).toMatchObject({ functionName: 'shop', allowedAccountIds: [] })
  })

  test.each([
    ...['allowed-account-ids = ["123456789012"]', '"before-destroy"=["manage export"]'],
    'tool.wsgi-lambda.static = "s3://statics/shop"',
  ])('one that cannot be read and says of it is told: %s', async (line) => {
    await expect(loadWith(`[tool.wsgi-lambda\n${line}\n`)).rejects.toThrow('pyproject.toml is not valid TOML')
  })

  test.each([
    ['a wrong account', 'allowed-account-ids = ["12"]', 'allowed-account-ids in pyproject.toml is not valid'],
    ['a misspelled one', 'allowed-acount-ids = []', 'allowed-acount-ids in pyproject.toml is not a setting'],
    ['a placeholder that nobody fills', 'static = "s3://statics/{{stage}}"', 'static uses {{stage}}'],
  ])('%s is told', async (_, line, title) => {
    await expect(loadWith(`[tool.wsgi-lambda]\n${line}\n`)).rejects.toThrow(title)
  })

  test('a function that nobody has named is told, and so is one with a name that none can have', async () => {
    await expect(loadWith(undefined, {})).rejects.toThrow('function-name is missing')
    await expect(loadWith(undefined, { 'function-name': 'no name' })).rejects.toThrow(
      'input function-name is not valid',
    )
  })

  test('a folder that is not there is told', async () => {
    const project = join(tmpdir(), 'wsgi-lambda-test-missing')
    const origin = { project, stage: undefined, environment: {}, explicit: { given: NAME, nameOf: String } }
    await expect(loadProjectRemovalSettings(origin)).rejects.toThrow('is not a folder')
  })
})
