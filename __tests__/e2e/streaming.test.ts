import { join } from 'node:path'
import { GetFunctionUrlConfigCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { addFiles } from '../settings/project-folder.ts'
import { containing } from '../support/matchers.ts'
import { type Ended, startWorld, type World } from '../support/world.ts'

/**
 * The setting `streaming`, from a flag to what a visitor gets. The emulator calls the function by Invoke and then splits the
 * prelude off where its URL has the mode RESPONSE_STREAM: that code and mode fit each other is seen here, what is on the wire
 * before the end is not (__tests__/runtime/test_streaming.py).
 */

const APP = `
def app(environ, start_response):
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Made-By", "the application")])
    yield b"one "
    yield b"two"
`

let world: World
let lambda: LambdaClient
let project: string

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'project')
  await addFiles(project, { 'app.py': APP, 'requirements.txt': '' })
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = world.env
  const { endpoint, region } = world.emulator
  lambda = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
}, 240_000)

afterAll(async () => {
  lambda.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

async function deploy(...args: string[]): Promise<Ended> {
  return await world.deploy(['--project', project, '--function-name', 'stream', '--json', ...args])
}

async function deployed(...args: string[]): Promise<DeployResult> {
  const { exitCode, stdout, stderr } = await deploy(...args)
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as DeployResult
}

async function modeOf(functionName = 'stream'): Promise<string | undefined> {
  const command = new GetFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: 'live' })
  return (await lambda.send(command)).InvokeMode
}

/** What the function answers to a plain Invoke with the event of a Function URL. */
async function invoke(clientContext?: object): Promise<unknown> {
  const requestContext = { http: { method: 'GET' }, domainName: 'abc.lambda-url.eu-west-1.on.aws', stage: '$default' }
  const event = { version: '2.0', routeKey: '$default', rawPath: '/', requestContext, headers: {} }
  const command = new InvokeCommand({
    FunctionName: 'stream',
    Qualifier: 'live',
    Payload: Buffer.from(JSON.stringify(event)),
    ClientContext: clientContext && Buffer.from(JSON.stringify(clientContext)).toString('base64'),
  })
  // The emulator makes a JSON string of what is no JSON.
  return JSON.parse((await lambda.send(command)).Payload?.transformToString() ?? '')
}

const writes = (): string[] => world.operations().filter((operation) => !operation.startsWith('Get'))
const PAGE = { status: 201, text: 'one two' }
const CHANGE = ['UpdateFunctionCode', 'PublishVersion', 'Invoke', 'UpdateFunctionUrlConfig', 'UpdateAlias']
const TO_STREAMS = 'change the invoke mode of the Function URL to RESPONSE_STREAM'

test('streaming is turned on and off, and visitors get the page in each state', async () => {
  const { function: released } = await deployed()
  const url = released.url ?? ''
  expect([await modeOf(), await world.visit(url)]).toEqual(['BUFFERED', PAGE])

  world.proxy.clear()
  expect((await deployed('--streaming', '--dry-run')).plan.slice(-2)).toEqual([
    TO_STREAMS,
    'move the alias live to the new version',
  ])
  expect([writes(), await modeOf()]).toEqual([[], 'BUFFERED'])

  world.proxy.clear()
  const on = await deploy('--streaming')
  expect([on.exitCode, writes()]).toEqual([0, [...CHANGE, 'FunctionUrl']])
  // The smoke request went to a function that streams, and was answered whole.
  expect(on.stderr).toContain('GET / on version 2 → 201')
  expect(on.stderr).toMatch(/GET http:\S+ → 201 /)
  expect([await modeOf(), await world.visit(url)]).toEqual(['RESPONSE_STREAM', PAGE])
  const head = '{"statusCode": 201, "headers": {"Content-Type": "text/plain", "X-Made-By": "the application"}}'
  expect(await invoke()).toBe(`${head}${'\0'.repeat(8)}one two`)
  expect(await invoke({ custom: { 'wsgi-lambda': '1' } })).toMatchObject({
    statusCode: 201,
    body: 'one two',
  })

  world.proxy.clear()
  expect(await deployed('--streaming')).toMatchObject({ changed: false, plan: [] })
  expect(writes()).toEqual([])

  const failed = await deploy('--after-traffic', 'manage check')
  expect(failed).toMatchObject({
    exitCode: 1,
    stdout: containing('The invoke mode of the Function URL is RESPONSE_STREAM again.'),
  })
  expect([await modeOf(), await world.visit(url)]).toEqual(['RESPONSE_STREAM', PAGE])

  world.proxy.clear()
  await deployed()
  expect(writes()).toEqual(['PublishVersion', ...CHANGE.slice(2), 'FunctionUrl'])
  expect([await modeOf(), await world.visit(url)]).toEqual(['BUFFERED', PAGE])
  expect(await invoke()).toMatchObject({ statusCode: 201, body: 'one two' })
}, 240_000)

test('a new function streams from its first visitor on', async () => {
  const { function: released, plan } = await deployed('--function-name', 'fresh', '--streaming')
  expect(plan).toContain('create the Function URL (public, RESPONSE_STREAM)')
  expect(writes()).not.toContain('UpdateFunctionUrlConfig')
  expect([await modeOf('fresh'), await world.visit(released.url ?? '')]).toEqual(['RESPONSE_STREAM', PAGE])
}, 120_000)

test('without a Function URL it is a mistake, before anything is built', async () => {
  const { exitCode, stderr } = await deploy('--function-name', 'none', '--streaming', '--function-url', 'none')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('streaming is on, but none has no Function URL: nothing would be streamed')
  expect(writes()).toEqual([])
}, 60_000)
