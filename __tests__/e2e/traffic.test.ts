import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { addFiles } from '../settings/project-folder.ts'
import { type Ended, REPOSITORY, startWorld, type World } from '../support/world.ts'

/** How traffic gets to a new version: what the emulator stores of it. It sends all of it to the main version. */

const app = (greeting: string): string => `
import os

def app(environ, start_response):
    is_broken = os.path.exists(os.environ["BROKEN"])
    start_response("500 Broken" if is_broken else "200 OK", [("Content-Type", "text/plain")])
    return [b"broken" if is_broken else b"${greeting}"]
`

let world: World
let lambda: LambdaClient
let alarms: CloudWatchClient
let project: string
let broken: string

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'project')
  broken = join(world.folder, 'broken')
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = world.env
  const { endpoint, region } = world.emulator
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } }
  lambda = new LambdaClient(options)
  alarms = new CloudWatchClient(options)
}, 240_000)

afterAll(async () => {
  lambda.destroy()
  alarms.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(async () => {
  world.proxy.clear()
  await rm(broken, { force: true })
})

const own = (): string[] => [
  ...['--project', project, '--function-name', 'traffic', '--environment', `BROKEN=${broken}`, '--json'],
]

/** Deploys an application that greets so. */
async function deploy(greeting: string, ...args: string[]): Promise<Ended> {
  await addFiles(project, { 'app.py': app(greeting), 'requirements.txt': '' })
  return await world.deploy([...own(), ...args])
}

/** Presses Ctrl-C in a deployment. @returns its exit code */
async function interrupted(greeting: string, args: readonly string[], when: () => Promise<void>): Promise<unknown> {
  await addFiles(project, { 'app.py': app(greeting), 'requirements.txt': '' })
  const inputs = Object.entries(world.inputs).flatMap(([name, value]) => [`--${name}`, value])
  const output = join(world.folder, 'interrupted.zip')
  const command = [join(REPOSITORY, 'dist/cli.cjs'), 'deploy', ...inputs, '--output', output, ...own(), ...args]
  const child = spawn(process.execPath, command, { env: { ...world.env }, cwd: world.folder, stdio: 'ignore' })
  const closed = once(child, 'close')
  await Promise.race([when(), closed])
  child.kill('SIGINT')
  const [exitCode] = (await closed) as [number]
  return exitCode
}

async function deployed(greeting: string, ...args: string[]): Promise<DeployResult> {
  const { exitCode, stdout, stderr } = await deploy(greeting, ...args)
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as DeployResult
}

async function aliasNow(): Promise<{ version: string | undefined; weights: Record<string, number> }> {
  const { FunctionVersion: version, RoutingConfig: routing } = await lambda.send(
    new GetAliasCommand({ FunctionName: 'traffic', Name: 'live' }),
  )
  return { version, weights: routing?.AdditionalVersionWeights ?? {} }
}

async function setAlarm(state: 'OK' | 'ALARM'): Promise<void> {
  const reason = `set to ${state} by a test`
  await alarms.send(new SetAlarmStateCommand({ AlarmName: 'traffic-errors', StateValue: state, StateReason: reason }))
}

/** Until the alias is divided. */
async function divided(): Promise<void> {
  while (Object.keys((await aliasNow()).weights).length === 0) await sleep(100)
}

describe('traffic in steps', () => {
  beforeAll(async () => {
    await alarms.send(
      new PutMetricAlarmCommand({
        AlarmName: 'traffic-errors',
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    )
    await setAlarm('OK')
    await deployed('one')
  }, 120_000)

  test('a part of it for a time, then all of it', async () => {
    const { plan, function: released } = await deployed(
      'two',
      ...['--traffic', '10% 1s, 50% 1s', '--traffic-alarms', 'traffic-errors'],
    )
    expect(plan).toEqual([
      'see that no alarm is on: traffic-errors',
      'update the code',
      'publish a version and wait until it is active',
      'request / from the new version',
      'send 10 % of the traffic to the new version for 1 s',
      'send 50 % of the traffic to the new version for 1 s',
      'move the alias live to the new version',
    ])
    const moves = world.proxy
      .calls()
      .filter(({ operation, qualifier }) => operation === 'UpdateAlias' && qualifier === 'live')
    expect(moves).toHaveLength(3)
    expect(await aliasNow()).toEqual({ version: released.version, weights: {} })
  }, 60_000)

  test('back, when a request fails meanwhile', async () => {
    const before = await aliasNow()
    const deploying = deploy('three', '--traffic', '10% 60s')
    await divided()
    await writeFile(broken, '')
    const { exitCode, stderr } = await deploying
    expect(exitCode).toBe(1)
    expect(stderr).toContain('With 10 % of the traffic: The new version answers GET / with 500')
    expect(stderr).toContain(`All traffic is back on version ${before.version}`)
    expect(await aliasNow()).toEqual(before)
  }, 90_000)

  test('back, when an alarm goes on meanwhile; and not at all while it is on', async () => {
    const before = await aliasNow()
    const args = ['--traffic', '10% 60s', '--traffic-alarms', 'traffic-errors', '--no-smoke']
    const deploying = deploy('four', ...args)
    await divided()
    await setAlarm('ALARM')
    const { exitCode, stderr } = await deploying
    expect(exitCode).toBe(1)
    expect(stderr).toContain('With 10 % of the traffic: The alarm traffic-errors is in ALARM')
    expect(stderr).toContain('set to ALARM by a test')
    expect(await aliasNow()).toEqual(before)

    world.proxy.clear()
    const refused = await deploy('four', ...args)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('The alarm traffic-errors is in ALARM')
    expect(refused.stderr).toContain('Nothing has been changed.')
    expect(await aliasNow()).toEqual(before)
    await setAlarm('OK')
  }, 90_000)

  test('back, when somebody presses Ctrl-C meanwhile', async () => {
    const before = await aliasNow()
    expect(await interrupted('five', ['--traffic', '10% 60s'], divided)).toBe(130)
    expect(await aliasNow()).toEqual(before)
  }, 60_000)

  test('what an ended run has left is cleared first', async () => {
    const { version } = await aliasNow()
    const weights = { AdditionalVersionWeights: { '1': 0.5 } }
    await lambda.send(new UpdateAliasCommand({ FunctionName: 'traffic', Name: 'live', RoutingConfig: weights }))
    const { plan } = await deployed('two', '--traffic', '10% 1s')
    expect(plan[0]).toBe('send all traffic of the alias live to one version again')
    expect(await aliasNow()).toEqual({ version, weights: {} })
    expect(await deployed('two', '--traffic', '10% 1s')).toMatchObject({ changed: false })
  }, 60_000)
})

describe('provisioned concurrency', () => {
  const countOf = async (version: string): Promise<number | undefined> => {
    const command = new GetProvisionedConcurrencyConfigCommand({ FunctionName: 'traffic', Qualifier: version })
    const found = await lambda.send(command).catch(() => undefined)
    return found?.RequestedProvisionedConcurrentExecutions
  }

  test('goes from version to version with the traffic', async () => {
    const { function: first } = await deployed('ready', '--provisioned-concurrency', '2')
    expect(await countOf(first.version)).toBe(2)

    world.proxy.clear()
    expect(await deployed('ready', '--provisioned-concurrency', '2')).toMatchObject({ changed: false })
    expect(world.operations().toSorted()).toEqual([
      'GetAlias',
      'GetFunctionConfiguration',
      'GetFunctionUrlConfig',
      'GetPolicy',
      'ListProvisionedConcurrencyConfigs',
    ])

    world.proxy.clear()
    const { function: second, plan } = await deployed('readier', '--provisioned-concurrency', '3')
    expect(plan.slice(-3)).toEqual([
      'keep 3 environments of the version ready (provisioned concurrency)',
      'move the alias live to the new version',
      `remove the provisioned concurrency of version ${first.version}`,
    ])
    expect([await countOf(first.version), await countOf(second.version)]).toEqual([undefined, 3])

    const { plan: removing } = await deployed('readier', '--provisioned-concurrency', '0')
    expect(removing).toEqual([`remove the provisioned concurrency of version ${second.version}`])
    expect(await countOf(second.version)).toBeUndefined()
  }, 60_000)
})

describe('a version for commands', () => {
  const MIGRATION = 'exec import os, time; time.sleep(3); print("migrated as", os.environ["DATABASE_USER"])'
  const args = [
    ...['--timeout', '2', '--command-timeout', '60', '--command-environment', 'DATABASE_USER=owner'],
    ...['--commands', 'exec', '--before-traffic', MIGRATION],
  ]

  async function configurationOf(qualifier?: string) {
    const command = new GetFunctionConfigurationCommand({ FunctionName: 'traffic', Qualifier: qualifier })
    const { Version, Timeout, CodeSha256, Environment, Description } = await lambda.send(command)
    const variables = Object.keys(Environment?.Variables ?? {})
    return { version: Version, timeout: Timeout, code: CodeSha256, variables, description: Description }
  }

  test('has its own time and variables, and requests do not meet it', async () => {
    const { commands, plan, function: released } = await deployed('commands', ...args)
    expect(commands).toMatchObject([{ command: MIGRATION, exitCode: 0, output: 'migrated as owner\n' }])
    expect(plan).toContain('publish a version for commands and wait until it is active')
    const [forCommands, live, latest] = await Promise.all([
      configurationOf('live-commands'),
      configurationOf('live'),
      configurationOf(),
    ])
    expect(forCommands).toMatchObject({
      timeout: 60,
      variables: ['BROKEN', 'DATABASE_USER', 'WSGI_LAMBDA_FOR'],
      code: live.code,
    })
    expect(forCommands.description).toMatch(/^wsgi-lambda commands/)
    expect(live).toMatchObject({ timeout: 2, variables: ['BROKEN'], version: released.version })
    expect(latest).toMatchObject({ timeout: 2, variables: ['BROKEN'], description: '' })
  }, 90_000)

  test('is read in the same round as the rest, and nothing is to be done', async () => {
    expect(await deployed('commands', ...args)).toMatchObject({ changed: false })
    expect(
      world
        .operations()
        .filter((operation) => operation !== 'GetFunctionConfiguration')
        .toSorted(),
    ).toEqual(['GetAlias', 'GetFunctionUrlConfig', 'GetPolicy'])
    expect(world.operations()).toHaveLength(5)
  }, 30_000)

  test('runs remote commands too', async () => {
    const code = 'import os; print(os.environ["DATABASE_USER"])'
    const ran = await world.cli(['--function-name', 'traffic', 'exec', '-c', code])
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'owner\n' })
  }, 30_000)

  test('of a release that fails stays without traffic, and so does what it configured', async () => {
    const before = await configurationOf('live-commands')
    await writeFile(broken, '')
    const { exitCode, stderr } = await deploy('failing', ...args)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('has not moved: it serves version')])
    expect(await configurationOf('live-commands')).toEqual(before)
    expect(await configurationOf()).toMatchObject({ timeout: 2, variables: ['BROKEN'] })
  }, 90_000)

  test('of a release that somebody ends stays nothing in $LATEST', async () => {
    const configured = async (): Promise<void> => {
      while (!(await configurationOf()).variables.includes('DATABASE_USER')) await sleep(20)
    }
    expect(await interrupted('interrupted', args, configured)).toBe(130)
    expect(await configurationOf()).toMatchObject({ timeout: 2, variables: ['BROKEN'], description: '' })
  }, 60_000)
})
