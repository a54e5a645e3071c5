import { expect, test } from '@jest/globals'
import { importProfile, packageOfModule, readImportTimes } from '../../../src/artifact/inspect/import-profile.ts'

const OUTPUT = `import time: self [us] | cumulative | imported package
import time:       900 |        900 | encodings

wsgi-lambda: the import starts here
import time:       100 |        100 |       json
a line of the application's own, import time: 5 | 5 | lie
import time:       200 |        300 |     django.conf
import time:        50 |         50 |         sqlparse.lexer
import time:        30 |         80 |       sqlparse
import time:       400 |        780 |   django
import time:        10 |        790 | wsgi_handler
`

const OWNERS: Readonly<Record<string, string>> = { django: 'django', sqlparse: 'sqlparse' }
const packageOf = (module: string): string => OWNERS[module.split('.')[0] ?? ''] ?? 'other'

test('times are read from where the import starts, between what else is printed', () => {
  const times = readImportTimes(OUTPUT)
  expect(times.map(({ name, depth }) => [name, depth])).toEqual([
    ['json', 3],
    ['django.conf', 2],
    ['sqlparse.lexer', 4],
    ['sqlparse', 3],
    ['django', 1],
    ['wsgi_handler', 0],
  ])
  expect(times.at(-2)).toEqual({ name: 'django', selfSeconds: 0.0004, cumulativeSeconds: 0.00078, depth: 1 })
})

test('a distribution has the time of its modules once, however they import each other', () => {
  const about = { module: 'wsgi_handler', measuredOn: 'host', seconds: 0.001 }
  const { packages } = importProfile(about, readImportTimes(OUTPUT), packageOf)
  expect(packages).toEqual([
    { package: 'django', modules: 2, selfSeconds: 0.0006, cumulativeSeconds: 0.00078 },
    { package: 'other', modules: 2, selfSeconds: 0.00011, cumulativeSeconds: 0.00079 },
    { package: 'sqlparse', modules: 2, selfSeconds: 0.00008, cumulativeSeconds: 0.00008 },
  ])
})

test('a module belongs to whom the file belongs that it is imported from', () => {
  const files = [
    'shop/__init__.py',
    'yaml/__init__.py',
    '_yaml.cpython-313-x86_64-linux-gnu.so',
    'wsgi_lambda/log.py',
    'ns/deep/mod.pyc',
  ]
  const find = packageOfModule(files, {
    ownerOf: (path) => (/yaml/.test(path) ? 'pyyaml' : path.startsWith('ns/') ? 'namespaced' : undefined),
    kindOf: (path) => (path.startsWith('wsgi_lambda/') ? 'runtime' : 'application'),
  })
  expect(['shop', 'shop.vanished', 'yaml', '_yaml', 'wsgi_lambda.log', 'ns.deep.mod', 'json'].map(find)).toEqual([
    '(application)',
    '(application)',
    'pyyaml',
    'pyyaml',
    '(runtime)',
    'namespaced',
    '(Python itself)',
  ])
})
