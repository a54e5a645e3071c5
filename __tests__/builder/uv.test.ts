import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Completed } from '../../src/builder/builder.ts'
import { findUv, UV_VERSION } from '../../src/builder/uv.ts'
import { UserError } from '../../src/errors.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { addFiles, folderWith } from '../settings/project-folder.ts'

type Answer = Partial<Completed> | Error
type Commands = (readonly string[])[]

const targetOf = (command: readonly string[]): string => command[command.indexOf('--target') + 1] ?? ''

/** Runs nothing: `uv` answers what its version is, and pip's part is played by `pip`. */
async function find(uv: Answer, pip: (target: string, cacheFolder: string) => Promise<Answer>, cacheFolder?: string) {
  const cache = cacheFolder ?? join(await folderWith(), 'not/yet/there')
  const commands: Commands = []
  const report = listeningReporter()
  const run = async (command: readonly string[]): Promise<Completed> => {
    commands.push(command)
    const answer = command[0] === 'uv' ? uv : await pip(targetOf(command), cache)
    if (answer instanceof Error) throw answer
    return { exitCode: 0, stdout: '', stderr: '', ...answer }
  }
  const found = findUv({ python: '/opt/python', cacheFolder: cache, toolsFolder: '/tools', report }, run)
  return { found, cache, commands, report }
}

const missing = new Error('Unable to locate executable file: uv')
const noPip = (): Promise<never> => Promise.reject(new Error('pip was asked'))
const installs = async (target: string): Promise<Answer> => {
  await addFiles(target, { 'bin/uv': 'uv' })
  return {}
}

describe('the machine’s own uv', () => {
  test.each(['uv 0.8.0', 'uv 0.13.9 (x86_64-unknown-linux-gnu)\n', 'uv 1.0.0', 'uv 0.10.2'])(
    'is used: %s',
    async (stdout) => {
      const { found, cache, commands, report } = await find({ stdout }, noPip)
      expect(await found).toBe('uv')
      expect(commands).toEqual([['uv', '--version']])
      expect(report.lines).toEqual([])
      await expect(readdir(cache)).rejects.toMatchObject({ code: 'ENOENT' })
    },
  )

  test.each<[string, Answer]>([
    ['that is too old', { stdout: 'uv 0.7.22' }],
    ['that is much too old', { stdout: 'uv 0.1.45' }],
    ['that is another program', { stdout: 'micro vax 9.9.9' }],
    ['that does not run', { exitCode: 126, stdout: 'uv 0.13.9' }],
    ['that is missing', missing],
  ])('%s is not used', async (_, uv) => {
    const { found, cache } = await find(uv, installs)
    expect(await found).toBe(join(cache, `uv-${UV_VERSION}`, 'bin/uv'))
  })
})

describe('our own copy', () => {
  test('is brought by pip, pinned by hash, as a wheel, into a folder of its own', async () => {
    const { found, cache, commands, report } = await find(missing, installs)
    await found
    expect(await readdir(cache)).toEqual([`uv-${UV_VERSION}`])
    const pip = commands[1] ?? []
    expect(pip.slice(0, 4)).toEqual(['/opt/python', '-m', 'pip', 'install'])
    expect(pip).toEqual(expect.arrayContaining(['--no-deps', '--only-binary', ':all:', '--require-hashes']))
    expect(pip.slice(-2)).toEqual(['-r', join('/tools', 'uv.txt')])
    expect(targetOf(pip).startsWith(cache)).toBe(true)
    expect(report.lines).toEqual([`uv ${UV_VERSION}: installed for this program only, into its cache`])
  })

  test('is brought once', async () => {
    const first = await find(missing, installs)
    const path = await first.found
    const second = await find(missing, noPip, first.cache)
    expect(await second.found).toBe(path)
    expect(second.commands).toEqual([['uv', '--version']])
  })

  test('of another run, which was faster, is as good', async () => {
    const { found, cache } = await find(missing, async (target, folder) => {
      await addFiles(join(folder, `uv-${UV_VERSION}`), { 'bin/uv': 'theirs' })
      return installs(target)
    })
    expect(await found).toBe(join(cache, `uv-${UV_VERSION}`, 'bin/uv'))
    expect(await readdir(cache)).toEqual([`uv-${UV_VERSION}`])
  })

  test('of two runs at once is whole', async () => {
    const cache = await folderWith()
    const both = await Promise.all([find(missing, installs, cache), find(missing, installs, cache)])
    expect(await Promise.all(both.map(({ found }) => found))).toEqual(
      Array(2).fill(join(cache, `uv-${UV_VERSION}`, 'bin/uv')),
    )
    expect(await readdir(cache)).toEqual([`uv-${UV_VERSION}`])
  })

  test('that cannot be brought leaves nothing behind, and says what to do', async () => {
    const { found, cache } = await find(missing, async (target) => {
      await writeFile(join(target, 'half'), '')
      return { exitCode: 1, stderr: 'ERROR: No matching distribution found for uv\n' }
    })
    await expect(found).rejects.toThrow(UserError)
    await expect(found).rejects.toMatchObject({
      title: 'uv, which resolves and installs the requirements, could not be installed',
      detail: 'ERROR: No matching distribution found for uv',
      hint: expect.stringContaining('PIP_INDEX_URL'),
    })
    expect(await readdir(cache)).toEqual([])
  })

  test('that cannot be put in its place is an error, and leaves nothing of it', async () => {
    const { found, cache } = await find(missing, async (target, folder) => {
      await mkdir(join(folder, `uv-${UV_VERSION}`, 'something else'), { recursive: true })
      return installs(target)
    })
    await expect(found).rejects.toMatchObject({ code: expect.stringMatching(/^ENOTEMPTY|EEXIST$/) })
    expect(await readdir(cache)).toEqual([`uv-${UV_VERSION}`])
    await rm(cache, { recursive: true })
  })
})
