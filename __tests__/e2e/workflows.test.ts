import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { ensureAct } from '../../scripts/environment/act.ts'
import { exampleRepositories } from '../support/examples.ts'
import { notTried } from '../support/optional.ts'
import { REPOSITORY, startWorld, type World } from '../support/world.ts'

jest.setTimeout(300_000)

/** Undefined where act is missing, and nothing can be tried. */
let world: World | undefined
let repository: Awaited<ReturnType<typeof exampleRepositories>>
let missing = ''

beforeAll(async () => {
  const act = await ensureAct()
  if ('missing' in act) {
    missing = act.missing
    return
  }
  world = await startWorld()
  repository = await exampleRepositories(world)
}, 400_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
}, 60_000)

const tried = (name: string, body: (world: World) => Promise<void>): void => {
  test(name, async () => {
    if (world) await body(world)
    else notTried(missing)
  })
}

const FIXTURE = '__tests__/fixtures/bare-wsgi'
const signedIn = (output: string): string[] =>
  [...output.matchAll(/\| signed in as \S+?:role\/(\S+ in \S+)/g)].map(([, text = '']) => text)

describe('examples/workflows, run as they are shown', () => {
  tried('monorepo.yml deploys each of two folders as a function of its own', async ({ operations }) => {
    const { start } = await repository('monorepo.yml', { shop: FIXTURE, api: '__tests__/fixtures/api' })
    const { exitCode, output } = await start({ name: 'push' })
    expect([exitCode, signedIn(output).sort()]).toEqual([0, ['api-deploy in eu-west-1', 'shop-deploy in eu-west-1']])
    expect(operations().filter((operation) => operation === 'CreateFunction')).toHaveLength(2)
  })

  tried('regions.yml deploys the same bytes to each region, one after the other', async () => {
    const { start } = await repository('regions.yml', { '.': FIXTURE })
    const { exitCode, output } = await start({ name: 'push' })
    expect([exitCode, signedIn(output)]).toEqual([
      0,
      ['eu-west-1', 'us-east-1', 'ap-southeast-2'].map((region) => `shop-deploy-${region} in ${region}`),
    ])
    expect(new Set(output.match(/(?<=set-output:: code-sha256=)\S+/g)).size).toBe(1)
  })

  tried('manage.yml runs what somebody typed in the function, and no shell does', async ({ deploy }) => {
    await deploy(['--function-name', 'shop', '--project', join(REPOSITORY, FIXTURE), '--commands', 'exec'])
    const { start, folder } = await repository('manage.yml', {})
    const manage = (run: string) => start({ name: 'workflow_dispatch', payload: { inputs: { run } } })
    const asked = await manage('exec print(6 * 7)')
    expect([asked.exitCode, asked.output]).toEqual([0, expect.stringMatching(/\| │ 42$/m)])
    const hostile = await manage('exec print(1); $(touch here) `touch here`')
    expect([hostile.exitCode, hostile.output]).toEqual([1, expect.stringContaining('SyntaxError')])
    await expect(access(join(folder, 'here'))).rejects.toThrow('ENOENT')
  })
})
