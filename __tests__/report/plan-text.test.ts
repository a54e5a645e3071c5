import { expect, test } from '@jest/globals'
import type { PlanFacts } from '../../src/report/plan-facts.ts'
import { planText } from '../../src/report/plan-text.ts'

const SAME: PlanFacts = {
  served: '7',
  configuration: [],
  environment: { added: [], changed: [], removed: [] },
  code: undefined,
  migrations: [],
  permissions: [],
}

const lines = (changes: Partial<PlanFacts>, plan: readonly string[] = []): string[] =>
  planText({ plan, difference: { ...SAME, ...changes } })

test('nothing to do is no line', () => {
  expect(lines({})).toEqual([])
})

test('the steps come first, then what they change', () => {
  const configuration = [
    { setting: 'memory', before: '512', after: '1024' },
    { setting: 'kms-key', before: undefined, after: 'arn:aws:kms:eu-west-1:1:key/a' },
  ]
  const environment = { added: ['NEW'], changed: ['OTHER'], removed: ['OLD'] }
  expect(lines({ configuration, environment }, ['update the configuration'])).toEqual([
    'would update the configuration',
    'configuration, against version 7:',
    '  memory   512 → 1024',
    '  kms-key  – → arn:aws:kms:eu-west-1:1:key/a',
    'environment, names only, against version 7:',
    '  + NEW',
    '  ~ OTHER',
    '  - OLD',
  ])
})

test('code, by package and by file', () => {
  const contents = {
    ...{ zipBytes: -1_500_000, unzippedBytes: 20 },
    packages: [
      { name: 'django', before: '5.1', after: '5.2', zipBytes: 20_000, unzippedBytes: 0 },
      { name: 'sqlparse', before: '0.5', after: undefined, zipBytes: -1_520_000, unzippedBytes: 20 },
    ],
    files: { added: ['shop/a.py', 'shop/__pycache__/a.cpython-313.pyc'], removed: ['old.py'], changed: ['shop/b.py'] },
  }
  const code = { before: 'one=', after: 'two=', zipBytes: 12_345_678, unzippedBytes: 40_000_000 }
  expect(lines({ code: { ...code, contents } })).toEqual([
    'code, against version 7:',
    '  one= → two=',
    '  12.3 MB zipped, 40.0 MB unzipped (-1.5 MB, +20 B)',
    '  package   version      zipped  unzipped',
    '  django    5.1 → 5.2  +20.0 kB         0',
    '  sqlparse  0.5 → –     -1.5 MB     +20 B',
    '  files: 1 added, 1 removed, 1 changed, and 1 of bytecode and metadata',
    '  + shop/a.py',
    '  - old.py',
    '  ~ shop/b.py',
  ])
  expect(lines({ served: undefined, code: { ...code, before: undefined, contents: undefined } })).toEqual([
    'code, nothing is served yet:',
    '  – → two=',
    '  12.3 MB zipped, 40.0 MB unzipped',
  ])
})

test('of many packages and files, the first ones', () => {
  const names = Array.from({ length: 17 }, (_, index) => `n${index}`)
  const packages = names.map((name) => ({ name, before: '1', after: '2', zipBytes: 1, unzippedBytes: 1 }))
  const contents = { zipBytes: 1, unzippedBytes: 1, packages, files: { added: names, removed: [], changed: [] } }
  const shown = lines({ code: { before: 'a', after: 'b', zipBytes: 1, unzippedBytes: 1, contents } })
  expect(shown.filter((line) => line.includes('… and'))).toEqual([
    '  … and 2 more packages: --json has all',
    '  … and 2 more files: --json has all',
  ])
})

test('migrations with what they remove, and permissions by resource', () => {
  const remarks = [{ line: 8, operation: 'RemoveField', reason: 'why' }]
  const migrations = [
    { path: 'a/migrations/0002_b.py', tool: 'django', isBytecodeOnly: false, remarks },
    { path: 'a/migrations/0003_c.py', tool: 'django', isBytecodeOnly: true, remarks: [] },
  ] as const
  const permissions = [
    { why: 'release', actions: ['lambda:PublishVersion'], resources: ['arn:f', 'arn:f:*'] },
    { why: 'give a URL', actions: ['lambda:AddPermission'], resources: ['arn:f', 'arn:f:*'] },
    { why: 'give a role', actions: ['iam:PassRole'], resources: ['arn:r'] },
  ]
  expect(lines({ migrations, permissions })).toEqual([
    'migrations that version 7 has not:',
    '  a/migrations/0002_b.py',
    '    ! line 8: RemoveField: why',
    '  a/migrations/0003_c.py (bytecode only: look at it yourself)',
    'permissions that this needs:',
    '  lambda:PublishVersion, lambda:AddPermission on arn:f, arn:f:*',
    '  iam:PassRole on arn:r',
  ])
})
