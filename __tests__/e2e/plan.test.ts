import { appendFile, cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { runAction } from '../support/action-runner.ts'
import { type Ended, REPOSITORY, startWorld, type World } from '../support/world.ts'

let world: World
let project: string

const MIGRATION = `from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RemoveField(model_name="item", name="price"),
    ]
`

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'shop')
  await cp(join(REPOSITORY, '__tests__/fixtures/bare-wsgi'), project, { recursive: true })
  await mkdir(join(project, 'shop/migrations'), { recursive: true })
  await writeFile(join(project, 'shop/migrations/0001_initial.py'), 'operations = []\n')
  expect((await deploy(['--memory', '512'])).exitCode).toBe(0)
  await writeFile(join(project, 'shop/migrations/0002_no_price.py'), MIGRATION)
}, 240_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

const run = (command: 'plan' | 'deploy', args: readonly string[]): Promise<Ended> =>
  world.cli([
    command,
    ...Object.entries(world.inputs).flatMap(([name, value]) => [`--${name}`, value]),
    ...['--project', project, '--output', join(world.folder, 'shop.zip'), '--no-check', '--function-name', 'shop'],
    ...args,
  ])
const including = (path: string): unknown => expect.arrayContaining([path])
const deploy = (args: readonly string[]): Promise<Ended> => run('deploy', args)
const plan = (args: readonly string[]): Promise<Ended> => run('plan', args)
const differenceOf = ({ stdout }: Ended): DeployResult['difference'] => (JSON.parse(stdout) as DeployResult).difference

function expectNoWrites(): void {
  expect(world.operations().filter((operation) => !operation.startsWith('Get'))).toEqual([])
}

describe('what a deployment would change', () => {
  test('is printed, and nothing is done', async () => {
    const { stdout, exitCode } = await plan(['--memory', '1024', '--environment', 'NEW=1'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('  would update the code\n')
    expect(stdout).toContain('  configuration, against version 1:\n    memory  512 → 1024\n')
    expect(stdout).toContain('  environment, names only, against version 1:\n    + NEW\n')
    expect(stdout).toContain('    files: ')
    expect(stdout).toContain('    + shop/migrations/0002_no_price.py\n')
    expect(stdout).toContain(
      '  migrations that version 1 has not:\n    shop/migrations/0002_no_price.py\n      ! line 6: RemoveField: the version',
    )
    expect(stdout).toMatch(/lambda:UpdateFunctionCode, .* on arn:aws:lambda:eu-west-1:\d{12}:function:shop, /)
    expectNoWrites()
  }, 60_000)

  test('is the same where the files are read from what AWS has', async () => {
    const kept = await plan(['--json'])
    expect(world.operations()).not.toContain('GetFunction')
    const asked = await plan(['--json', '--store', join(world.folder, 'empty-store')])
    expect(world.operations()).toContain('GetFunction')
    expect(differenceOf(asked)).toEqual(differenceOf(kept))
    expect(differenceOf(kept)).toMatchObject({
      served: '1',
      code: { contents: { files: { added: including('shop/migrations/0002_no_price.py') } } },
      migrations: [{ path: 'shop/migrations/0002_no_price.py', remarks: [{ line: 6, operation: 'RemoveField' }] }],
    })
    expectNoWrites()
  }, 120_000)

  test('is told by the exit code, when asked to', async () => {
    expect((await plan(['--detailed-exitcode'])).exitCode).toBe(3)
    expect((await deploy([])).exitCode).toBe(0)
    const unchanged = await plan(['--detailed-exitcode'])
    expect(unchanged.exitCode).toBe(0)
    expect(unchanged.stdout).toContain('Nothing to do: live serves version 2 with this code and configuration.')
  }, 120_000)

  test('is told without files where they may not be read', async () => {
    await appendFile(join(project, 'shop/migrations/0002_no_price.py'), '# changed\n')
    const denied = { status: 403, type: 'AccessDeniedException' }
    world.proxy.inject({ operation: 'GetFunction', times: Infinity, message: 'not allowed', ...denied })
    const { stdout, exitCode } = await plan(['--store', join(world.folder, 'other-store')])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('The files of the served version are not known')
    expect(stdout).toContain('  would update the code\n')
  }, 60_000)

  test('stands in the summary of the action, and in its outputs', async () => {
    const { summary, outputs, log, exitCode } = await runAction({
      inputs: { ...world.inputs, command: 'plan', project, 'function-name': 'shop', memory: '2048', check: 'false' },
      env: world.env,
      workspace: REPOSITORY,
    })
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
    expect(summary).toContain('would be changed')
    expect(summary).toContain('memory  512 → 2048')
    expect(outputs).toMatchObject({ 'would-change': 'true', changed: 'false' })
  }, 60_000)
})

describe('no value of a variable and no secret is in anything that comes out', () => {
  const CANARY = /canary|emulator-secret-key|ministack-local-presigned/
  const environment = 'DATABASE_URL=postgres://shop:canary-password@db/shop\nSECRET_KEY=canary-key'
  const secrets = 'TOKEN=ssm:/canary-reference/token'
  const given = (more: string): string[] => [
    ...[
      '--environment',
      `${environment}\n${more}`,
      '--secrets',
      secrets,
      '--commands',
      'shell',
      '--no-smoke',
      '--verbose',
    ],
  ]

  beforeAll(async () => {
    const first = await deploy(['--function-name', 'canaries', ...given('KEPT=canary-kept')])
    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
  }, 120_000)

  test.each<[string, 'plan' | 'deploy', readonly string[], number]>([
    ['a plan', 'plan', given('ADDED=canary-added'), 0],
    [
      'a plan that removes',
      'plan',
      ['--environment', 'A=canary-a', '--environment-strategy', 'replace', '--verbose'],
      0,
    ],
    ['a plan as JSON', 'plan', [...given('ADDED=canary-added'), '--json'], 0],
    [
      'a plan from what AWS has',
      'plan',
      [...given('ADDED=canary-added'), '--store', 'fresh-store', '--memory', '256'],
      0,
    ],
    ['a dry run', 'deploy', [...given('ADDED=canary-added'), '--dry-run'], 0],
    ['a release', 'deploy', given('ADDED=canary-added'), 0],
    ['a release as JSON', 'deploy', [...given('ADDED=canary-json'), '--json'], 0],
    ['a release that fails', 'deploy', [...given('ADDED=canary-fails'), '--before-traffic', 'shell exit 3'], 1],
    ['an environment that is too large', 'deploy', given(`ADDED=canary-${'x'.repeat(5000)}`), 2],
    ['a wrong environment', 'plan', ['--environment', 'canary-without-equals'], 2],
    ['a wrong secret', 'plan', ['--secrets', 'TOKEN=canary-is-no-reference'], 2],
  ])(
    '%s',
    async (_, command, args, code) => {
      const { stdout, stderr, exitCode } = await run(command, ['--function-name', 'canaries', ...args])
      expect(exitCode).toBe(code)
      expect(`${stdout}\n${stderr}`).not.toMatch(CANARY)
    },
    120_000,
  )

  test.each(['UpdateFunctionConfiguration', 'GetFunctionUrlConfig', 'UpdateAlias'])(
    'a release in which %s is refused',
    async (operation) => {
      const refusal = { status: 400, type: 'InvalidParameterValueException', message: 'Lambda was unable to do that' }
      world.proxy.inject({ operation, times: Infinity, ...refusal })
      const { stdout, stderr, exitCode } = await run('deploy', [
        ...['--function-name', 'canaries', ...given(`ADDED=canary-${operation}`)],
      ])
      expect(exitCode).toBe(1)
      expect(`${stdout}\n${stderr}`).not.toMatch(CANARY)
    },
    120_000,
  )

  test.each(['plan', 'deploy'])(
    'the action, with its debug output: %s',
    async (command) => {
      const { log, summary, annotations, outputs, state, post } = await runAction({
        inputs: {
          ...{ ...world.inputs, command, project, 'function-name': 'canaries', smoke: 'false', secrets },
          environment: `${environment}\nADDED=canary-action`,
        },
        env: { ...world.env, RUNNER_DEBUG: '1' },
        workspace: REPOSITORY,
      })
      expect(summary).toContain('~ ADDED')
      expect(JSON.stringify({ log, summary, annotations, outputs, state, post })).not.toMatch(CANARY)
    },
    120_000,
  )
})
