import { describe, expect, test } from '@jest/globals'
import { NO_CORS } from '../../src/aws/cors.ts'
import { SettingsError } from '../../src/errors.ts'
import { corsOf } from '../../src/settings/cors.ts'
import { type FunctionSettings, loadFunctionSettings } from '../../src/settings/settings.ts'
import { folderWith } from './project-folder.ts'

const load = async (given: Readonly<Record<string, unknown>>): Promise<FunctionSettings> =>
  loadFunctionSettings({
    project: await folderWith(),
    stage: undefined,
    environment: {},
    explicit: { given: { 'function-name': 'shop', ...given }, nameOf: String },
  })

async function titlesOf(given: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const error: unknown = await load(given).catch((thrown: unknown) => thrown)
  return error instanceof SettingsError ? error.problems.map(({ title }) => title) : []
}

test('what is set', async () => {
  const settings = await load({
    'cors-origins': 'https://www.example.org\nhttps://example.org',
    'cors-headers': 'content-type',
    'cors-credentials': 'true',
    'cors-max-age': '60',
  })
  expect(corsOf(settings)).toEqual({
    origins: ['https://www.example.org', 'https://example.org'],
    methods: ['*'],
    headers: ['content-type'],
    exposedHeaders: [],
    credentials: true,
    maxAge: 60,
  })
})

test('what nobody sets is left alone, and none takes it back', async () => {
  expect(corsOf(await load({}))).toBeUndefined()
  expect(corsOf(await load({ 'cors-origins': 'none' }))).toEqual(NO_CORS)
})

describe('contradictions', () => {
  test.each([
    [
      { 'cors-headers': 'etag', 'cors-max-age': '5' },
      ['cors-headers is set without cors-origins', 'cors-max-age is set without cors-origins'],
    ],
    [{ 'cors-origins': '*', 'cors-credentials': 'true' }, ['cors-credentials is set, and cors-origins is *']],
    [{ 'cors-origins': '*', 'function-url': 'none' }, ['cors-origins is set, and function-url is none']],
    [{ 'cors-origins': 'www.example.org' }, ['cors-origins is not valid']],
    [{ 'cors-origins': '*', 'cors-methods': 'OPTIONS' }, ['cors-methods is not valid']],
    [{ 'cors-origins': 'none', 'function-url': 'none' }, []],
  ])('%j', async (given, titles) => {
    expect(await titlesOf(given)).toEqual(titles)
  })
})
