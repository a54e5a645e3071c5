import { symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Problem, SettingsError } from '../../src/errors.ts'
import {
  loadBuildSettings,
  loadDeploySettings,
  loadFunctionSettings,
  type SettingsOrigin,
} from '../../src/settings/settings.ts'
import { folderWith } from './project-folder.ts'

const FLASK = { 'app.py': 'app = 1\n', 'requirements.txt': 'flask\n' }

interface Given {
  readonly stage?: string
  readonly environment?: SettingsOrigin['environment']
  readonly flags?: Readonly<Record<string, unknown>>
}

async function origin(
  files: Readonly<Record<string, string>> | string,
  { stage, environment = {}, flags = {} }: Given = {},
): Promise<SettingsOrigin> {
  return {
    project: typeof files === 'string' ? files : await folderWith(files),
    stage,
    environment,
    explicit: { given: flags, nameOf: (name) => `--${name}` },
  }
}

async function problemsOf(loading: Promise<unknown>): Promise<readonly Problem[]> {
  const thrown: unknown = await loading.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof SettingsError)) throw new Error('It did not end with a SettingsError', { cause: thrown })
  expect(thrown.exitCode).toBe(2)
  return thrown.problems
}

const titles = (problems: readonly Problem[]): string[] => problems.map(({ title }) => title)

describe('a build', () => {
  test('needs no setting where the project says everything', async () => {
    const project = await folderWith({ ...FLASK, '.python-version': '3.12' })
    const settings = await loadBuildSettings(await origin(project))
    expect(settings).toMatchObject({
      project,
      stage: undefined,
      app: 'app:app',
      target: { runtime: 'python3.12', architecture: 'x86_64' },
      manifest: { kind: 'requirements', path: 'requirements.txt' },
      output: join(project, '.wsgi-lambda', `${basename(project)}.zip`),
      functionName: undefined,
    })
    expect(settings.found).toEqual([
      'app: app:app (app.py)',
      'runtime: python3.12 (.python-version)',
      'requirements: requirements.txt',
    ])
  })

  test('takes what is said instead, and finds nothing then', async () => {
    const flags = {
      app: 'wsgi:application',
      runtime: 'python3.14',
      architecture: 'arm64',
      requirements: 'r/prod.txt',
      output: '/elsewhere/app.zip',
    }
    const files = { ...FLASK, 'r/prod.txt': '', '.python-version': '2.7' }
    const settings = await loadBuildSettings(await origin(files, { flags }))
    expect(settings).toMatchObject({
      app: 'wsgi:application',
      target: { runtime: 'python3.14', architecture: 'arm64' },
      manifest: { kind: 'requirements', path: 'r/prod.txt' },
      output: '/elsewhere/app.zip',
      found: [],
    })
  })

  test('of a project behind a link keeps the path that was given', async () => {
    const folder = await folderWith({ 'real/app.py': 'app = 1', 'real/requirements.txt': '' })
    await symlink('real', join(folder, 'shop'))
    expect(await loadBuildSettings(await origin(join(folder, 'shop')))).toMatchObject({
      project: join(folder, 'shop'),
      output: join(folder, 'shop/.wsgi-lambda/shop.zip'),
    })
  })
})

test('flags win over variables, those over the stage, that over the table, that over the defaults', async () => {
  const files = {
    ...FLASK,
    'pyproject.toml': `
[tool.wsgi-lambda]
memory = 256
timeout = 11
description = "table"
smoke-path = "/table"
[tool.wsgi-lambda.stages.blue]
memory = 512
timeout = 12
description = "stage"
`,
  }
  const environment = { WSGI_LAMBDA_MEMORY: '1024', WSGI_LAMBDA_TIMEOUT: '13', MEMORY: '1', WSGI_LAMBDA_ALIAS: '' }
  const settings = await loadBuildSettings(
    await origin(files, { stage: 'blue', environment, flags: { memory: '2048' } }),
  )
  expect(settings).toMatchObject({
    memory: 2048,
    timeout: 13,
    description: 'stage',
    smokePath: '/table',
    alias: 'live',
    stage: 'blue',
  })
})

describe('variables', () => {
  test('that say where the settings are, are none themselves', async () => {
    const environment = { WSGI_LAMBDA_PROJECT: 'x', WSGI_LAMBDA_STAGE: 'y', WSGI_LAMBDA_FUNCTION_NAME: 'shop' }
    expect(await loadFunctionSettings(await origin({}, { environment }))).toMatchObject({ functionName: 'shop' })
  })

  test('with a typing mistake are reported as they were written', async () => {
    const environment = { WSGI_LAMBDA_FUNCTIONNAME: 'shop', WSGI_LAMBDA_FUNCTION_NAME: 'shop' }
    expect(await problemsOf(loadFunctionSettings(await origin({}, { environment })))).toEqual([
      { title: 'WSGI_LAMBDA_FUNCTIONNAME is not a setting', hint: 'Did you mean WSGI_LAMBDA_FUNCTION_NAME?' },
    ])
  })
})

describe('mistakes', () => {
  test('are reported all at once, from every place', async () => {
    const files = {
      '.python-version': '3.8',
      'pyproject.toml': '[tool.wsgi-lambda]\nmemroy = 512\ntimeout = 0\n[tool.wsgi-lambda.stages.blue]\nalias = "7"\n',
    }
    const problems = await problemsOf(
      loadDeploySettings(
        await origin(files, {
          stage: 'green',
          environment: { WSGI_LAMBDA_ARCHITECTURE: 'amd64' },
          flags: { migrate: 'yes', environment: 'SECRET=hunter2\nhunter3' },
        }),
      ),
    )
    expect(titles(problems)).toEqual([
      'The stage "green" is not known',
      'memroy in pyproject.toml is not a setting',
      'timeout in pyproject.toml is not valid',
      'WSGI_LAMBDA_ARCHITECTURE is not valid',
      '--migrate is not valid',
      '--environment is not valid',
      'function-name is missing',
      expect.stringMatching(/^No WSGI application was found in /),
      '.python-version asks for "3.8", which no Lambda runtime has',
      'No manifest was found: there is no lock, no requirements.txt, and no dependencies in pyproject.toml',
    ])
    expect(problems[2]).toEqual({
      title: 'timeout in pyproject.toml is not valid',
      detail: 'Given: 0',
      hint: 'Allowed: a whole number, 1 to 900 (seconds). Example: 60',
      location: { file: 'pyproject.toml', line: 3 },
    })
    expect(JSON.stringify(problems)).not.toContain('hunter')
  })

  test('all of them tell what to do', async () => {
    const problems = await problemsOf(loadDeploySettings(await origin({})))
    expect(problems.map(({ hint }) => hint)).toEqual([
      'Name the Lambda function: --function-name NAME, the input function-name, or the key in [tool.wsgi-lambda].',
      'Name it: --app mysite.wsgi:application, the input app, or the key in [tool.wsgi-lambda].',
      'Write a requirements.txt (an empty one if the application needs nothing), or set requirements to its path.',
    ])
  })

  test.each([
    ['function-name', 'my shop'],
    ['app', 'mysite'],
    ['runtime', 'python3.9'],
  ])('a wrong %s is reported once, and not as missing too', async (name, value) => {
    const flags = { 'function-name': 'shop', app: 'wsgi:app', [name]: value }
    const files = { 'requirements.txt': '', '.python-version': '2.7' }
    const runtime = name === 'runtime' ? {} : { runtime: 'python3.13' }
    const problems = await problemsOf(loadDeploySettings(await origin(files, { flags: { ...runtime, ...flags } })))
    expect(titles(problems)).toEqual([`--${name} is not valid`])
  })

  test('a project that is not there is all there is to say', async () => {
    const project = join(await folderWith(), 'missing')
    expect(await problemsOf(loadBuildSettings(await origin(project, { flags: { memory: 1 } })))).toEqual([
      {
        title: `The project ${JSON.stringify(project)} is not a folder`,
        hint: 'Give the folder that holds the application: --project DIR, or the input project.',
      },
    ])
  })

  test('a project that is a file is not a folder', async () => {
    const project = join(await folderWith(FLASK), 'app.py')
    expect(titles(await problemsOf(loadBuildSettings(await origin(project))))).toEqual([
      `The project ${JSON.stringify(project)} is not a folder`,
    ])
  })

  test('settings of a function alone need neither an application nor a manifest', async () => {
    expect(await loadFunctionSettings(await origin({}, { flags: { 'function-name': 'shop' } }))).toMatchObject({
      functionName: 'shop',
      alias: 'live',
    })
  })

  test('one variable is a value or a secret, wherever the two were said', async () => {
    const files = {
      'pyproject.toml': '[tool.wsgi-lambda.secrets]\nKEY = "ssm:key"\nURL = "ssm:url"\nOTHER = "ssm:other"\n',
    }
    const flags = { 'function-name': 'shop', environment: 'URL=hunter2\nKEY=hunter3' }
    const problems = await problemsOf(loadFunctionSettings(await origin(files, { flags })))
    expect(titles(problems)).toEqual([
      'KEY stands in environment and in secrets',
      'URL stands in environment and in secrets',
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter')
  })

  test('what is said of a bucket needs one', async () => {
    const flags = { 'function-name': 'shop', 'upload-kms-key': 'alias/builds', 'upload-bucket-owner': '123456789012' }
    expect(titles(await problemsOf(loadFunctionSettings(await origin({}, { flags }))))).toEqual([
      'upload-kms-key is set, and upload-bucket is not',
      'upload-bucket-owner is set, and upload-bucket is not',
    ])
    const wrong = { ...flags, 'upload-bucket': 'builds' }
    expect(titles(await problemsOf(loadFunctionSettings(await origin({}, { flags: wrong }))))).toEqual([
      '--upload-bucket is not valid',
    ])
    const settings = await loadFunctionSettings(
      await origin({}, { flags: { ...flags, 'upload-bucket': 's3://builds' } }),
    )
    expect(settings).toMatchObject({ uploadKmsKey: 'alias/builds', uploadBucketOwner: '123456789012' })
  })

  test('a bucket that is made for uploads is of the account that deploys', async () => {
    const flags = { 'function-name': 'shop', 'upload-kms-key': 'alias/builds', 'upload-bucket': 'auto' }
    const given = (more: Readonly<Record<string, string>>) => origin({}, { flags: { ...flags, ...more } })
    expect(await loadFunctionSettings(await given({}))).toMatchObject({ uploadBucket: 'auto' })
    expect(await loadFunctionSettings(await given({ 'upload-bucket': 'auto/shop' }))).toMatchObject({
      uploadBucket: 'auto/shop',
    })
    expect(titles(await problemsOf(loadFunctionSettings(await given({ 'upload-bucket': 'automatic' }))))).toEqual([
      '--upload-bucket is not valid',
    ])
    const owned = await given({ 'upload-bucket-owner': '123456789012' })
    expect(titles(await problemsOf(loadFunctionSettings(owned)))).toEqual([
      'upload-bucket is auto, and upload-bucket-owner is set',
    ])
  })

  test('a single one stands in the error itself', async () => {
    const loading = loadFunctionSettings(await origin({}, { flags: { 'function-name': 'a b' } }))
    await expect(loading).rejects.toMatchObject({ title: '--function-name is not valid', detail: 'Given: "a b"' })
  })
})

describe('{{stage}} and {{url}}', () => {
  const stages = {
    ...FLASK,
    'pyproject.toml': '[tool.wsgi-lambda.stages.blue]\n[tool.wsgi-lambda.stages."feature/x"]\n',
  }

  test.each<[string, Record<string, unknown>, object]>([
    ['a name', { 'function-name': 'shop-{{stage}}' }, { functionName: 'shop-blue' }],
    ['a name, with spaces, twice', { 'function-name': '{{ stage }}-{{stage}}' }, { functionName: 'blue-blue' }],
    ['a text', { 'function-name': 's', description: 'Shop ({{stage}})' }, { description: 'Shop (blue)' }],
    [
      'variables',
      { 'function-name': 's', environment: { A: '{{stage}}', B: 'https://{{ url }}/{{stage}}', C: '{{}} {x} $' } },
      { environment: { A: 'blue', B: 'https://{{url}}/blue', C: '{{}} {x} $' } },
    ],
    [
      'references to secrets',
      { 'function-name': 's', secrets: { KEY: 'ssm:/shop/{{stage}}/key' } },
      { secrets: { KEY: 'ssm:/shop/blue/key' } },
    ],
    [
      'events, in keys and targets',
      { 'function-name': 's', events: { 'sqs:jobs-{{stage}}': 'manage work --queue {{ stage }}' } },
      { events: { 'sqs:jobs-blue': 'manage work --queue blue' } },
    ],
    [
      'the address of an emulator, never',
      { 'function-name': 's', 'url-origin': 'http://x/{id}' },
      { urlOrigin: 'http://x/{id}' },
    ],
  ])('%s', async (_, flags, filled) => {
    expect(await loadDeploySettings(await origin(stages, { stage: 'blue', flags }))).toMatchObject(filled)
  })

  test.each<[string, Record<string, unknown>, string, string]>([
    [
      'a name without a stage',
      { 'function-name': 'shop-{{stage}}' },
      'function-name uses {{stage}}, but no stage is given',
      'Give one with --stage NAME or the input stage.',
    ],
    [
      'a variable without a stage',
      { 'function-name': 's', environment: 'SECRET=hunter2 {{stage}}' },
      'environment variable SECRET uses {{stage}}, but no stage is given',
      'Give one with --stage NAME or the input stage.',
    ],
    [
      'an unknown word',
      { 'function-name': 's', environment: 'SECRET=hunter2 {{branch}}' },
      'environment variable SECRET uses {{branch}}, which is not known here',
      'Known: {{stage}} in names and variables, {{url}}, {{host}} and {{origin}} in variables, {{pr}} and {{preview}} in settings of previews.',
    ],
    [
      'a reference without a stage',
      { 'function-name': 's', secrets: 'KEY=ssm:/{{stage}}/key' },
      'secret KEY uses {{stage}}, but no stage is given',
      'Give one with --stage NAME or the input stage.',
    ],
    [
      'an event without a stage',
      { 'function-name': 's', events: 'sqs:{{stage}}=shop:take' },
      'event sqs:{{stage}} uses {{stage}}, but no stage is given',
      'Give one with --stage NAME or the input stage.',
    ],
    [
      'the address in a reference',
      { 'function-name': 's', secrets: 'KEY=ssm:/{{url}}/key' },
      'secret KEY uses {{url}}, which is not known here',
      'Known: {{stage}} in names and variables, {{url}}, {{host}} and {{origin}} in variables, {{pr}} and {{preview}} in settings of previews.',
    ],
    [
      'the address where there is none yet',
      { 'function-name': 's', description: 'at {{url}}' },
      'description uses {{url}}, which is not known here',
      'Known: {{stage}} in names and variables, {{url}}, {{host}} and {{origin}} in variables, {{pr}} and {{preview}} in settings of previews.',
    ],
  ])('not in %s', async (_, flags, title, hint) => {
    const problems = await problemsOf(loadFunctionSettings(await origin(stages, { flags })))
    expect(problems).toEqual([{ title, hint }])
  })

  test.each([
    ['feature/x', 'shop-{{stage}}', 'shop-feature/x'],
    ['blue', `${'x'.repeat(60)}-{{stage}}`, `${'x'.repeat(60)}-blue`],
  ])('a name is judged once stage %s is in it', async (stage, name, given) => {
    const flags = { 'function-name': name }
    expect(await problemsOf(loadFunctionSettings(await origin(stages, { stage, flags })))).toEqual([
      {
        title: 'function-name is not valid',
        detail: `Given: ${JSON.stringify(given)}`,
        hint: 'Allowed: 1 to 64 letters, digits, - and _. Example: shop-production',
      },
    ])
  })

  test('64 characters are a name', async () => {
    const flags = { 'function-name': `${'x'.repeat(59)}-{{stage}}` }
    const { functionName } = await loadFunctionSettings(await origin(stages, { stage: 'blue', flags }))
    expect(functionName).toHaveLength(64)
  })
})

test.each([false, true])('without a name: options stand before remote commands alone (%s)', async (isRemoteCommand) => {
  const origin = { project: '.', stage: undefined, environment: {}, explicit: { given: {}, nameOf: String } }
  await expect(loadFunctionSettings(origin, isRemoteCommand)).rejects.toMatchObject({
    title: 'function-name is missing',
    hint: isRemoteCommand ? expect.stringContaining('before the command') : expect.not.stringContaining('manage'),
  })
})
