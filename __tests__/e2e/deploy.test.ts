import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { type ActionResult, runAction } from '../support/action-runner.ts'
import { containing, matching } from '../support/matchers.ts'
import { REPOSITORY, startWorld, type World } from '../support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
}, 240_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

const example = (name: string): string => join(REPOSITORY, 'examples', name)
const fixture = (name: string): string => join(REPOSITORY, '__tests__/fixtures', name)
const writes = (operations: readonly string[]): string[] =>
  operations.filter((operation) => !/^(?:Get|List|Filter)/.test(operation))

async function act(project: string, inputs: Readonly<Record<string, string>>): Promise<ActionResult> {
  return await runAction({
    inputs: { ...world.inputs, project, output: join(world.folder, 'action.zip'), ...inputs },
    env: world.env,
    workspace: REPOSITORY,
  })
}

function resultOf(stdout: string): DeployResult {
  return JSON.parse(stdout) as DeployResult
}

describe('the action deploys the Django example', () => {
  let first: ActionResult
  let databaseUrl: string
  const inputs = (): Record<string, string> => ({
    'function-name': 'django',
    migrate: 'true',
    environment: `DATABASE_URL=${databaseUrl}\nSECRET_KEY=only-for-this-test\nSITE={{url}}`,
  })

  beforeAll(async () => {
    databaseUrl = await world.postgres.createDatabase('django')
    world.proxy.clear()
    first = await act('examples/django', inputs())
  }, 240_000)

  test('with migrations before anybody may call it', () => {
    expect(first.log).toContain('Applying notes.0002_first_notes... OK')
    expect(first.exitCode).toBe(0)
    expect(writes(first.exitCode === 0 ? firstCalls : [])).toEqual([
      'CreateFunction',
      'PublishVersion',
      'CreateAlias',
      'CreateFunctionUrlConfig',
      'UpdateFunctionConfiguration', // {{url}} is known only now
      'PublishVersion',
      'Invoke', // manage migrate --plan
      'Invoke', // manage migrate
      'Invoke', // the smoke request
      'UpdateAlias',
      'AddPermission',
      'AddPermission',
      'FunctionUrl',
    ])
  })

  test('and its page shows rows that came through migrations', async () => {
    const { status, text } = await world.visit(first.outputs['url'] ?? '')
    expect(status).toBe(200)
    expect(text).toContain('This note came with the migrations.')
    expect(text).toContain('with PostgreSQL')
    expect((await world.postgres.query('django', 'select count(*) from notes_note')).trim()).toBe('3')
  })

  test('with every output set', () => {
    expect(first.outputs).toMatchObject({
      'function-name': 'django',
      version: '2',
      changed: 'true',
      url: matching(/^https:\/\/\w+\.lambda-url\./),
      'function-arn': matching(/:function:django$/),
      'alias-arn': matching(/:function:django:live$/),
      'code-sha256': matching(/^[\w+/]{43}=$/),
      'zip-bytes': matching(/^\d{8}$/),
    })
  })

  test('with a summary that shows the plan, the output of the migration and the sizes', () => {
    expect(first.summary).toMatch(/^### <code>django<\/code> in <code>eu&#45;west&#45;1<\/code>: deployed$/m)
    expect(first.summary).toContain('Applying notes.0001_initial... OK')
    expect(first.summary).toContain('Size by package')
  })

  test('whose secrets are in neither log nor summary', () => {
    for (const secret of ['only-for-this-test', databaseUrl]) {
      expect(first.log).not.toContain(secret)
      expect(first.summary).not.toContain(secret)
    }
  })

  test('and deploying it again touches nothing', async () => {
    const again = await act('examples/django', inputs())
    expect(again.outputs).toMatchObject({ changed: 'false', version: '2', url: first.outputs['url'] })
    expect(writes(world.operations())).toEqual([])
    expect(again.summary).toContain('unchanged')
  }, 120_000)

  test('and the deployed function runs management commands with their own exit codes', async () => {
    const shown = await world.cli(['--function-name', 'django', 'manage', 'showmigrations', 'notes'])
    expect(shown).toMatchObject({ exitCode: 0, stdout: containing('[X] 0002_first_notes') })
    const wrong = await world.cli(['--function-name', 'django', 'manage', 'no_such_command'])
    expect(wrong.exitCode).toBe(1)
    expect(wrong.stdout).toContain("Unknown command: 'no_such_command'")
    const refused = await world.cli(['--function-name', 'django', 'exec', '-c', 'print(1)'])
    expect(refused.exitCode).toBe(126)
    const absent = await world.cli(['--function-name', 'no-such-function', 'manage', 'check'])
    expect(absent.exitCode).toBe(125)
    expect(absent.stderr).toContain('no-such-function:live does not exist')
  }, 60_000)

  let firstCalls: readonly string[] = []
  beforeAll(() => {
    firstCalls = world.operations()
  })
})

describe('the Flask example', () => {
  test('is deployed by the action, with its own commands before traffic', async () => {
    const url = await world.postgres.createDatabase('flask')
    const inputs = {
      'function-name': 'flask',
      environment: JSON.stringify({ DATABASE_URL: url }),
      'before-traffic': 'flask init-db\nflask seed',
      'after-traffic': 'flask seed',
    }
    const deployed = await act('examples/flask', inputs)
    expect(deployed.log).toContain('Books added: 3.')
    expect(deployed.log).toContain('Books added: 0.')
    expect(deployed.exitCode).toBe(0)
    const { text } = await world.visit(deployed.outputs['url'] ?? '')
    expect(text).toContain('<cite>The Mythical Man-Month</cite>')
    expect((await act('examples/flask', inputs)).outputs).toMatchObject({ changed: 'false' })
  }, 240_000)
})

describe('a classic api.py', () => {
  test('needs nothing but its name', async () => {
    const deployed = await world.deploy(['--project', fixture('api'), '--function-name', 'cats', '--json'])
    expect(deployed.stderr).toContain('app: api:app (api.py)')
    expect(deployed.exitCode).toBe(0)
    const { function: released } = resultOf(deployed.stdout)
    expect(await world.visit(released.url ?? '', '/dogs/7')).toMatchObject({
      status: 200,
      text: containing('"dog":"7"'),
    })
  }, 120_000)
})

describe('a migration that fails', () => {
  const project = fixture('failing-migration')
  const versionOf = async (): Promise<string> => {
    const { stdout } = await world.cli(['--function-name', 'ledger', '--json', 'manage', 'check'])
    expect(stdout).toContain('no issues')
    return world.proxy.calls().findLast(({ operation }) => operation === 'Invoke')?.qualifier ?? ''
  }
  const act2 = (databaseUrl: string, more: Readonly<Record<string, string>> = {}): Promise<ActionResult> =>
    act('__tests__/fixtures/failing-migration', {
      'function-name': 'ledger',
      migrate: 'true',
      environment: `DATABASE_URL=${databaseUrl}`,
      ...more,
    })

  test('leaves the old version serving, and the same artifact is released once the cause is gone', async () => {
    const url = await world.postgres.createDatabase('ledger')
    const first = await act2(url)
    expect(first).toMatchObject({ exitCode: 0, outputs: { version: '1' } })
    const address = first.outputs['url'] ?? ''
    expect((await world.visit(address)).text).toBe('Entries: 1\n')

    // The cause is outside of code and configuration: the database of the new version does not exist yet.
    const missing = url.replace(/\/ledger$/, '/ledger_two')
    world.proxy.clear()
    const failed = await act2(missing)
    expect(failed.exitCode).toBe(1)
    expect(failed.summary).toContain('database "ledger_two" does not exist')
    expect(failed.annotations).toContainEqual(
      expect.objectContaining({
        level: 'error',
        title: containing('manage migrate --plan failed on version 2'),
      }),
    )
    expect(failed.log).toContain('The alias live has not moved: it serves version 1.')
    expect(writes(world.operations())).not.toContain('UpdateAlias')
    expect((await world.visit(address)).text).toBe('Entries: 1\n')

    await world.postgres.createDatabase('ledger_two')
    world.proxy.clear()
    const retried = await act2(missing)
    expect(retried).toMatchObject({ exitCode: 0, outputs: { version: '2', changed: 'true' } })
    expect(retried.log).toContain('One entry written, now counting')
    expect(writes(world.operations())).toEqual([
      'PublishVersion',
      ...Array<string>(3).fill('Invoke'),
      'UpdateAlias',
      'FunctionUrl',
    ])
    expect((await world.visit(address)).text).toBe('Entries: 1\n')
    expect(await versionOf()).toBe('live')
  }, 240_000)

  test('shows how far it came, with the traceback', async () => {
    const url = await world.postgres.createDatabase('half')
    const failed = await act2(url, { 'function-name': 'half', environment: `DATABASE_URL=${url}\nFAIL_MIGRATION=1` })
    expect(failed.exitCode).toBe(1)
    expect(failed.summary).toContain('One entry written, now counting')
    expect(failed.summary).toContain('RuntimeError: The ledger does not add up')
    expect(failed.log).toContain('Nothing serves traffic yet.')
    // The first deployment has an address already, and nobody is permitted to call it.
    expect(world.operations()).not.toContain('AddPermission')
    expect(await readFile(join(project, 'manage.py'), 'utf8')).toContain('tiny.settings')
  }, 120_000)
})

describe('one project, several environments', () => {
  test('a stage names its own function, and an unknown one lists the known', async () => {
    const project = join(world.folder, 'staged')
    await cp(example('django'), project, { recursive: true })
    const unknown = await world.deploy(['--project', project, '--stage', 'stagng'])
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toContain('Did you mean staging?')
    const planned = await world.deploy([
      '--project',
      project,
      '--stage',
      'staging',
      '--no-check',
      '--dry-run',
      '--json',
    ])
    expect(planned.exitCode).toBe(0)
    expect(resultOf(planned.stdout)).toMatchObject({ changed: false, function: { name: 'wsgi-lambda-django-staging' } })
    expect(resultOf(planned.stdout).plan[0]).toBe('create the function wsgi-lambda-django-staging')
    expect(writes(world.operations())).toEqual([])
  }, 120_000)
})

describe('a zip that was built before', () => {
  test('is deployed as it is, without a project', async () => {
    const zip = join(world.folder, 'before.zip')
    const { builder = '', runtime = '' } = world.inputs
    const host = ['--builder', builder, '--runtime', runtime, '--python-bin', world.python.path]
    const built = await world.cli(['build', '--project', fixture('api'), '--output', zip, ...host])
    expect(built.exitCode).toBe(0)
    const deployed = await world.deploy(['--artifact', zip, '--function-name', 'given', '--json'])
    expect(deployed.exitCode).toBe(0)
    const { function: released, packages } = resultOf(deployed.stdout)
    expect(packages.find(({ name }) => name === 'flask')?.zipBytes).toBeGreaterThan(50_000)
    expect(await world.visit(released.url ?? '')).toMatchObject({ status: 200, text: 'Meow!' })

    const foreign = await world.deploy(['--artifact', join(REPOSITORY, 'package.json'), '--function-name', 'given'])
    expect(foreign.exitCode).toBe(2)
    expect(foreign.stderr).toContain('is not an artifact that wsgi-lambda built')
  }, 120_000)
})

describe('a function that somebody else made', () => {
  test('gets no URL that nobody asked for', async () => {
    expect(
      (await world.deploy(['--project', fixture('api'), '--function-name', 'theirs', '--function-url', 'none']))
        .exitCode,
    ).toBe(0)
    world.proxy.clear()
    const again = await world.deploy(['--project', fixture('api'), '--function-name', 'theirs', '--memory', '1024'])
    expect(again.exitCode).toBe(0)
    expect(writes(world.operations())).toEqual([
      'UpdateFunctionConfiguration',
      'PublishVersion',
      'Invoke',
      'UpdateAlias',
    ])
  }, 120_000)
})
