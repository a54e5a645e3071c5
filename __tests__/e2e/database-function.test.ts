import { join } from 'node:path'
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DatabaseServer, OwnDatabase } from '../../src/databases/server.ts'
import { openByFunction } from '../../src/preview/database/by-function.ts'
import { recordingReporter } from '../report/recording.ts'
import { addFiles } from '../settings/project-folder.ts'
import { type Ended, startWorld, type World } from '../support/world.ts'

/** Databases of previews, made by a version of the main function: the only one that may read the administrator's secret. */

const ADMIN_SECRET = 'shop/database-admin'
const DATABASE_ROLE = 'arn:aws:iam::000000000000:role/shop-databases'
const SETTINGS = `
[tool.wsgi-lambda]
function-name = "shop"
preview-database-admin = "secretsmanager:${ADMIN_SECRET}"
preview-database-access = "function"
preview-role = "arn:aws:iam::000000000000:role/shop-preview"
`
const PROJECT = {
  'requirements.txt': 'botocore==1.40.61\npsycopg[binary]==3.2.13\npsycopg-binary==3.2.13\ntyping-extensions==4.16.0\n',
  // Whoever has the administrator's reference must not import this.
  'app.py': `
import os
assert "WSGI_LAMBDA_DATABASES" not in os.environ, "the application was imported"

def app(environ, start_response):
    import psycopg
    start_response("200 OK", [("Content-Type", "text/plain")])
    address = os.environ.get("DATABASE_URL")
    if address is None:
        return [os.environ.get("GREETING", "none").encode()]
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT current_user || ' of ' || current_database()").fetchone()
    return [row[0].encode()]
`,
}
const OWN: OwnDatabase = {
  ...{ engine: 'postgresql', scope: 'database', name: 'shop_pr_7', user: 'shop_pr_7' },
  mark: { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '000000000000/eu-west-1' },
}
const OPTIONS = { password: 'canary-Password-1', template: undefined }

let world: World
let lambda: LambdaClient
let project: string

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'project')
  await addFiles(project, { ...PROJECT, 'pyproject.toml': SETTINGS })
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = world.env
  const { endpoint, region } = world.emulator
  lambda = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  await putSecret(ADMIN_SECRET, world.postgres.url)
}, 240_000)

afterAll(async () => {
  lambda.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

async function putSecret(name: string, value: string): Promise<void> {
  const scope = `test/20260101/${world.emulator.region}/secretsmanager/aws4_request`
  const answer = await fetch(world.emulator.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.CreateSecret',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ Name: name, SecretString: value, ClientRequestToken: 'c'.repeat(32) }),
  })
  expect(await answer.json()).toMatchObject({ Name: name })
}

async function deploy(...args: string[]): Promise<Ended> {
  return await world.deploy(['--project', project, '--json', '--environment', 'GREETING=hello', ...args])
}

async function configurationOf(qualifier?: string) {
  return await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'shop', Qualifier: qualifier }))
}

async function invoke(qualifier: string, event: unknown, context?: string) {
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: 'shop',
      Qualifier: qualifier,
      Payload: Buffer.from(JSON.stringify(event)),
      ClientContext: context && Buffer.from(context).toString('base64'),
      LogType: 'Tail',
    }),
  )
  return {
    payload: answer.Payload?.transformToString() ?? '',
    functionError: answer.FunctionError,
    logTail: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  }
}

async function names(sql: string): Promise<string[]> {
  return (await world.postgres.query('postgres', sql)).split('\n').filter(Boolean)
}

const logs: string[] = []

/** As the bundle asks it, and with the log of each command. */
async function server(): Promise<DatabaseServer> {
  return await openByFunction(
    { base: 'shop', alias: 'live' },
    {
      lambda: {
        invoke: async (_, qualifier, payload, __, context) => {
          const answer = await invoke(qualifier, JSON.parse(payload), JSON.stringify(context))
          logs.push(answer.logTail)
          return answer
        },
      },
      report: recordingReporter(),
      wait: () => Promise.resolve(),
      clock: () => performance.now(),
      signal: new AbortController().signal,
    },
  )
}

describe('the version for databases', () => {
  test('is published beside that of visitors, and only it names the secret', async () => {
    const { exitCode, stderr } = await deploy('--database-role', DATABASE_ROLE)
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
    expect(stderr).toContain('publish a version for databases of previews, and point the alias live-databases to it')
    expect(await configurationOf('live-databases')).toMatchObject({
      Role: DATABASE_ROLE,
      Timeout: 300,
      Environment: {
        Variables: {
          WSGI_LAMBDA_DATABASES: `secretsmanager:${ADMIN_SECRET}`,
          WSGI_LAMBDA_FOR: 'databases',
        },
      },
    })
    for (const qualifier of ['live', undefined]) {
      const { Environment, Role } = await configurationOf(qualifier)
      expect([Environment?.Variables, Role]).toEqual([{ GREETING: 'hello' }, world.inputs['role']])
    }
  }, 240_000)

  test('is no reason to release again', async () => {
    world.proxy.clear()
    const { stdout } = await deploy('--database-role', DATABASE_ROLE)
    expect(JSON.parse(stdout)).toMatchObject({ changed: false, function: { version: '1' } })
  }, 120_000)

  test('makes a database, lets its user in, and removes it; a second time does no harm', async () => {
    const databases = await server()
    expect(databases.place).toMatchObject({ engine: 'postgresql', host: '127.0.0.1', database: 'postgres' })
    expect(await databases.prepare(OWN, OPTIONS)).toBe('created')
    expect(await databases.prepare(OWN, OPTIONS)).toBe('there')
    expect(await databases.list(OWN.mark)).toEqual([OWN])
    expect(await databases.list({ ...OWN.mark, repositoryId: '43' })).toEqual([])
    expect(await names("SELECT datname FROM pg_database WHERE datname LIKE 'shop%'")).toEqual(['shop_pr_7'])
    expect(await databases.remove(OWN)).toBe('removed')
    expect(await databases.remove(OWN)).toBe('missing')
    expect(await names("SELECT rolname FROM pg_roles WHERE rolname LIKE 'shop%'")).toEqual([])
    expect(logs.join('')).toContain('database command prepare')
    expect(logs.join('')).not.toContain('canary')
    expect(logs.join('')).not.toContain(new URL(world.postgres.url).password)
  }, 120_000)

  test.each<[string, OwnDatabase, string]>([
    ['of another function', { ...OWN, mark: { ...OWN.mark, preview: 'other' } }, 'is none of a preview of shop'],
    [
      'of another region',
      { ...OWN, mark: { ...OWN.mark, place: '000000000000/us-east-1' } },
      'is none of a preview of shop',
    ],
    ['of another name', { ...OWN, name: 'production' }, 'is none of a preview of shop'],
    ['of another user', { ...OWN, user: 'postgres' }, 'is none of a preview of shop'],
    ['of another engine', { ...OWN, engine: 'mysql' }, 'The server is one of postgresql'],
  ])('leaves alone what is %s', async (_, own, title) => {
    const databases = await server()
    await expect(databases.prepare(own, OPTIONS)).rejects.toMatchObject({ title: expect.stringContaining(title) })
    await expect(databases.remove(own)).rejects.toMatchObject({ title: expect.stringContaining(title) })
  })

  test('leaves alone what was there before', async () => {
    await world.postgres.query('postgres', 'CREATE DATABASE shop_pr_8')
    const databases = await server()
    const own = { ...OWN, name: 'shop_pr_8', user: 'shop_pr_8', mark: { ...OWN.mark, pr: 8 } }
    await expect(databases.prepare(own, OPTIONS)).rejects.toMatchObject({
      title: 'The database shop_pr_8 exists, and was not made for this preview',
    })
    expect(await databases.remove(own)).toBe('kept')
  })

  test('answers nobody else, and nothing else', async () => {
    const command = { '_wsgi-lambda-databases': { command: 'describe' } }
    const request = { version: '2.0', rawPath: '/', requestContext: { http: { method: 'GET' } }, headers: {} }
    const ours = '{"custom":{"wsgi-lambda":"1"}}'
    for (const [event, context] of [
      [command, undefined],
      [request, ours],
      [{ '_serverless-wsgi': { command: 'exec', data: 'print(1)' } }, ours],
    ] as const) {
      const { functionError, payload } = await invoke('live-databases', event, context)
      expect([functionError, payload]).toEqual(['Unhandled', expect.stringContaining('UnsupportedEvent')])
    }
    // And the version of visitors knows no such command.
    const { payload } = await invoke('live', command, ours)
    expect(payload).toContain('UnsupportedEvent')
  })
})

describe('a preview whose server only the main function reaches', () => {
  const env = { GITHUB_REPOSITORY_ID: '42', GITHUB_REPOSITORY: 'acme/shop' }
  const inputs = (): string[] => Object.entries(world.inputs).flatMap(([name, value]) => [`--${name}`, value])

  test('has a database of its own, behind a password, and loses it when it closes', async () => {
    const output = join(world.folder, 'preview.zip')
    const settings = ['--preview-database', 'database', '--basic-auth', 'team:canary-Team-1', '--output', output]
    const made = await world.cli(['preview', '--pr', '7', '--project', project, '--json', ...inputs(), ...settings], {
      env,
    })
    expect([made.exitCode, made.exitCode === 0 ? '' : made.stderr]).toEqual([0, ''])
    expect(made.stdout + made.stderr).not.toContain('canary')
    const { function: released } = JSON.parse(made.stdout) as { function: { name: string; url: string } }
    expect(released.name).toBe('shop-pr-7')
    expect(await world.visit(released.url)).toMatchObject({ status: 401 })
    const address = world.proxy.urlOrigin.replace('{id}', new URL(released.url).hostname.split('.')[0] ?? '')
    const authorization = `Basic ${Buffer.from('team:canary-Team-1').toString('base64')}`
    const answer = await fetch(`${address}/`, { headers: { authorization } })
    expect([answer.status, answer.headers.get('x-robots-tag')]).toEqual([200, 'noindex'])
    expect(await answer.text()).toBe('shop_pr_7 of shop_pr_7')

    const gone = await world.cli(['destroy', '--pr', '7', '--function-name', 'shop', '--json'], { env })
    expect([gone.exitCode, gone.exitCode === 0 ? '' : gone.stderr]).toEqual([0, ''])
    expect(await names("SELECT rolname FROM pg_roles WHERE rolname LIKE 'shop_pr_7%'")).toEqual([])
    expect(await names("SELECT datname FROM pg_database WHERE datname LIKE 'shop_pr_7%'")).toEqual([])
  }, 240_000)
})
