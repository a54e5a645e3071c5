import { expect, test } from '@jest/globals'
import { slimmed } from '../../src/wheels/slim.ts'

/** A distribution is its modules' texts by path; other files are empty. */
function removedFrom(
  files: Readonly<Record<string, string>>,
  options: { patterns?: string[]; entryPoints?: string; rules?: boolean } = {},
) {
  const { patterns = [], entryPoints = '', rules = true } = options
  const modules = Object.entries(files)
    .filter(([path]) => path.endsWith('.py'))
    .map(([path, text]) => ({ path, text }))
  const all = Object.keys(files).map((path) => ({ path, size: 1 }))
  const { kept, removed } = slimmed(all, { entryPoints, modules, rules, patterns })
  expect([...kept, ...removed]).toHaveLength(all.length)
  return Object.fromEntries(removed.map(({ path, rule }) => [path, rule]))
}

test.each([
  [
    'tests',
    [
      'shop/tests/__init__.py',
      'shop/tests/test_cart.py',
      'shop/tests/data/cart.json',
      'shop/cart/tests/test_a.py',
      'tests/__init__.py',
    ],
  ],
  ['type stubs', ['shop/cart.pyi', 'shop-stubs/__init__.pyi']],
  ['C sources', ['shop/_fast.c', 'shop/_fast.pyx', 'shop/_fast.pxd', 'shop/include/shop.h', 'shop/src/fast.cpp']],
  ['static libraries', ['shop/lib/libfast.a', 'shop/lib/libfast.la']],
  [
    'files of other systems',
    ['shop/cli.exe', 'shop/fast.dll', 'shop/_fast.cp313-win_amd64.pyd', 'shop/libfast.dylib', 'shop/fast.lib'],
  ],
  ['documentation', ['share/man/man1/shop.1', 'share/doc/shop/index.html', 'docs/index.rst', 'doc/shop.txt']],
  ['caches', ['shop/__pycache__/cart.cpython-312.pyc', '.pytest_cache/README.md']],
  [
    'records of an installation',
    ['shop-1.dist-info/INSTALLER', 'shop-1.dist-info/REQUESTED', 'shop-1.dist-info/direct_url.json'],
  ],
])('%s are left out', (rule, paths) => {
  const files = Object.fromEntries(['shop/__init__.py', ...paths].map((path) => [path, '']))
  expect(removedFrom(files)).toEqual(Object.fromEntries(paths.map((path) => [path, rule])))
})

test.each([
  'shop/test/__init__.py',
  'shop/testing/assertions.py',
  'shop/test_runner.py',
  'shop/tests.py',
  'shop/contests/__init__.py',
  'shop/templates/tests/page.html',
  'shop/py.typed',
  'shop/static/shop.js.map',
  'shop/static/shop.js',
  'shop/locale/de/LC_MESSAGES/django.po',
  'shop/legacy.pyc',
  'shop/docs/page.html',
  'share/locale/de.mo',
  'shop/_fast.cpython-313-x86_64-linux-gnu.so',
  'shop-1.dist-info/METADATA',
  'shop-1.dist-info/entry_points.txt',
  'shop-1.dist-info/top_level.txt',
  'shop-1.dist-info/licenses/tests/LICENSE.c',
  'shop-1.dist-info/sboms/shop.cdx.json',
])('%s stays', (path) => {
  expect(removedFrom({ 'shop/__init__.py': '', [path]: '' })).toEqual({})
})

test('a folder docs of the top level stays when it is a package', () => {
  expect(removedFrom({ 'docs/__init__.py': '', 'docs/page.html': '' })).toEqual({})
})

/** Two modules of tests, one of which is used by `text`, standing in `shop/testing.py`; what is kept of the folder. */
function keptTests(text: string, { entryPoints = '', path = 'shop/testing.py' } = {}) {
  const folder = {
    'shop/tests/__init__.py': '',
    'shop/tests/data/cart.json': '',
    'shop/tests/helpers.py': '',
    'shop/tests/test_cart.py': 'from .helpers import cart',
  }
  const removed = removedFrom({ 'shop/__init__.py': '', [path]: text, ...folder }, { entryPoints })
  return Object.keys(folder)
    .filter((each) => !(each in removed))
    .map((each) => each.slice('shop/tests/'.length))
}

const HELPERS = ['__init__.py', 'helpers.py']
const ALL = ['__init__.py', 'data/cart.json', 'helpers.py', 'test_cart.py']

test.each([
  ['nothing', 'import os', []],
  ['the word', '"""Run the tests."""\ntests = 5\nself.tests = tests', []],
  ['a module', 'from shop.tests.helpers import cart', HELPERS],
  ['a module of the folder', 'from shop.tests import helpers', HELPERS],
  ['a module among others', 'from shop.tests import (\n    helpers, # the cart (one)\n)', HELPERS],
  ['a module by a relative import', 'from .tests.helpers import cart', HELPERS],
  ['a module in a function', 'def f():\n    from .tests import helpers', HELPERS],
  ['a module by a plain import', 'import os, shop.tests.helpers as h', HELPERS],
  ['a name in a module', "load('shop.tests.helpers.Cart')", HELPERS],
  ['a module that uses another', 'import shop.tests.test_cart', ['__init__.py', 'helpers.py', 'test_cart.py']],
  ['the folder', 'from . import tests', ALL],
  ['the folder among others', 'from . import (\n  cart, # (a)\n  tests,\n)', ALL],
  ['the folder over a backslash', 'from . import cart, \\\n  tests', ALL],
  ['the folder from its package', 'from shop import tests', ALL],
  ['the folder by its name', "import_module('shop.tests')", ALL],
  ['the folder by a relative name', "import_module('.tests', __package__)", ALL],
  ['everything', 'from shop.tests import *', ALL],
  ['a name that the folder itself has', 'from shop.tests import Cart', ALL],
  ['data', "join(dirname(__file__), 'tests', 'data')", ['data/cart.json']],
  ['data by a path', "resources.files('shop') / 'tests/data/cart.json'", ['data/cart.json']],
  ['a comment', '# see shop.tests.helpers\nimport os  ', []],
  ['an example', '"""\n>>> from shop.tests import helpers\n"""', []],
])('tests are kept as far as a module needs them: %s', (_, text, kept) => {
  expect(keptTests(text)).toEqual(kept)
})

test('a module of tests that opens files keeps the whole folder, once it is needed itself', () => {
  const files = { 'shop/tests/helpers.py': 'open(__file__)', 'shop/tests/test_cart.py': '', 'shop/tests/cart.json': '' }
  expect(removedFrom({ ...files, 'shop/testing.py': 'from .tests import helpers' })).toEqual({})
  expect(Object.keys(removedFrom({ ...files, 'shop/cart.py': '' }))).toHaveLength(3)
})

test('tests that are kept may need the tests of another folder', () => {
  const files = {
    'shop/testing.py': 'from shop.cart.tests import base',
    'shop/cart/tests/base.py': 'from ...order.tests.base import Order',
    'shop/order/tests/base.py': '',
    'shop/order/tests/test_order.py': '',
  }
  expect(Object.keys(removedFrom(files))).toEqual(['shop/order/tests/test_order.py'])
})

test('an entry point keeps what it names', () => {
  expect(keptTests('', { entryPoints: '[console_scripts]\nshop-check = shop.tests.helpers:main\n' })).toEqual(HELPERS)
})

test('what only pytest loads keeps nothing', () => {
  expect(keptTests('from shop.tests import helpers', { path: 'shop/conftest.py' })).toEqual([])
})

test.each([
  ['fortranobject.c', "open(join(src, 'fortranobject.c'))", []],
  ['fortranobject.c', 'open(src / f"{name}.c")', []],
  ['fortranobject.c', "glob('*.c')", []],
  ['fortranobject.c', "if name.endswith('.c'): pass", []],
  ['fortranobject.c', "open('other.c')", ['C sources']],
  ['include/shop.h', "extensions = ('.h', '.c')", ['C sources']],
  ['include/shop.h', "open('shop.h')", []],
  ['__init__.pyi', 'lazy.attach_stub(__name__, __file__)', []],
  ['tool.exe', 'import clr', []],
])('%s beside %s', (name, text, rules) => {
  expect(Object.values(removedFrom({ 'shop/__init__.py': text, [`shop/${name}`]: '' }))).toEqual(rules)
})

test("the user's own patterns remove what no rule would, and take back what a rule removes", () => {
  const files = {
    'shop/locale/de/django.po': '',
    'shop/tests/__init__.py': '',
    'shop/cart.pyi': '',
    'shop/cart.py': '',
  }
  const patterns = ['**/locale/**/*.po', '!shop/tests/**']
  expect(removedFrom(files, { patterns })).toEqual({
    'shop/locale/de/django.po': 'slim-patterns',
    'shop/cart.pyi': 'type stubs',
  })
  expect(removedFrom(files, { patterns, rules: false })).toEqual({ 'shop/locale/de/django.po': 'slim-patterns' })
})

test('texts without an end are read soon', () => {
  const started = performance.now()
  removedFrom({
    'shop/__init__.py': `x = "${'a'.repeat(2_000_000)}tests.h`,
    'shop/cart.py': `from . import (${'a, '.repeat(300_000)}`,
    'shop/order.py': '.tests'.repeat(100_000) + '\\\n'.repeat(100_000),
    'shop/tests/__init__.py': '',
    'shop/shop.h': '',
  })
  expect(performance.now() - started).toBeLessThan(20_000)
}, 60_000)
