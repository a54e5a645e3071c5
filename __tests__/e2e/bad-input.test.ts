import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Python } from '../../scripts/environment/pythons.ts'
import { folderWith } from '../settings/project-folder.ts'
import { type BuildOptions, filesBelow, projectWith, runBuild } from '../support/build.ts'
import { notTried } from '../support/optional.ts'
import { noise } from '../support/slices.ts'
import { pythons } from '../support/toolchain.ts'
import { rawZip, recordLine, type WheelParts, wheelEntries } from '../support/wheels.ts'

let python: Python
beforeAll(async () => {
  const found = (await pythons()).at(-1)
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = found
}, 60_000)

interface Place {
  readonly root: string
  readonly project: string
  readonly store: string
  readonly output: string
  readonly build: (changes?: Partial<BuildOptions>) => ReturnType<typeof runBuild>
}

async function placeWith(wheels: readonly WheelParts[], files: Readonly<Record<string, string>> = {}): Promise<Place> {
  const root = await folderWith()
  const project = await projectWith(root, wheels, files)
  const place = { root, project, store: join(root, 'store'), output: join(root, 'out/app.zip') }
  return { ...place, build: (changes = {}) => runBuild({ python, ...place, ...changes }) }
}

const READ = { encoding: 'utf8', maxBuffer: 2 ** 26 } as const

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

describe('a wheel that may not be installed ends the build, by name, and nothing is written', () => {
  test.each<[string, WheelParts, string]>([
    ['it writes outside of its folder', { raw: [{ name: '../../evil.py', content: 'x' }] }, 'leads out of the folder'],
    ['it has a link', { raw: [{ name: 'x.py', content: '/etc/passwd', mode: 0o120777 }] }, 'is a link'],
    [
      'its RECORD has another hash',
      { files: { 'a.py': 'x' }, record: recordLine('a.py', 'y') },
      'is not the one that its RECORD lists',
    ],
    [
      'it is a bomb',
      { raw: [{ name: 'b', content: Buffer.alloc(30 << 20), claims: { unzippedBytes: 20 << 20 } }] },
      'is damaged',
    ],
  ])(
    '%s',
    async (_, parts, reason) => {
      const { build, output, root } = await placeWith([{ name: 'good', files: { 'good.py': '' } }, parts])
      const { exitCode, stderr } = await build()
      expect(exitCode).toBe(1)
      expect(stderr).toContain('demo-1.0-py3-none-any.whl cannot be installed')
      expect(stderr).toContain(reason)
      expect(await exists(output)).toBe(false)
      expect((await filesBelow(root)).filter((path) => path.includes('evil'))).toEqual([])
    },
    60_000,
  )

  test('its hash is not the one in the manifest', async () => {
    const { build, project } = await placeWith([{ files: { 'a.py': 'x' } }])
    const path = join(project, 'requirements.txt')
    await writeFile(path, (await readFile(path, 'utf8')).replace(/sha256:\w{8}/, 'sha256:00000000'))
    const { exitCode, stderr } = await build()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('hash of demo')
  }, 60_000)

  test('its download is cut off', async () => {
    const wheel = rawZip(wheelEntries({ files: { 'a.bin': noise(200_000) } }))
    const filename = 'demo-1.0-py3-none-any.whl'
    const server = createServer(({ url = '' }, response) => {
      if (!url.endsWith('.whl')) {
        response.setHeader('content-type', 'text/html').end(`<a href="/files/${filename}">${filename}</a>`)
        return
      }
      response.writeHead(200, { 'content-length': wheel.length })
      response.write(wheel.subarray(0, 100_000), () => response.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { build, project, output } = await placeWith([])
      const digest = createHash('sha256').update(wheel).digest('hex')
      const index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`
      await writeFile(join(project, 'requirements.txt'), `--index-url ${index}\ndemo==1.0 --hash=sha256:${digest}\n`)
      const { exitCode, stderr } = await build({ env: { PIP_RETRIES: '0', PIP_RESUME_RETRIES: '0', no_proxy: '*' } })
      expect(exitCode).toBe(1)
      expect(stderr).not.toMatch(/bug|at .*\.cjs/i)
      expect(await exists(output)).toBe(false)
    } finally {
      server.close()
    }
  }, 120_000)
})

describe('the store', () => {
  const WHEELS: readonly WheelParts[] = [
    { name: 'one', files: { 'one.py': 'ONE = 1\n', 'one.bin': noise(400_000) } },
    { name: 'two', files: { 'two/__init__.py': '', 'two/a.py': 'A = 1\n' } },
  ]

  test('a damaged slice is made again, and only that one', async () => {
    const { build, store } = await placeWith(WHEELS)
    const first = await build()
    expect(first.result.slices).toEqual({ total: 2, reused: 0, built: 2 })
    const [slice = ''] = (await filesBelow(store)).filter((path) => path.includes('/slices'))
    const bytes = await readFile(slice)
    bytes[40] = ~(bytes[40] ?? 0) & 0xff
    await writeFile(slice, bytes)
    const second = await build()
    expect(second.result.slices).toEqual({ total: 2, reused: 1, built: 1 })
    expect(second.result.artifact.sha256).toBe(first.result.artifact.sha256)
    expect((await build()).result.slices).toEqual({ total: 2, reused: 2, built: 0 })
  }, 120_000)

  test('that cannot be written is done without, and it is said', async () => {
    const { build, root } = await placeWith(WHEELS)
    await writeFile(join(root, 'file'), '')
    const { exitCode, stderr, result } = await build({ store: join(root, 'file/store') })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('the store cannot be written')
    expect(result.artifact.sha256).toBe((await build()).result.artifact.sha256)
  }, 120_000)

  test('two builds at once share one, and a third finds everything', async () => {
    const { build, root } = await placeWith(WHEELS)
    const both = await Promise.all(['a', 'b'].map((name) => build({ output: join(root, `${name}.zip`) })))
    expect(both.map(({ exitCode, stderr }) => (exitCode === 0 ? '' : stderr))).toEqual(['', ''])
    expect(both[1]?.result.artifact.sha256).toBe(both[0]?.result.artifact.sha256)
    const third = await build()
    expect(third.result.slices.built).toBe(0)
    expect(third.result.artifact.sha256).toBe(both[0]?.result.artifact.sha256)
  }, 120_000)

  test('that a killed build left behind is as good as any', async () => {
    const { build } = await placeWith(WHEELS)
    for (const milliseconds of [300, 700, 1100, 1500, 1900]) await build({ signal: AbortSignal.timeout(milliseconds) })
    const after = await build()
    expect(after.exitCode === 0 ? '' : after.stderr).toBe('')
    const clean = await build({ store: join(await folderWith(), 'store') })
    expect(after.result.artifact.sha256).toBe(clean.result.artifact.sha256)
  }, 120_000)
})

describe('distributions that do not go together', () => {
  test('different modules of one name are an error that names both, or a warning where that is wanted', async () => {
    const { build, output } = await placeWith([
      { name: 'one', files: { 'same.py': 'ONE = 1\n' } },
      { name: 'two', files: { 'same.py': 'TWO = 2\n' } },
    ])
    const refused = await build()
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('one and two have different files at the same path')
    expect(await exists(output)).toBe(false)
    const warned = await build({ args: ['--on-conflict', 'warn'] })
    expect(warned.exitCode).toBe(0)
    expect(warned.stderr).toContain('one and two have different files at the same path')
  }, 120_000)

  test('a file where another has a folder is always one', async () => {
    const { build } = await placeWith([
      { name: 'one', files: { 'data/x.txt': '' } },
      { name: 'two', files: { data: '' } },
    ])
    const { exitCode, stderr } = await build({ args: ['--on-conflict', 'warn'] })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('data is a file of two and a folder of one')
  }, 60_000)
})

describe('a full disk', () => {
  /** A file system of a megabyte, where this user may mount one. */
  async function smallDisk(root: string): Promise<string | undefined> {
    const disk = join(root, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' })
      return disk
    } catch {
      notTried('a full disk needs a user who may mount a file system')
      return undefined
    }
  }
  const WHEELS: readonly WheelParts[] = Array.from({ length: 8 }, (_, index) => ({
    name: `n${index}`,
    files: { [`n${index}.bin`]: noise(400_000, `${index}`) },
  }))

  test('of the store: the build goes on without it, and says so', async () => {
    const { build, root } = await placeWith(WHEELS)
    const disk = await smallDisk(root)
    if (disk === undefined) return
    try {
      const { exitCode, stderr, result } = await build({ store: join(disk, 'store') })
      expect(exitCode === 0 ? '' : stderr).toBe('')
      expect(stderr).toContain('the store cannot be written')
      expect(result.artifact.sha256).toBe((await build()).result.artifact.sha256)
      // What it could keep is whole.
      expect((await build({ store: join(disk, 'store') })).result.artifact.sha256).toBe(result.artifact.sha256)
    } finally {
      execFileSync('umount', [disk])
    }
  }, 120_000)

  test('of the artifact: it is told, and nothing half-written is left', async () => {
    const { build, root } = await placeWith(WHEELS)
    const disk = await smallDisk(root)
    if (disk === undefined) return
    try {
      const { exitCode, stderr } = await build({ output: join(disk, 'app.zip') })
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/full|ENOSPC|no space/i)
      expect(await filesBelow(disk)).toEqual([])
    } finally {
      execFileSync('umount', [disk])
    }
  }, 120_000)
})

describe('the project', () => {
  test('a link that leads out of it is refused by name', async () => {
    const { build, project } = await placeWith([])
    await symlink('/etc', join(project, 'secrets'))
    const { exitCode, stderr } = await build()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('secrets is a link that leads out of the project')
  }, 60_000)

  test('names that differ only in case, and those of other alphabets, arrive', async () => {
    const files = { 'Shop.py': 'A = 1\n', 'shop.py': 'B = 2\n', 'модуль/ü ☃.txt': 'x', 'a\nb.txt': 'y' }
    const { build, output } = await placeWith(
      [{ files: { 'Demo.txt': '1', 'demo.txt': '2', 'ｄemo.txt': '3' } }],
      files,
    )
    expect((await build()).exitCode).toBe(0)
    const program =
      'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: z.read(n).decode("latin-1") for n in z.namelist()}))'
    const found = JSON.parse(execFileSync(python.path, ['-I', '-c', program, output], READ)) as object
    expect(found).toMatchObject({ ...files, 'Demo.txt': '1', 'demo.txt': '2', 'ｄemo.txt': '3' })
  }, 60_000)
})
