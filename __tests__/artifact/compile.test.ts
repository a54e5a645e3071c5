import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { bytecodePath, type CompilationUnit, compileUnits, createTexts, unitsOf } from '../../src/artifact/compile.ts'
import { folderWith } from '../settings/project-folder.ts'
import { type HostOptions, hostToolchain, pythons, TOOLS_FOLDER } from '../support/toolchain.ts'

type Modules = Readonly<Record<string, string>>

async function unitsFor(...units: readonly Modules[]): Promise<{ units: CompilationUnit[]; temporary: string }> {
  const temporary = await folderWith()
  const result: CompilationUnit[] = []
  for (const [index, modules] of units.entries()) {
    await using texts = await createTexts(join(temporary, `${index}.texts`))
    const added = []
    for (const [path, text] of Object.entries(modules)) added.push(await texts.add(path, Buffer.from(text)))
    result.push({ texts: texts.path, modules: added })
  }
  return { units: result, temporary }
}

/** Of each unit, path → bytecode as hexadecimal. */
async function compiled(
  units: readonly Modules[],
  options: HostOptions = {},
): Promise<Record<string, string | undefined>[]> {
  await using toolchain = await hostToolchain(options)
  const { units: given, temporary } = await unitsFor(...units)
  const result: Record<string, string | undefined>[] = []
  for await (const bytecode of compileUnits(given, { temporary, toolsFolder: TOOLS_FOLDER, toolchain })) {
    const paths = Object.keys(units[result.length] ?? {})
    result.push(Object.fromEntries(paths.map((path, index) => [path, bytecode[index]?.toString('hex')])))
  }
  return result
}

const MODULES: Modules = {
  'p/__init__.py': '',
  'p/sets.py': 'KINDS = frozenset(("a", "b", "c"))\ndef f(x):\n    return x in {"alpha", "beta", "gamma", "delta"}\n',
  'p/names.py':
    'alpha = "beta"\nclass Gamma:\n    """A text."""\n    def delta(self, x: "int" = 1): return f"{x!r:>{x}}"\n',
  'p/ünïcode.py': '# coding: latin-1\nX = "\u00e9"\n',
}

/** Bytecode is 16 bytes of header and a marshalled code object (PEP 552). */
const LOAD = `
import importlib.util, json, marshal, sys
for path, code in json.load(sys.stdin).items():
    data = bytes.fromhex(code)
    assert data[:4] == importlib.util.MAGIC_NUMBER
    assert data[4:8] == b"\\1\\0\\0\\0"
    print(marshal.loads(data[16:]).co_filename)
`

describe('with each Python of this machine', () => {
  test('bytecode loads, is not checked, and stands in /var/task; the same in any order and with any seed', async () => {
    for (const python of await pythons()) {
      const [first = {}] = await compiled([MODULES], { python, environment: { PYTHONHASHSEED: '1' } })
      const loaded = execFileSync(python.path, ['-I', '-c', LOAD], { encoding: 'utf8', input: JSON.stringify(first) })
      expect(loaded.trim().split('\n')).toEqual(Object.keys(MODULES).map((path) => `/var/task/${path}`))
      const others = await compiled([{ 'q.py': 'alpha = "delta"\n' }, MODULES, { 'r.py': '' }], {
        python,
        environment: {
          ...{ PYTHONHASHSEED: '2', PYTHONOPTIMIZE: '2', PYTHONNODEBUGRANGES: '1' },
          ...{ PYTHONPATH: '/nowhere', PYTHONDONTWRITEBYTECODE: '1' },
        },
      })
      expect(others[1]).toEqual(first)
    }
  }, 120_000)
})

describe('what does not compile has no bytecode, and the rest has', () => {
  test.each([
    ['a wrong syntax', 'def (:\n'],
    ['Python 2', 'print "x"\n'],
    ['a zero', 'x = 1\0\n'],
    ['another encoding than it says', '# coding: ascii\nX = "é"\n'],
    ['an encoding that there is not', '# coding: nowhere\n'],
    ['an expression that is nested too deeply', `${'-'.repeat(100_000)}1\n`],
    ['one that is too long', `${'x+'.repeat(20_000)}x\n`],
  ])(
    '%s',
    async (_, text) => {
      const [unit] = await compiled([{ 'a.py': 'A = 1\n', 'b.py': text, 'c.py': 'C = 1\n' }])
      expect(unit).toEqual({ 'a.py': expect.any(String), 'b.py': undefined, 'c.py': expect.any(String) })
    },
    30_000,
  )
})

test('nothing to compile starts nothing', async () => {
  const toolchain = await hostToolchain()
  const opened = { ...toolchain, open: () => Promise.reject(new Error('opened')) }
  const bytecode = compileUnits([], { temporary: '/nowhere', toolsFolder: TOOLS_FOLDER, toolchain: opened })
  for await (const unit of bytecode) expect(unit).toBeUndefined()
}, 30_000)

test('where a process is killed, or a text is missing, the build ends', async () => {
  await using toolchain = await hostToolchain()
  const { units, temporary } = await unitsFor({ 'a.py': 'A = 1\n' })
  const compilation = { temporary, toolsFolder: TOOLS_FOLDER, toolchain }
  const missing = compileUnits([{ texts: join(temporary, 'gone'), modules: units[0]?.modules ?? [] }], compilation)
  await expect(missing.next()).rejects.toMatchObject({
    name: 'UserError',
    detail: expect.stringContaining('gone'),
  })
  // A child that ends by a signal, as by one that the kernel sends when memory runs out.
  const toolsFolder = await mkdtemp(join(temporary, 'tools'))
  const script = 'import os, signal, runpy\nimport importlib.util\n'
  const die = 'importlib.util.source_hash = lambda text: os.kill(os.getpid(), signal.SIGKILL)\n'
  const run = `runpy.run_path(${JSON.stringify(join(TOOLS_FOLDER, 'compile_bytecode.py'))}, run_name="__main__")\n`
  await writeFile(join(toolsFolder, 'compile_bytecode.py'), script + die + run)
  const killed = compileUnits(units, { ...compilation, toolsFolder })
  await expect(killed.next()).rejects.toMatchObject({
    name: 'UserError',
    detail: expect.stringContaining('ended with -9'),
  })
}, 60_000)

test('who needs no more units waits until nothing is written any more', async () => {
  await using toolchain = await hostToolchain()
  const { units, temporary } = await unitsFor({ 'a.py': 'A = 1\n' }, { 'b.py': 'B = 1\n' })
  const toolsFolder = await mkdtemp(join(temporary, 'tools'))
  const late = join(temporary, 'late')
  const program = `
import json, sys, time
plan = json.load(open(sys.argv[1]))
open(plan["units"][0]["output"], "wb").write(bytes(4))
print(0, flush=True)
time.sleep(0.5)
open(${JSON.stringify(late)}, "w").close()
`
  await writeFile(join(toolsFolder, 'compile_bytecode.py'), program)
  const bytecode = compileUnits(units, { temporary, toolsFolder, toolchain })
  expect(await bytecode.next()).toEqual({ done: false, value: [undefined] })
  await bytecode.return(undefined)
  expect(existsSync(late)).toBe(true)
}, 30_000)

describe('units', () => {
  const module = (index: number, bytes = 10) => ({ path: `${index}.py`, offset: 0, bytes })
  const sizes = (modules: readonly ReturnType<typeof module>[]) =>
    unitsOf('texts', modules).map((unit) => unit.modules.length)
  test.each<[string, number[], number[]]>([
    ['none', [], []],
    ['one', [10], [1]],
    ['as many as one process takes', Array<number>(64).fill(10), [64]],
    ['one more', Array<number>(65).fill(10), [64, 1]],
    ['large ones', [400_000, 200_000, 300_000, 100_000], [1, 2, 1]],
    ['one that is larger than a unit', [10, 5_000_000, 10], [1, 1, 1]],
  ])('%s', (_, bytes, expected) => {
    expect(sizes(bytes.map((size, index) => module(index, size)))).toEqual(expected)
  })
})

test.each([
  ['a.py', false, '__pycache__/a.cpython-313.pyc'],
  ['p/q/a.b.py', false, 'p/q/__pycache__/a.b.cpython-313.pyc'],
  ['p/a.py', true, 'p/a.pyc'],
])('the bytecode of %s (alone: %s) is %s', (module, isAlone, expected) => {
  expect(bytecodePath(module, '3.13', isAlone)).toBe(expected)
})
