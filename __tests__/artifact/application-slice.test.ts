import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { appendFile, chmod, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { applicationEntries } from '../../src/artifact/application.ts'
import { type ApplicationOptions, applicationSlice } from '../../src/artifact/application-slice.ts'
import type { Entry } from '../../src/artifact/entry.ts'
import type { Slice } from '../../src/artifact/slice.ts'
import { writeZip } from '../../src/artifact/zip.ts'
import { folderStore } from '../../src/store/folder.ts'
import type { Store } from '../../src/store/store.ts'
import { folderWith } from '../settings/project-folder.ts'
import { noise, picksOf } from '../support/slices.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'

interface Bench {
  readonly project: string
  readonly store: Store
  /** Modules that Python was given, build by build; a build that starts no Python has none. */
  readonly compiled: string[][]
  readonly build: (options?: Partial<ApplicationOptions>, entries?: readonly Entry[]) => Promise<Slice>
}

async function bench(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Bench> {
  const project = await folderWith(files)
  const store = folderStore({ folder: await folderWith(), mostBytes: 1e9, onUnwritable: () => undefined })
  const compiled: string[][] = []
  const toolchain = await hostToolchain()
  const plain = await toolchain.open()
  const watched = {
    ...plain,
    run: async (...args: Parameters<typeof plain.run>) => {
      const plan = JSON.parse(await readFile(args[0].at(-1) ?? '', 'utf8')) as { units: { modules: [string][] }[] }
      compiled.push(plan.units.flatMap(({ modules }) => modules.map(([path]) => path)).toSorted())
      return await plain.run(...args)
    },
  }
  const { pythonMinor } = toolchain.target
  return {
    project,
    store,
    compiled,
    build: async (options = {}, entries) => {
      const taken = entries ?? (await applicationEntries(project, { exclude: [], include: [], output: '/nowhere' }))
      return await applicationSlice(
        taken,
        { key: 'abc', pythonMinor, bytecode: 'with-sources', ...options },
        {
          store,
          temporary: await folderWith(),
          toolsFolder: TOOLS_FOLDER,
          toolchain: { ...toolchain, open: () => Promise.resolve(watched) },
        },
      )
    },
  }
}

async function pathsOf(building: Promise<Slice>): Promise<string[]> {
  await using slice = await building
  return slice.entries.map(({ path }) => path.replace(/cpython-\d+/, 'cpython'))
}

async function zipOf(building: Promise<Slice>): Promise<{ sha256: string; path: string }> {
  await using slice = await building
  const path = join(await folderWith(), 'a.zip')
  return { ...(await writeZip(path, picksOf(slice))), path }
}

const FILES = {
  'app.py': 'A = 1\n',
  'shop/__init__.py': '',
  'shop/models.py': 'M = 1\n',
  'shop/data.txt': 'text '.repeat(99),
}

describe('only what changed is made anew', () => {
  test('nothing: no Python is started, and the slice of before is the one', async () => {
    const { build, compiled } = await bench(FILES)
    const first = await zipOf(build())
    expect(compiled).toEqual([['app.py', 'shop/__init__.py', 'shop/models.py']])
    expect((await zipOf(build())).sha256).toBe(first.sha256)
    expect(compiled).toHaveLength(1)
  }, 60_000)

  test('one module, one text, one that is new, one that is gone, another mode: as if all were built at once', async () => {
    const { build, compiled, project } = await bench(FILES)
    await zipOf(build())
    const changes: [() => Promise<unknown>, readonly string[]][] = [
      [() => writeFile(join(project, 'app.py'), 'A = 2\n'), ['app.py']],
      [() => writeFile(join(project, 'shop/data.txt'), 'other'), []],
      [() => writeFile(join(project, 'shop/new.py'), 'N = 1\n'), ['shop/new.py']],
      [() => rm(join(project, 'shop/models.py')), []],
      [() => chmod(join(project, 'app.py'), 0o755), ['app.py']],
      [() => writeFile(join(project, 'app.py'), 'def (:\n'), ['app.py']],
      [() => utimes(join(project, 'app.py'), new Date(0), new Date(0)), []],
    ]
    for (const [index, [change, expected]] of changes.entries()) {
      compiled.length = 0
      await change()
      const { sha256 } = await zipOf(build())
      expect(compiled.flat()).toEqual(expected)
      // By another key everything is made anew.
      expect((await zipOf(build({ key: `${index}` }))).sha256).toBe(sha256)
    }
    expect(await pathsOf(build())).toEqual([
      'app.py',
      'shop/__init__.py',
      'shop/__pycache__/__init__.cpython.pyc',
      'shop/__pycache__/new.cpython.pyc',
      'shop/data.txt',
      'shop/new.py',
    ])
  }, 120_000)

  test('and a damaged one is made anew', async () => {
    const { build, compiled, store } = await bench(FILES)
    const { sha256 } = await zipOf(build())
    await appendFile((await store.find('applications', 'abc')) ?? '', 'damage')
    expect((await zipOf(build())).sha256).toBe(sha256)
    expect(compiled).toHaveLength(2)
  }, 60_000)

  test('and the store keeps only the last one', async () => {
    const { build, project, store } = await bench(FILES)
    await zipOf(build())
    const first = (await store.find('applications', 'abc')) ?? ''
    await writeFile(join(project, 'app.py'), 'A = 2\n')
    await zipOf(build())
    await expect(stat(first)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await store.find('applications', 'abc')).toBeDefined()
  }, 60_000)
})

describe('bytecode', () => {
  const files = { 'app.py': 'A = 1\n', 'broken.py': 'def (:\n', 'text.txt': 'x' }
  test.each<[ApplicationOptions['bytecode'], readonly string[]]>([
    ['with-sources', ['__pycache__/app.cpython.pyc', 'app.py', 'broken.py', 'text.txt']],
    ['alone', ['app.pyc', 'broken.py', 'text.txt']],
    ['none', ['app.py', 'broken.py', 'text.txt']],
  ])(
    '%s',
    async (bytecode, expected) => {
      const { build, project, compiled } = await bench(files)
      expect(await pathsOf(build({ bytecode }))).toEqual(expected)
      await writeFile(join(project, 'text.txt'), 'y')
      expect(await pathsOf(build({ bytecode }))).toEqual(expected)
      expect(compiled).toHaveLength(bytecode === 'none' ? 0 : 1)
    },
    60_000,
  )

  test('what one module becomes does not depend on which were compiled with it', async () => {
    const { build, project } = await bench({ 'a.py': 'x = "alpha"\n', 'b.py': 'y = {"alpha", "beta"}\n' })
    await zipOf(build())
    await writeFile(join(project, 'b.py'), 'y = {"alpha", "gamma"}\n')
    const { sha256 } = await zipOf(build())
    expect((await zipOf(build({ key: 'def' }))).sha256).toBe(sha256)
  }, 60_000)
})

describe('a file that changes while it is read', () => {
  const LARGE = 17 << 20
  const listed = async (files: Readonly<Record<string, string | Uint8Array>>) => {
    const made = await bench(files)
    const entries = await applicationEntries(made.project, { exclude: [], include: [], output: '/nowhere' })
    return { ...made, entries }
  }

  test('is told, when it is gone or has become a folder', async () => {
    const { build, project, entries } = await listed(FILES)
    await rm(join(project, 'app.py'))
    await expect(build({}, entries)).rejects.toMatchObject({
      name: 'UserError',
      title: 'app.py changed while it was read',
    })
    await mkdir(join(project, 'app.py'))
    await expect(build({}, entries)).rejects.toMatchObject({
      name: 'UserError',
      title: 'app.py changed while it was read',
    })
  }, 60_000)

  test.each([
    ['small', 1000],
    ['large', LARGE],
  ])(
    'is told, when a %s one is written to all the time',
    async (_, bytes) => {
      const { build, project, entries } = await listed({ 'log.txt': noise(bytes) })
      const over = new AbortController()
      const writing = (async () => {
        while (!over.signal.aborted) await appendFile(join(project, 'log.txt'), 'x')
      })()
      try {
        const outcomes = new Set<string>()
        for (let round = 0; round < 20 && !outcomes.has('told'); round++) {
          const slice = await build({ key: `${round}` }, entries).catch((error: unknown) => error as Error)
          if (slice instanceof Error) {
            expect(slice).toMatchObject({ name: 'UserError', title: 'log.txt changed while it was read' })
            outcomes.add('told')
          } else {
            await slice[Symbol.asyncDispose]()
          }
        }
        expect([...outcomes]).toEqual(['told'])
      } finally {
        over.abort()
        await writing
      }
    },
    60_000,
  )
})

test('a large file is compressed as a stream, and comes whole', async () => {
  const large = Buffer.concat([Buffer.alloc(12 << 20, 'text '), noise(6 << 20)])
  const { build, project } = await bench({ 'large.bin': large, 'small.txt': 'x' })
  const { path } = await zipOf(build())
  const read = 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("large.bin"))'
  expect(execFileSync('python3', ['-I', '-c', read, path], { maxBuffer: 2 ** 26 }).equals(large)).toBe(true)
  await writeFile(join(project, 'small.txt'), 'y')
  const { sha256 } = await zipOf(build())
  expect((await zipOf(build({ key: 'def' }))).sha256).toBe(sha256)
}, 60_000)

test('any name is a name', async () => {
  const names = ['__proto__', 'constructor', 'модуль/ü ☃.py', 'a b', '-x', "quo'te", 'new\nline']
  const { build } = await bench(Object.fromEntries(names.map((name) => [name, 'x = 1\n'])))
  expect((await pathsOf(build())).filter((path) => !path.includes('__pycache__')).toSorted()).toEqual(names.toSorted())
  expect((await pathsOf(build())).filter((path) => !path.includes('__pycache__')).toSorted()).toEqual(names.toSorted())
}, 60_000)

test('100,000 files take a bounded time and memory', async () => {
  const { build, project } = await bench()
  for (let folder = 0; folder < 100; folder++) {
    mkdirSync(join(project, `${folder}`))
    for (let index = 0; index < 1000; index++) writeFileSync(join(project, `${folder}/${index}.txt`), `${index}`)
  }
  const before = process.memoryUsage().rss
  let most = 0
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50)
  try {
    expect(await pathsOf(build())).toHaveLength(100_000)
    expect(await pathsOf(build())).toHaveLength(100_000)
  } finally {
    clearInterval(watching)
  }
  expect(most - before).toBeLessThan(600_000_000)
  await rm(project, { recursive: true })
}, 240_000)
