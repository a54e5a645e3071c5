import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Docker from 'dockerode'
import { type RunningEngine, startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import { findPythons } from '../../scripts/environment/pythons.ts'
import { startAction } from '../support/action-runner.ts'
import { notTried } from '../support/optional.ts'
import { machineVariables, REPOSITORY } from '../support/world.ts'

let folder: string
let engine: RunningEngine | { readonly missing: string }

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-cancel-')))
  engine = await startEngine()
  if (!('missing' in engine)) await ensureLambdaImages(['3.13'])
}, 300_000)

afterAll(async () => {
  if (!('missing' in engine)) await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Whether an engine is there; in CI it has to be. */
function hasEngine(): boolean {
  if (!('missing' in engine)) return true
  notTried(engine.missing)
  return false
}

/** The containers of a run, by the beginning of its name: other tests have theirs in the same engine. */
const containersOf = async (run: string): Promise<string[]> => {
  const containers = await new Docker().listContainers({ all: true, filters: { label: ['wsgi-lambda.run'] } })
  return containers.filter(({ Labels }) => Labels['wsgi-lambda.run']?.startsWith(run)).map(({ Id }) => Id)
}
const leftovers = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name !== 'store' && !name.startsWith('wsgi-lambda-runner-'))

describe('Ctrl-C half way', () => {
  const build = (builder: readonly string[]) =>
    spawn(
      process.execPath,
      [
        join(REPOSITORY, 'dist/cli.cjs'),
        'build',
        '--project',
        join(REPOSITORY, 'examples/django'),
        '--output',
        join(folder, 'app.zip'),
        '--store',
        join(folder, 'store'),
        ...builder,
      ],
      {
        env: { ...machineVariables(), TMPDIR: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )

  /** Sends SIGINT once the build has started to work. */
  async function interrupted(builder: readonly string[]): Promise<{ run: string; exitCode: number; stderr: string }> {
    const child = build(builder)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    const started = new Promise<boolean>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (chunk.includes('builder:')) resolve(true)
      })
      child.once('close', () => {
        resolve(false)
      })
    })
    expect(await started).toBe(true)
    await sleep(700)
    child.kill('SIGINT')
    const [exitCode] = (await once(child, 'close')) as [number]
    return { run: `local-${child.pid}`, exitCode, stderr }
  }

  test('the container and every temporary file are gone', async () => {
    if (!hasEngine()) return
    const { run, exitCode, stderr } = await interrupted(['--builder', 'docker', '--runtime', 'python3.13'])
    expect(stderr).toContain('Cancelled: cleaning up.')
    expect(exitCode).toBe(130)
    expect(await containersOf(run)).toEqual([])
    expect(await leftovers()).toEqual([])
  }, 120_000)

  test('on the host no temporary file and no half a zip stays', async () => {
    const [python] = await findPythons()
    const { exitCode } = await interrupted([
      '--builder',
      'host',
      '--runtime',
      `python${python?.minor ?? ''}`,
      '--python-bin',
      python?.path ?? '',
    ])
    expect(exitCode).toBe(130)
    expect(await leftovers()).toEqual([])
  }, 120_000)
})

test('a cancelled workflow leaves no container: the post step removes what the main step could not', async () => {
  if (!hasEngine()) return
  const runId = String(process.pid)
  const running = await startAction({
    inputs: {
      command: 'build',
      project: 'examples/django',
      builder: 'docker',
      runtime: 'python3.13',
      output: join(folder, 'action.zip'),
      store: join(folder, 'store'),
    },
    env: { ...machineVariables(), TMPDIR: folder, GITHUB_RUN_ID: runId },
    workspace: REPOSITORY,
  })
  await running.waitFor(/builder: docker/)
  running.signal('SIGKILL') // The worst case: the main step cannot clean up at all.
  const { exitCode, post } = await running.result
  expect(exitCode).toBe(-1)
  expect(post?.exitCode).toBe(0)
  expect(await containersOf(`${runId}-`)).toEqual([])
}, 120_000)
