import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  type Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Emulator, startEmulator } from '../../scripts/environment/emulator.ts'
import { type FaultProxy, startFaultProxy } from '../../scripts/environment/fault-proxy.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { findPythons } from '../../scripts/environment/pythons.ts'

const run = promisify(execFile)

const HANDLER = `
import importlib.util, os, sys

def handler(event, context):
    action = event.get("action")
    if action == "raise":
        raise ValueError("broken on purpose")
    if action == "exit":
        os._exit(3)
    if action == "kill":
        os.kill(os.getpid(), 9)
    print("the handler was called")
    if action is None:
        return {"statusCode": 200, "body": "hello " + event["rawPath"]}
    return {
        "minor": "%d.%d" % sys.version_info[:2],
        "strangers": [name for name in ("pip", "yaml", "botocore", "ministack") if importlib.util.find_spec(name)],
        "execution": os.environ["AWS_EXECUTION_ENV"],
        "leaked": [name for name in ("GATEWAY_PORT", "BIND_HOST", "EMULATED_PYTHON") if name in os.environ],
        "version": context.function_version,
        "chosen": os.environ.get("CHOSEN"),
        "caller": context.client_context and context.client_context.custom,
    }
`

async function zipOf(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  try {
    const [python] = await findPythons()
    const paths = await Promise.all(
      Object.entries(files).map(async ([name, text]) => {
        await writeFile(join(folder, name), text)
        return join(folder, name)
      }),
    )
    await run(python?.path ?? 'python3', ['-m', 'zipfile', '-c', join(folder, 'code.zip'), ...paths])
    return await readFile(join(folder, 'code.zip'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('the emulator behind the proxy', () => {
  let emulator: Emulator
  let proxy: FaultProxy
  let lambda: LambdaClient
  let code: Uint8Array

  beforeAll(async () => {
    emulator = await startEmulator({ runtimeClient: true })
    proxy = await startFaultProxy(emulator.endpoint)
    lambda = new LambdaClient({
      endpoint: proxy.endpoint,
      region: emulator.region,
      credentials: { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' },
    })
    code = await zipOf({ 'app.py': HANDLER })
  }, 180_000)
  afterEach(() => {
    proxy.clear()
  })
  afterAll(async () => {
    lambda.destroy()
    await proxy.stop()
    await emulator.stop()
  })

  const role = 'arn:aws:iam::000000000000:role/web'
  const wait = () => ({ client: lambda, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.3 })

  async function create(name: string, runtime: string, zip = code): Promise<void> {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: role,
        Runtime: runtime as Runtime,
        Handler: 'app.handler',
        Timeout: 10,
        Code: { ZipFile: zip },
        Environment: { Variables: { CHOSEN: 'yes' } },
      }),
    )
    await waitUntilFunctionActiveV2(wait(), { FunctionName: name })
  }

  async function invoke(name: string, payload: object, qualifier?: string, caller?: object) {
    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: name,
        LogType: 'Tail',
        Payload: JSON.stringify(payload),
        ClientContext: caller && Buffer.from(JSON.stringify({ custom: caller })).toString('base64'),
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
      }),
    )
    return {
      error: answer.FunctionError,
      body: JSON.parse(answer.Payload?.transformToString() ?? 'null') as Record<string, unknown>,
      log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    }
  }

  test('runs each function in the interpreter that it names, with nothing but its own code', async () => {
    expect(emulator.runtimes.length).toBeGreaterThanOrEqual(1)
    const runtimes = [...new Set([emulator.runtimes.at(0), emulator.runtimes.at(-1)])].filter(
      (name) => name !== undefined,
    )
    await Promise.all(
      runtimes.map(async (runtime) => {
        const name = runtime.replace('.', '-')
        await create(name, runtime)
        const { body, log } = await invoke(name, { action: 'describe' })
        expect(body).toEqual({
          minor: runtime.replace('python', ''),
          strangers: [],
          execution: `AWS_Lambda_${runtime}`,
          leaked: [],
          version: '$LATEST',
          chosen: 'yes',
          caller: null,
        })
        expect(log).toContain('the handler was called')
      }),
    )
  })

  test('hands over what the caller of an invocation says of itself', async () => {
    const [runtime = ''] = emulator.runtimes
    await create('curious', runtime)
    const describe = { action: 'describe' }
    const caller = { who: 'ü', 'wsgi-lambda': '1' }
    expect((await invoke('curious', describe, undefined, caller)).body).toMatchObject({ caller })
    expect((await invoke('curious', describe)).body).toMatchObject({ caller: null })
  })

  test('answers failures of a function as the runtime client does', async () => {
    const [runtime = ''] = emulator.runtimes
    await create('failing', runtime)
    const raised = await invoke('failing', { action: 'raise' })
    expect(raised.error).toBe('Unhandled')
    expect(raised.body).toMatchObject({ errorType: 'ValueError', errorMessage: 'broken on purpose' })
    expect(raised.body['stackTrace']).toEqual([expect.stringContaining('line 7, in handler')])
    expect(raised.log).toContain('[ERROR] ValueError: broken on purpose')
    expect((await invoke('failing', { action: 'exit' })).body).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/),
    })
    expect((await invoke('failing', { action: 'kill' })).body['errorMessage']).toMatch(/signal: kill/)

    await create('unimportable', runtime, await zipOf({ 'app.py': 'print("before")\nimport missing_module\n' }))
    const failed = await invoke('unimportable', { action: 'describe' })
    expect(failed.body).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining("No module named 'missing_module'"),
    })
    expect(failed.log).toContain('before')
  })

  test('publishes, moves an alias and answers at a function URL once everybody is allowed', async () => {
    const [runtime = ''] = emulator.runtimes
    const FunctionName = 'site'
    await create(FunctionName, runtime)
    const latest = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    await expect(lambda.send(new PublishVersionCommand({ FunctionName, CodeSha256: 'wrong' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    })
    const { Version = '' } = await lambda.send(
      new PublishVersionCommand({ FunctionName, CodeSha256: latest.CodeSha256 }),
    )
    expect(Version).toBe('1')
    const alias = { FunctionName, Name: 'live' }
    await expect(lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: '7' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    await lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: Version }))
    expect((await invoke(FunctionName, { action: 'describe' }, 'live')).body['version']).toBe('1')

    const Qualifier = 'live'
    const made = await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, Qualifier, AuthType: 'NONE' }))
    const id = new URL(made.FunctionUrl ?? '').hostname.split('.')[0] ?? ''
    const address = `${proxy.urlOrigin.replace('{id}', id)}/a/b?c=d`
    expect((await fetch(address)).status).toBe(403)
    const everybody = { FunctionName, Qualifier, Principal: '*' }
    await lambda.send(
      new AddPermissionCommand({
        ...everybody,
        StatementId: 'url',
        Action: 'lambda:InvokeFunctionUrl',
        FunctionUrlAuthType: 'NONE',
      }),
    )
    expect((await fetch(address)).status).toBe(403)
    await lambda.send(
      new AddPermissionCommand({
        ...everybody,
        StatementId: 'function',
        Action: 'lambda:InvokeFunction',
        InvokedViaFunctionUrl: true,
      }),
    )
    const answer = await fetch(address)
    expect([answer.status, await answer.text()]).toEqual([200, 'hello /a/b'])

    await expect(lambda.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    expect((await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }))).Policy).toContain(':live"')
  })

  test('refuses what AWS refuses', async () => {
    const [runtime = ''] = emulator.runtimes
    const FunctionName = 'strict'
    await create(FunctionName, runtime)
    const dry = await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: new Uint8Array(30), DryRun: true }),
    )
    const before = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    expect(before.CodeSha256).not.toBe(dry.CodeSha256)

    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 256 }))
    const during = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    expect([during.State, during.LastUpdateStatus]).toEqual(['Active', 'InProgress'])
    await expect(lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code }))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: expect.stringContaining('An update is in progress for resource: arn:aws:lambda:'),
    })
    await waitUntilFunctionUpdatedV2(wait(), { FunctionName })
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code }))

    const creation = { FunctionName: 'new', Role: role, Runtime: runtime as Runtime, Code: { ZipFile: code } }
    const refusals = [
      [
        { ...creation, Handler: 'app.handler', Role: 'web', Timeout: 5000, MemorySize: 64 },
        'ValidationException',
        '3 validation errors',
      ],
      [
        { ...creation, Handler: 'app.handler', FunctionName: 'a b' },
        'ValidationException',
        "Value 'a b' at 'functionName'",
      ],
      [creation, 'InvalidParameterValueException', 'Runtime and Handler are mandatory'],
      [
        { ...creation, Handler: 'app.handler', Environment: { Variables: { AWS_REGION: 'x' } } },
        'InvalidParameterValueException',
        'Reserved keys used in this request: AWS_REGION',
      ],
    ] as const
    for (const [input, name, message] of refusals) {
      await expect(lambda.send(new CreateFunctionCommand(input))).rejects.toMatchObject({
        name,
        message: expect.stringContaining(message),
      })
    }
    const large = { ...creation, Handler: 'app.handler', Code: { ZipFile: new Uint8Array(53 * 1024 * 1024) } }
    await expect(lambda.send(new CreateFunctionCommand(large))).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      $metadata: { httpStatusCode: 413 },
    })
  })

  test('fails as told, and logs every call', async () => {
    const [runtime = ''] = emulator.runtimes
    const FunctionName = 'unlucky'
    await create(FunctionName, runtime)
    proxy.clear()
    proxy.inject({ operation: 'GetFunctionConfiguration', status: 429, type: 'TooManyRequestsException', times: 2 })
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    expect(proxy.calls().map(({ operation, status }) => [operation, status])).toEqual([
      ['GetFunctionConfiguration', 429],
      ['GetFunctionConfiguration', 429],
      ['GetFunctionConfiguration', 200],
    ])

    proxy.clear()
    proxy.inject({
      operation: 'GetFunctionConfiguration',
      nth: 2,
      status: 403,
      type: 'AccessDeniedException',
      message: 'no',
    })
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    await expect(lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'no',
    })

    proxy.clear()
    proxy.inject({ operation: 'Invoke', drop: 'after' })
    expect((await invoke(FunctionName, { action: 'describe' })).body['version']).toBe('$LATEST')
    expect(proxy.calls().map(({ operation, status }) => [operation, status])).toEqual([
      ['Invoke', undefined],
      ['Invoke', 200],
    ])

    proxy.inject({
      operation: 'GetFunctionConfiguration',
      rewrite: (json) => ({ ...json, LastUpdateStatus: 'Failed' }),
    })
    const rewritten = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    expect(rewritten.LastUpdateStatus).toBe('Failed')
  })
})

describe('PostgreSQL', () => {
  let postgres: Postgres

  beforeAll(async () => {
    postgres = await startPostgres()
  }, 60_000)
  afterAll(async () => {
    await postgres.stop()
  })

  test('makes databases and answers queries', async () => {
    const url = await postgres.createDatabase('shop')
    expect(new URL(url).pathname).toBe('/shop')
    const sql =
      "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'é'), (2, NULL); SELECT *, upper(b) FROM t ORDER BY a"
    expect(await postgres.query('shop', sql)).toBe('1|é|É\n2||\n')
    await expect(postgres.query('postgres', 'SELECT * FROM t')).rejects.toThrow('relation "t" does not exist')
  })
})
