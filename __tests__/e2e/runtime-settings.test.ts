import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { addFiles } from '../settings/project-folder.ts'
import { NO_REFERENCES, NO_ROUTES, REFERENCES_TO_SECRETS, ROUTES } from '../settings/tables.ts'
import { REPOSITORY, startWorld, type World } from '../support/world.ts'

/** What settings tell the runtime, from `pyproject.toml` to a function that does it. */

const SETTINGS = `
[tool.wsgi-lambda]
function-name = "shop-{{stage}}"
binary-mime-types = ["text/x-bytes"]
legacy-environ = true

[tool.wsgi-lambda.events]
"json:report" = "jobs:report"
"sqs:orders" = "jobs:take_order"

[tool.wsgi-lambda.stages.blue]
`
const SECRETS = `
[tool.wsgi-lambda.secrets]
SHOP_KEY = "ssm:/shop/{{stage}}/key"
SHOP_DATABASE = "ssm:/shop/{{stage}}/database#url"
`

const PROJECT = {
  'requirements.txt': 'botocore==1.40.61\n',
  'app.py': `
import os

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/x-bytes")])
    names = ["SHOP_KEY", "SHOP_DATABASE"]
    return [" ".join([*(os.environ.get(name, "none") for name in names), environ["event"]["rawPath"]]).encode()]
`,
  'jobs.py': `
def report(event, context):
    return {"report": event["report"] * 2}


def take_order(record, context):
    print("took", record["body"])
`,
}

let world: World
let lambda: LambdaClient
let project: string

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'project')
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = world.env
  lambda = new LambdaClient({
    endpoint: world.emulator.endpoint,
    region: world.emulator.region,
    credentials: { accessKeyId, secretAccessKey },
  })
  await putParameter('/shop/blue/key', 'hunter2-key')
  await putParameter('/shop/blue/database', '{"url": "postgres://shop:hunter2-database@db/shop"}')
}, 240_000)

afterAll(async () => {
  lambda.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

/** Without the SDK's client of another service, for two calls. */
async function putParameter(name: string, value: string): Promise<void> {
  const scope = `test/20260101/${world.emulator.region}/ssm/aws4_request`
  const answer = await fetch(world.emulator.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.PutParameter',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ Name: name, Value: value, Type: 'SecureString' }),
  })
  expect(await answer.json()).toMatchObject({ Version: 1 })
}

async function deploy(settings: string): Promise<DeployResult> {
  await addFiles(project, { ...PROJECT, 'pyproject.toml': settings })
  const endpoint = `AWS_ENDPOINT_URL=${world.emulator.endpoint}`
  const args = ['--project', project, '--stage', 'blue', '--environment', endpoint, '--json']
  const { exitCode, stdout, stderr } = await world.deploy(args)
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
  expect(stdout + stderr).not.toContain('hunter2')
  return JSON.parse(stdout) as DeployResult
}

async function variables(): Promise<Record<string, string>> {
  const command = new GetFunctionConfigurationCommand({ FunctionName: 'shop-blue', Qualifier: 'live' })
  return (await lambda.send(command)).Environment?.Variables ?? {}
}

async function invoke(event: unknown): Promise<unknown> {
  const Payload = Buffer.from(JSON.stringify(event))
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'shop-blue', Qualifier: 'live', Payload }))
  return JSON.parse(answer.Payload?.transformToString() ?? '')
}

test('the function has its secrets, its routes and its ways, and loses the secrets with their setting', async () => {
  const { function: released } = await deploy(SETTINGS + SECRETS)
  expect(await world.visit(released.url ?? '', '/x')).toEqual({
    status: 200,
    text: 'hunter2-key postgres://shop:hunter2-database@db/shop /x',
  })
  const references = '{"SHOP_DATABASE":"ssm:/shop/blue/database#url","SHOP_KEY":"ssm:/shop/blue/key"}'
  expect(await variables()).toEqual({
    AWS_ENDPOINT_URL: world.emulator.endpoint,
    WSGI_LAMBDA_SECRETS: references,
  })
  expect(await invoke({ report: 21 })).toEqual({ report: 42 })
  const record = { eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:1:orders', messageId: 'a', body: 'b' }
  expect(await invoke({ Records: [record] })).toEqual({})
  expect(await invoke({ unknown: 1 })).toMatchObject({ errorType: 'UnsupportedEvent' })
  const page = { version: '2.0', rawPath: '/x', requestContext: { http: { method: 'GET' } }, headers: {} }
  expect(await invoke(page)).toMatchObject({ statusCode: 200, isBase64Encoded: true })

  expect(await deploy(SETTINGS + SECRETS)).toMatchObject({ changed: false })

  expect(await deploy(SETTINGS)).toMatchObject({ changed: true })
  expect(await variables()).toEqual({ AWS_ENDPOINT_URL: world.emulator.endpoint })
  expect(await world.visit(released.url ?? '', '/x')).toEqual({ status: 200, text: 'none none /x' })
}, 240_000)

test('the runtime takes and refuses the same entries of tables as the settings do', () => {
  const program = `
import json, sys
from wsgi_lambda import routes, secrets

def is_right(check):
    try:
        check()
        return True
    except Exception:
        return False

given = json.load(sys.stdin)
print(json.dumps({
    "routes": [is_right(lambda: routes.check({key: target})) for key, target in given["routes"]],
    "references": [is_right(lambda: secrets._Reference(text)) for text in given["references"]],
}))
`
  const routes = [...ROUTES, ...NO_ROUTES]
  const references = [
    ...REFERENCES_TO_SECRETS.map((reference) => reference.replace(/\{\{ ?stage ?\}\}/, 'blue')),
    ...NO_REFERENCES.map(([, reference]) => reference),
  ]
  const judged = spawnSync(world.python.path, ['-c', program], {
    input: JSON.stringify({ routes: routes.map(([key, target]) => [key, target]), references }),
    env: { PYTHONPATH: join(REPOSITORY, 'runtime'), PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  })
  expect(judged.stderr).toBe('')
  expect(JSON.parse(judged.stdout)).toEqual({
    routes: routes.map((_, index) => index < ROUTES.length),
    references: references.map((_, index) => index < REFERENCES_TO_SECRETS.length),
  })
})

// The host builder does not import what it builds: the new version shows it, before traffic moves.
test('an application that cannot be imported gets no traffic, also where the function would serve on', async () => {
  const app = 'import os\nkey = os.environ["MISSING"]\n'
  const settings = SETTINGS.replace('legacy-environ = true', 'on-import-error = "serve"')
  await addFiles(project, {
    ...PROJECT,
    'app.py': `${app}def app(environ, start_response): pass\n`,
    'pyproject.toml': settings,
  })
  const { exitCode, stderr } = await world.deploy(['--project', project, '--stage', 'blue'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('The new version answers GET / with 500')
  expect(stderr).toContain("KeyError: 'MISSING'")
  expect(stderr).toMatch(/The alias \w+ has not moved/)
}, 120_000)

test('a function that is routed to must be there', async () => {
  await addFiles(project, { ...PROJECT, 'pyproject.toml': SETTINGS.replace('jobs:report', 'jobs:reprot') })
  const { exitCode, stderr } = await world.deploy(['--project', project, '--stage', 'blue'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('The function failed: RouteError')
  expect(stderr).toContain('jobs:reprot')
  expect(stderr).toMatch(/The alias \w+ has not moved/)
}, 120_000)
