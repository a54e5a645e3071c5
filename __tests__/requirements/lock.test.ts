import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Completed } from '../../src/builder/builder.ts'
import { UserError } from '../../src/errors.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import { lockRequirements, targetOptions } from '../../src/requirements/lock.ts'
import type { Manifest } from '../../src/settings/manifest.ts'
import { addFiles, folderWith } from '../settings/project-folder.ts'
import { fakeBuilder, listeningReporter } from './fakes.ts'

const HASH = '--hash=sha256:0f'
const PINNED = `flask==3.1.0 \\\n    ${HASH}\n`

/** What a lock gives, what ran for it, and the text of the file that it names. */
async function lock(project: string, manifest: Manifest, answer: Partial<Completed> = {}) {
  await using builder = await fakeBuilder(answer)
  const requirements = await lockRequirements(project, manifest, { builder, report: listeningReporter() })
  return { requirements, commands: builder.commands, written: await builder.read(requirements.path) }
}

const file = (path: string): Manifest => ({ kind: 'requirements', path })

describe('a requirements file', () => {
  test('is resolved for the target, with hashes', async () => {
    const project = await folderWith({ 'requirements.txt': 'flask\n' })
    const { requirements, commands, written } = await lock(project, file('requirements.txt'), { stdout: PINNED })
    expect(requirements).toMatchObject({ text: PINNED, isEmpty: false, files: [{ path: 'requirements.txt' }] })
    expect(written).toBe(PINNED)
    expect(commands).toHaveLength(1)
    const [uv, ...args] = commands[0] ?? []
    expect([uv, ...args.slice(0, 3)]).toEqual(['/opt/uv', 'pip', 'compile', 'manifest/requirements.txt'])
    expect(args).toContain('--generate-hashes')
    expect(args.join(' ')).toContain('--python-platform x86_64-manylinux_2_34 --python-version 3.13.5')
  })

  test.each<[string, Record<string, string>, string]>([
    ['with hashes', { 'requirements.txt': `flask==3.1.0 ${HASH}\n` }, `flask==3.1.0 ${HASH}\n`],
    ['without a requirement', { 'requirements.txt': '# none\n' }, '# none\n'],
  ])('%s is taken as it is, and nothing runs', async (_, files, text) => {
    const { requirements, commands, written } = await lock(await folderWith(files), file('requirements.txt'))
    expect(commands).toEqual([])
    expect(requirements).toMatchObject({ text, isEmpty: text.startsWith('#') })
    expect(written).toBe(text)
  })

  test('that includes one which only uv reads is not empty', async () => {
    const project = await folderWith({ 'requirements.txt': '-r https://x.example/r.txt\n' })
    const { requirements, commands } = await lock(project, file('requirements.txt'), { stdout: PINNED })
    expect(commands).toHaveLength(1)
    expect(requirements).toMatchObject({ text: PINNED, isEmpty: false })
  })

  test('whose markers leave nothing for the target is empty', async () => {
    const project = await folderWith({ 'requirements.txt': 'pywin32; sys_platform == "win32"\n' })
    const { requirements } = await lock(project, file('requirements.txt'), { stdout: '--only-binary :all:\n' })
    expect(requirements.isEmpty).toBe(true)
  })

  test.each<[string, Record<string, string>, string, string[]]>([
    [
      'beside it',
      { 'app/r/a.txt': '-r b.txt', 'app/r/b.txt': 'flask' },
      'r/a.txt',
      ['manifest/r/a.txt', 'manifest/r/b.txt'],
    ],
    [
      'above the project',
      { 'app/a.txt': '-r ../b.txt', 'b.txt': '-c r/c.txt', 'r/c.txt': 'x' },
      'a.txt',
      ['manifest/app/a.txt', 'manifest/b.txt', 'manifest/r/c.txt'],
    ],
    [
      'two folders above the project',
      { 'app/r/a.txt': '-r ../../b.txt', 'b.txt': '-r ../c.txt', '../c.txt': 'flask' },
      'r/a.txt',
      ['manifest/deep/app/r/a.txt', 'manifest/deep/b.txt', 'manifest/c.txt'],
    ],
    ['nowhere, and that itself is above', { 'a.txt': 'flask' }, '../a.txt', ['manifest/a.txt']],
  ])('whose includes stand %s finds them in the workspace', async (_, files, path, staged) => {
    const root = join(await folderWith(), 'deep')
    await addFiles(root, { 'app/app.py': '', ...files })
    await using builder = await fakeBuilder({ stdout: PINNED })
    await lockRequirements(join(root, 'app'), file(path), { builder, report: listeningReporter() })
    expect(await Promise.all(staged.map((path) => builder.read(path)))).toEqual(Object.values(files))
    expect(builder.commands[0]?.[3]).toBe(staged[0])
  })

  test('that asks for something of this machine is refused, with its line', async () => {
    const project = await folderWith({ 'requirements.txt': 'flask\n-r base.txt', 'base.txt': '\n-e ./lib\n' })
    const locking = lock(project, file('requirements.txt'))
    await expect(locking).rejects.toThrow(UserError)
    await expect(locking).rejects.toMatchObject({
      title: expect.stringMatching(/^base\.txt, line 2: -e \.\/lib is on this machine/),
      location: { file: 'base.txt', line: 2 },
    })
  })

  test('that cannot be resolved says so with uv’s words', async () => {
    const project = await folderWith({ 'requirements.txt': 'flask\npsycopg2\n' })
    const stderr = 'error: Because psycopg2==2.9.10 has no usable wheels and you require psycopg2'
    await expect(lock(project, file('requirements.txt'), { exitCode: 1, stderr })).rejects.toMatchObject({
      title: 'psycopg2 has no wheel for python3.13 on x86_64',
      detail: stderr,
      location: { file: 'requirements.txt', line: 2 },
    })
  })
})

describe('uv.lock', () => {
  const uvLock: Manifest = { kind: 'uv.lock', path: 'uv.lock' }
  const files = { 'uv.lock': 'version = 1\n', 'pyproject.toml': '[project]\nname = "shop"\n' }

  test('is exported without its development group and without the project', async () => {
    await using builder = await fakeBuilder({ stdout: PINNED })
    const project = await folderWith(files)
    const requirements = await lockRequirements(project, uvLock, { builder, report: listeningReporter() })
    expect(requirements).toMatchObject({ text: PINNED, isEmpty: false })
    expect(await builder.read(requirements.path)).toBe(PINNED)
    expect(await builder.read('manifest/uv.lock')).toBe(files['uv.lock'])
    expect(await builder.read('manifest/pyproject.toml')).toBe(files['pyproject.toml'])
    expect(builder.commands).toHaveLength(1)
    expect(builder.commands[0]?.slice(0, 2)).toEqual(['/opt/uv', 'export'])
    expect(builder.commands[0]).toEqual(expect.arrayContaining(['--frozen', '--no-dev', '--no-emit-project']))
    expect(builder.commands[0]?.join(' ')).toContain('--project manifest')
  })

  test('in a folder is exported from there', async () => {
    await using builder = await fakeBuilder({ stdout: PINNED })
    const project = await folderWith({ 'back/uv.lock': 'v', 'back/pyproject.toml': 'p' })
    await lockRequirements(project, { kind: 'uv.lock', path: 'back/uv.lock' }, { builder, report: listeningReporter() })
    expect(await builder.read('manifest/back/uv.lock')).toBe('v')
    expect(builder.commands[0]?.join(' ')).toContain('--project manifest/back')
  })

  test('without a dependency is empty', async () => {
    expect((await lock(await folderWith(files), uvLock, { stdout: '' })).requirements.isEmpty).toBe(true)
  })

  test('that uv cannot read is shown with its words', async () => {
    const answer = { exitCode: 2, stderr: 'error: Failed to parse `uv.lock`\n' }
    await expect(lock(await folderWith(files), uvLock, answer)).rejects.toMatchObject({
      title: 'uv.lock cannot be read',
      detail: 'error: Failed to parse `uv.lock`',
      hint: 'Make it anew with: uv lock',
    })
  })

  test('without pyproject.toml beside it is the user’s to mend', async () => {
    const locking = lock(await folderWith({ 'back/uv.lock': '' }), { kind: 'uv.lock', path: 'back/uv.lock' })
    await expect(locking).rejects.toThrow(UserError)
    await expect(locking).rejects.toMatchObject({
      title: 'back/pyproject.toml cannot be read',
      hint: expect.stringContaining('back/uv.lock'),
    })
  })

  test('with a member of its workspace does not leave it out silently', async () => {
    const locking = lock(await folderWith(files), uvLock, { stdout: `-e ./lib\n${PINNED}` })
    await expect(locking).rejects.toThrow(UserError)
    await expect(locking).rejects.toMatchObject({
      title: expect.stringMatching(/^uv\.lock: -e \.\/lib is on this machine/),
    })
  })
})

describe('what can change which distributions are chosen', () => {
  test.each<['docker' | 'host', 'x86_64' | 'arm64', string[]]>([
    ['host', 'x86_64', ['--python-platform', 'x86_64-manylinux_2_34', '--only-binary', ':all:']],
    ['host', 'arm64', ['--python-platform', 'aarch64-manylinux_2_34', '--only-binary', ':all:']],
    ['docker', 'x86_64', ['--python-platform', 'x86_64-manylinux_2_34']],
  ])('%s, %s', async (kind, architecture, expected) => {
    await using builder = await fakeBuilder({}, { kind, target: targetOf('python3.13', architecture) })
    const options = targetOptions(builder)
    expect(options).toEqual(expect.arrayContaining([...expected, '--python-version', '3.13.5']))
    expect(options.includes('--only-binary')).toBe(expected.includes('--only-binary'))
  })
})
