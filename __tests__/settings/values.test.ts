import { describe, expect, test } from '@jest/globals'
import type { Problem } from '../../src/errors.ts'
import { SETTING_NAMES, SETTINGS, type Values } from '../../src/settings/schema.ts'
import { suggestion } from '../../src/settings/suggestion.ts'
import { checkValues, type Source } from '../../src/settings/values.ts'

const flags = (given: Record<string, unknown>): Source => ({ given, nameOf: (name) => `--${name}` })

function accepted(given: Record<string, unknown>): Values {
  const { values, problems } = checkValues([flags(given)])
  expect(problems).toEqual([])
  return values
}

function refused(given: Record<string, unknown>): readonly Problem[] {
  return checkValues([flags(given)]).problems
}

const SMOKE_LINES = ['/', '/login 200 Sign in', '/a?b=1 2xx', '/c 200-399']

describe('a value that is accepted', () => {
  test.each<[string, unknown, keyof Values, unknown]>([
    ['app', 'mysite.wsgi:application', 'app', 'mysite.wsgi:application'],
    ['app', 'shop:create_app()', 'app', 'shop:create_app()'],
    ['app', 'shop.app', 'app', 'shop.app'],
    ['app', 'src/shop/api.app', 'app', 'src/shop/api.app'],
    ['app', '  app:app\n', 'app', 'app:app'],
    ['app', '_private.wsgi:_app2', 'app', '_private.wsgi:_app2'],
    ['runtime', 'python3.10', 'runtime', 'python3.10'],
    ['architecture', 'arm64', 'architecture', 'arm64'],
    ['builder', 'host', 'builder', 'host'],
    ['memory', '512', 'memory', 512],
    ['memory', 512, 'memory', 512],
    ['memory', ' 128 ', 'memory', 128],
    ['memory', '10240', 'memory', 10_240],
    ['timeout', '1', 'timeout', 1],
    ['timeout', 900, 'timeout', 900],
    ['migrate', true, 'migrate', true],
    ['migrate', 'true', 'migrate', true],
    ['migrate', 'True', 'migrate', true],
    ['migrate', 'TRUE', 'migrate', true],
    ['smoke', 'false', 'smoke', false],
    ['smoke', 'False', 'smoke', false],
    ['smoke', 'FALSE', 'smoke', false],
    ['smoke', false, 'smoke', false],
    ['exclude', 'docs/\n\n  # not this\r\n  *.md  \n', 'exclude', ['docs/', '*.md']],
    ['exclude', '', 'exclude', []],
    ['exclude', ['docs/', '*.md'], 'exclude', ['docs/', '*.md']],
    ['before-traffic', 'manage migrate # all of them', 'beforeTraffic', ['manage migrate # all of them']],
    [
      'environment',
      'A=1\n\n# B=2\r\n C = two words \nD=\nE==x=y',
      'environment',
      { A: '1', C: 'two words', D: '', E: '=x=y' },
    ],
    ['environment', 'A=1\nA=2', 'environment', { A: '2' }],
    ['environment', '{"A": "1", "B": 2, "C": true}', 'environment', { A: '1', B: '2', C: 'true' }],
    ['environment', ' \n{"A": "x\\ny"}', 'environment', { A: 'x\ny' }],
    ['environment', { A: 'a', B: 2, C: false }, 'environment', { A: 'a', B: '2', C: 'false' }],
    ['environment', '', 'environment', {}],
    ['text-mime-types', 'application/geo+json\nmodel/*', 'textMimeTypes', ['application/geo+json', 'model/*']],
    ['binary-mime-types', ['image/*', 'Application/X-Foo'], 'binaryMimeTypes', ['image/*', 'Application/X-Foo']],
    ['non-proxy-integration', 'true', 'nonProxyIntegration', true],
    ['legacy-environ', true, 'legacyEnviron', true],
    ['streaming', 'True', 'streaming', true],
    ['report-batch-item-failures', true, 'reportBatchItemFailures', true],
    ['on-import-error', 'serve', 'onImportError', 'serve'],
    ['function-name', 'Shop_prod-1', 'functionName', 'Shop_prod-1'],
    ['function-name', 'shop-{{stage}}', 'functionName', 'shop-{{stage}}'],
    ['function-name', 'shop-{{ stage }}-x', 'functionName', 'shop-{{ stage }}-x'],
    ['alias', '1a', 'alias', '1a'],
    ['alias', 'a'.repeat(128), 'alias', 'a'.repeat(128)],
    [
      'role',
      'arn:aws-us-gov:iam::123456789012:role/team/shop',
      'role',
      'arn:aws-us-gov:iam::123456789012:role/team/shop',
    ],
    ['smoke-path', '/health?deep=1', 'smokePath', '/health?deep=1'],
    ['smoke-host', 'www.example.org:8443', 'smokeHost', 'www.example.org:8443'],
    ['smoke-requests', '/\n/login 200 Sign in\n/a?b=1 2xx\n/c 200-399', 'smokeRequests', SMOKE_LINES],
    ['url-origin', 'http://127.0.0.1:4566/{id}', 'urlOrigin', 'http://127.0.0.1:4566/{id}'],
    ['description', 7, 'description', '7'],
  ])('%s: %j', (name, given, key, value) => {
    expect(accepted({ [name]: given })[key]).toEqual(value)
  })
})

describe('a value that is refused', () => {
  test.each<[string, unknown]>([
    ['app', 'mysite'],
    ['app', 'my site:app'],
    ['app', 'mysite:'],
    ['app', ':app'],
    ['app', 'mysite:create_app(1)'],
    ['app', 'mysite:app; import os'],
    ['runtime', 'python3.9'],
    ['runtime', 3.13],
    ['architecture', 'x64'],
    ['memory', 127],
    ['memory', '10241'],
    ['memory', '1 GB'],
    ['memory', '-512'],
    ['memory', '512.5'],
    ['memory', ''],
    ['timeout', 0],
    ['timeout', '901'],
    ['migrate', 'yes'],
    ['migrate', 1],
    ['migrate', ''],
    ['exclude', 7],
    ['exclude', ['a', 7]],
    ['text-mime-types', 'json'],
    ['text-mime-types', 'text/html; charset=utf-8'],
    ['text-mime-types', '*/*'],
    ['binary-mime-types', ['image/png', 'image/']],
    ['binary-mime-types', 'image/*.png'],
    ['on-import-error', 'ignore'],
    ['legacy-environ', 'yes'],
    ['streaming', 'RESPONSE_STREAM'],
    ['function-name', 'a b'],
    ['function-name', 'shop-{{url}}'],
    ['alias', '17'],
    ['alias', 'a'.repeat(129)],
    ['alias', 'live/blue'],
    ['role', 'arn:aws:iam::123:role/shop'],
    ['role', 'arn:aws:iam::123456789012:user/shop'],
    ['smoke-path', 'health'],
    ['smoke-host', 'https://example.org'],
    ['smoke-requests', 'login'],
    ['smoke-requests', '/login Sign in'],
    ['smoke-requests', '/login 600'],
    ['traffic', '100% 5m'],
    ['traffic', '0% 5m'],
    ['traffic', '10% 5 minutes'],
    ['traffic', '10%'],
    ['url-origin', 'ftp://x'],
    ['description', '   '],
    ['description', null],
    ['description', ['a']],
  ])('%s: %j, with what was given, what is allowed and an example', (name, given) => {
    const { format, example } = SETTINGS[name as keyof typeof SETTINGS]
    expect(refused({ [name]: given })).toEqual([
      {
        title: `--${name} is not valid`,
        detail: `Given: ${JSON.stringify(given)}`,
        hint: `Allowed: ${format}. Example: ${example}`,
      },
    ])
  })

  test.each<[string, unknown]>([
    ['a line without =', 'A=1\nhunter2'],
    ['a line without a name', '=hunter2'],
    ['a name with a space', 'MY KEY=hunter2'],
    ['a name that starts with a digit', '1A=hunter2'],
    ['a name with a dash', { 'A-B': 'hunter2' }],
    ['broken JSON', '{"A": "hunter2"'],
    ['nested JSON', '{"A": {"B": "hunter2"}}'],
    ['null in JSON', '{"A": null, "B": "hunter2"}'],
    ['a list in TOML', ['A=hunter2']],
    ['a nested table', { A: { B: 'hunter2' } }],
    ['a number', 7],
  ])('environment: %s, without a word of what was given', (_, given) => {
    const problems = refused({ environment: given })
    expect(problems).toEqual([
      {
        title: '--environment is not valid',
        detail: undefined,
        hint: `Allowed: ${SETTINGS.environment.format}. Example: ${SETTINGS.environment.example}`,
      },
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })
})

test('environment cannot hold the variable that secrets makes', () => {
  expect(refused({ environment: 'A=1\nWSGI_LAMBDA_SECRETS={"B": "hunter2"}' })).toEqual([
    {
      title: '--environment: WSGI_LAMBDA_SECRETS is not valid',
      hint: 'Write the setting secrets instead: the variable is made of it.',
    },
  ])
})

describe('every setting', () => {
  test.each(SETTING_NAMES)('%s takes its own example', (name) => {
    expect(refused({ [name]: SETTINGS[name].example })).toEqual([])
  })

  test.each(SETTING_NAMES)('%s says what it is, ends with a full stop, and names its default', (name) => {
    const setting: { description: string; default?: unknown } = SETTINGS[name]
    expect(setting.description).toMatch(/^[A-Z`m].*\.$/)
    if (setting.default !== undefined) expect(refused({ [name]: setting.default })).toEqual([])
  })
})

describe('several sources', () => {
  const file: Source = { given: { memory: 256, timeout: 5, alias: 'blue' }, nameOf: (name) => `${name} in the file` }
  const variables: Source = { given: { memory: '512', timeout: '6' }, nameOf: (name) => name.toUpperCase() }

  test('the last one that says something wins, and is remembered', () => {
    const { values, problems, origins } = checkValues([file, variables, flags({ memory: 1024, alias: undefined })])
    expect(problems).toEqual([])
    expect(values).toMatchObject({ memory: 1024, timeout: 6, alias: 'blue', smokePath: '/' })
    expect(Object.fromEntries(origins)).toEqual({ memory: '--memory', timeout: 'TIMEOUT', alias: 'alias in the file' })
  })

  test('without any, defaults hold', () => {
    const { values } = checkValues([])
    expect(values).toMatchObject({ alias: 'live', builder: 'auto', exclude: [], environment: {} })
    expect(values.app).toBeUndefined()
    expect(values.memory).toBeUndefined()
  })

  test.each(['environment', 'secrets', 'events'] as const)('entries of %s add up, and the last one wins', (name) => {
    const [first, second] = name === 'events' ? (['shop:a', 'shop:b'] as const) : (['ssm:a', 'ssm:b'] as const)
    const [kept, changed] = name === 'events' ? (['sqs', 's3'] as const) : (['A', 'B'] as const)
    const { values, problems } = checkValues([
      { ...file, given: { [name]: { [kept]: first, [changed]: first } } },
      flags({ [name]: `${changed}=${second}` }),
    ])
    expect(problems).toEqual([])
    expect(values[name]).toEqual({ [kept]: first, [changed]: second })
  })

  test('every mistake of every source is reported, in the words of its source', () => {
    const { problems } = checkValues([
      { ...file, given: { memory: 1, timout: 5 } },
      { ...variables, given: { alias: '1', 'memory-size': '' } },
      flags({ smoke: 'perhaps', architecture: 'arm64' }),
    ])
    expect(problems.map(({ title, hint }) => `${title} | ${hint ?? ''}`)).toEqual([
      'memory in the file is not valid | Allowed: a whole number, 128 to 10240 (MB). Example: 1024',
      'timout in the file is not a setting | Did you mean timeout in the file?',
      expect.stringMatching(/^ALIAS is not valid \| Allowed: 1 to 128 letters/),
      expect.stringMatching(/^MEMORY-SIZE is not a setting \| /),
      '--smoke is not valid | Allowed: true, false. Example: false',
    ])
  })

  test('a name that only objects have is not a setting', () => {
    const titles = refused({ constructor: 'x', toString: 'y' }).map(({ title }) => title)
    expect(titles).toEqual(['--constructor is not a setting', '--toString is not a setting'])
  })
})

describe('a suggestion', () => {
  test.each([
    ['memroy', ['memory', 'timeout'], 'Did you mean memory?'],
    ['prod', ['production', 'staging'], 'Known: production, staging.'],
    ['productoin', ['production', 'staging'], 'Did you mean production?'],
    ['zzz', ['a', 'b'], 'Known: a, b.'],
    ['function_name', ['function-name', 'function-url'], 'Did you mean function-name?'],
  ])('for %s among %j', (name, known, said) => {
    expect(suggestion(name, known)).toBe(said)
  })

  test('is written as the user writes it', () => {
    expect(suggestion('memroy', ['memory'], (name) => `input ${name}`)).toBe('Did you mean input memory?')
  })
})

test.each([
  ['manage\nmanage migrate --fake\nflask\nexec\nshell', []],
  ['none', []],
  ['', []],
  ['mange', ['commands is not valid']],
  ['exec print(1)', ['commands is not valid']],
  ['manages', ['commands is not valid']],
])('commands of a function are those that it can understand: %j', (given, titles) => {
  const { problems } = checkValues([{ given: { commands: given }, nameOf: String }])
  expect(problems.map(({ title }) => title)).toEqual(titles)
})

test.each([
  ['manage migrate --noinput\nflask seed', []],
  ['migrate', ['before-traffic is not valid']],
  ['manage check\nmanagement check', ['before-traffic is not valid']],
])('commands around a release start with a known word: %j', (given, titles) => {
  const { problems } = checkValues([{ given: { 'before-traffic': given }, nameOf: String }])
  expect(problems.map(({ title }) => title)).toEqual(titles)
})
