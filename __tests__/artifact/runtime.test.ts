import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import type { Entry } from '../../src/artifact/entry.ts'
import { type ProductFiles, runtimeEntries, withRuntime } from '../../src/artifact/runtime.ts'
import { type BuildSettings, loadBuildSettings } from '../../src/settings/settings.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'

const settingsOf = async (given: Record<string, unknown> = {}): Promise<BuildSettings> =>
  loadBuildSettings({
    project: await folderWith({ 'requirements.txt': '' }),
    stage: undefined,
    environment: {},
    explicit: { given: { app: 'shop.wsgi:app', runtime: 'python3.12', ...given }, nameOf: String },
  })

const product = async (): Promise<ProductFiles> => ({
  toolsFolder: '/nowhere',
  runtimeFolder: await folderWith({
    'serverless_wsgi.py': '',
    'wsgi_handler.py': '',
    'README.md': '',
    'wsgi_lambda/__init__.py': '',
    'wsgi_lambda/deep/module.py': '',
    'wsgi_lambda/py.typed': '',
    'wsgi_lambda/__pycache__/module.cpython-313.pyc': '',
  }),
  version: '1.2.3',
  compressor: 'zlib 1',
})

describe('the runtime in an artifact', () => {
  test('is its modules and the file that names the application', async () => {
    const entries = await runtimeEntries(await settingsOf(), await product())
    expect(entries.map(({ path, mode }) => `${path} ${mode.toString(8)}`).sort()).toEqual([
      'serverless_wsgi.py 644',
      'wsgi_handler.py 644',
      'wsgi_lambda.json 644',
      'wsgi_lambda/__init__.py 644',
      'wsgi_lambda/deep/module.py 644',
    ])
  })

  test.each<[string, Record<string, unknown>, object]>([
    ['by default', {}, { architecture: 'x86_64' }],
    [
      'on arm64, with commands',
      { architecture: 'arm64', commands: 'manage migrate\nflask' },
      { architecture: 'arm64', commands: ['manage migrate', 'flask'] },
    ],
    [
      'with everything that the runtime can be told',
      {
        events: { 'sqs:orders': 'shop.jobs:take', s3: 'manage index' },
        'report-batch-item-failures': 'true',
        'text-mime-types': 'model/*',
        'binary-mime-types': 'image/*\nfont/woff2',
        'non-proxy-integration': 'true',
        'legacy-environ': 'true',
        streaming: 'true',
        'on-import-error': 'serve',
      },
      {
        architecture: 'x86_64',
        events: { 'sqs:orders': 'shop.jobs:take', s3: 'manage index' },
        'report-batch-item-failures': true,
        'text-mime-types': ['model/*'],
        'binary-mime-types': ['image/*', 'font/woff2'],
        'non-proxy-integration': true,
        'legacy-environ': true,
        streaming: true,
        'on-import-error': 'serve',
      },
    ],
    [
      'with what holds anyway, and with references to secrets',
      {
        events: {},
        'report-batch-item-failures': 'false',
        'text-mime-types': '',
        'binary-mime-types': [],
        'non-proxy-integration': false,
        'legacy-environ': 'false',
        streaming: 'false',
        'on-import-error': 'fail',
        secrets: 'KEY=ssm:key',
      },
      { architecture: 'x86_64' },
    ],
    ['without commands', { commands: [] }, { architecture: 'x86_64', commands: [] }],
  ])('tells nothing but what was set: %s', async (_, given, expected) => {
    const entries = await runtimeEntries(await settingsOf(given), await product())
    const content = entries.find(({ path }) => path === 'wsgi_lambda.json')?.content
    const text = content && 'bytes' in content ? Buffer.from(content.bytes).toString() : ''
    expect(text).toMatch(/\}\n$/)
    expect(JSON.parse(text)).toEqual({ app: 'shop.wsgi:app', runtime: 'python3.12', version: '1.2.3', ...expected })
  })
})

test('what is told are keys that the runtime reads', async () => {
  const given = {
    commands: 'flask',
    events: 's3=shop:take',
    'report-batch-item-failures': true,
    'text-mime-types': 'model/*',
    'binary-mime-types': 'font/*',
    'non-proxy-integration': true,
    'legacy-environ': true,
    streaming: true,
    'on-import-error': 'serve',
  }
  const entries = await runtimeEntries(await settingsOf(given), await product())
  const content = entries.find(({ path }) => path === 'wsgi_lambda.json')?.content
  const told = JSON.parse(content && 'bytes' in content ? Buffer.from(content.bytes).toString() : '') as object
  expect(Object.keys(told)).toEqual(expect.arrayContaining(Object.keys(given)))
  const source = await readFile(new URL('../../runtime/wsgi_lambda/configuration.py', import.meta.url), 'utf8')
  const read = [...source.matchAll(/^    "([\w-]+)": /gm)].map(([, key]) => key)
  expect(read).toEqual(expect.arrayContaining(Object.keys(given)))
})

test('an artifact that says nothing new keeps its bytes', async () => {
  const entries = await runtimeEntries(await settingsOf({ commands: 'manage migrate' }), await product())
  const content = entries.find(({ path }) => path === 'wsgi_lambda.json')?.content
  expect(content && 'bytes' in content ? Buffer.from(content.bytes).toString() : '').toBe(`{
  "app": "shop.wsgi:app",
  "commands": [
    "manage migrate"
  ],
  "runtime": "python3.12",
  "architecture": "x86_64",
  "version": "1.2.3"
}
`)
})

describe('where the project has a file of the same name', () => {
  const entry = (path: string, bytes: string): Entry => ({ path, mode: 0o644, content: { bytes: Buffer.from(bytes) } })
  const runtime = [entry('wsgi_handler.py', 'ours'), entry('wsgi_lambda/__init__.py', 'ours')]

  test('the runtime’s is taken, once, with a warning', () => {
    const report = listeningReporter()
    const [app, handler] = [entry('app.py', 'theirs'), entry('wsgi_handler.py', 'theirs')]
    expect(withRuntime([app, handler], runtime, report)).toEqual([app, ...runtime])
    expect(report.problems).toEqual([
      {
        title: "1 of the project's files are replaced by wsgi-lambda's own",
        detail: 'wsgi_handler.py',
        hint: 'Rename or remove them.',
      },
    ])
  })

  test('else nothing is said', () => {
    const report = listeningReporter()
    expect(withRuntime([entry('app.py', 'x'), entry('wsgi_lambda/extra.py', 'x')], runtime, report)).toHaveLength(4)
    expect(report.problems).toEqual([])
  })
})
