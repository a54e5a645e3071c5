import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { aliasDescription } from '../../../src/release/order/alias-mark.ts'
import {
  commandConfiguration,
  commandsAlias,
  hasCommandVersion,
  withConfiguration,
  withoutCommands,
} from '../../../src/release/plan/command-version.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { alias, configured, current, latest, nothing, same, version7 } from '../releases.ts'
import { createReleasedWorld, createWorld, effects, failureOf, v1, v2 } from '../world.ts'

const NO_COMMANDS = {
  commandTimeout: undefined,
  commandMemory: undefined,
  commandRole: undefined,
  commandEnvironment: {},
}
const OWNER = { ...NO_COMMANDS, commandTimeout: 900, commandEnvironment: { DATABASE_USER: 'owner' } }

/** The same with a version for commands. */
function withCommands(desired: DesiredRelease, settings = OWNER): DesiredRelease {
  return { ...desired, commands: commandConfiguration(settings, desired.configuration) }
}

describe('the configuration of commands', () => {
  const { configuration } = same

  test.each([
    [NO_COMMANDS, false],
    [{ ...NO_COMMANDS, commandMemory: 1024 }, true],
    [{ ...NO_COMMANDS, commandEnvironment: { A: '1' } }, true],
  ])('is asked for by %j: %s', (settings, expected) => {
    expect(hasCommandVersion(settings)).toBe(expected)
  })

  test('is that of the function with what commands get', () => {
    const role = 'arn:aws:iam::123456789012:role/owner'
    const settings = { ...OWNER, commandRole: role, commandMemory: 2048 }
    expect(commandConfiguration(settings, configuration)).toMatchObject({
      ...{ runtime: 'python3.13', handler: 'wsgi_handler.handler', timeout: 900, memory: 2048, role },
      environment: { DEBUG: '0', DATABASE_USER: 'owner', WSGI_LAMBDA_FOR: 'commands' },
    })
  })

  test('is none where nothing of it differs', () => {
    const settings = { ...NO_COMMANDS, commandTimeout: 30, commandEnvironment: { DEBUG: '0' } }
    expect(commandConfiguration(settings, configuration)).toBeUndefined()
  })

  test('has no SnapStart', () => {
    const snapStart = { ...configuration, options: { snapStart: true } }
    expect(commandConfiguration(OWNER, snapStart)?.options.snapStart).toBe(false)
  })

  test('has a plain variable instead of the reference to a secret', () => {
    const references = { DATABASE_USER: 'ssm:/user', SECRET_KEY: 'ssm:/key' }
    const environment = { WSGI_LAMBDA_SECRETS: JSON.stringify(references) }
    expect(commandConfiguration(OWNER, { ...configuration, environment })?.environment).toEqual({
      DATABASE_USER: 'owner',
      WSGI_LAMBDA_SECRETS: '{"SECRET_KEY":"ssm:/key"}',
      WSGI_LAMBDA_FOR: 'commands',
    })
    const only = { WSGI_LAMBDA_SECRETS: JSON.stringify({ DATABASE_USER: 'ssm:/user' }) }
    expect(commandConfiguration(OWNER, { ...configuration, environment: only })?.environment).toEqual({
      DATABASE_USER: 'owner',
      WSGI_LAMBDA_FOR: 'commands',
    })
  })

  test('that is too large is refused without a value', () => {
    const settings = { ...OWNER, commandEnvironment: { LARGE: 'x'.repeat(5000) } }
    expect(() => commandConfiguration(settings, configuration)).toThrow(
      expect.objectContaining({ exitCode: 2, detail: 'Variables: DEBUG, LARGE' }),
    )
  })
})

describe('the plan', () => {
  const desired = withCommands({ ...same, codeSha256: 'new' })
  const made = { ...version7, ...withConfiguration(desired.commands ?? same.configuration), version: '8' }
  const commands = { ...made, options: version7.options, codeSha256: 'new' }
  const marked = { ...alias, description: aliasDescription({ phase: 'released', before: [], hasCommands: true }) }
  const CONFIGURE = 'configure the function for commands: timeout, environment DATABASE_USER'
  const PUBLISH = 'publish a version for commands and wait until it is active'
  const BACK = 'update the configuration: timeout, removes environment DATABASE_USER'
  const POINT = 'point the alias live-commands to the version for commands'
  const RUN = ['run before traffic moves: manage migrate --noinput', 'request / from the new version']
  const AFTER = ['run after traffic moves: manage clearsessions']

  test.each<[string, CurrentRelease, DesiredRelease, readonly string[]]>([
    [
      'a version for commands is published first, from the same code',
      current,
      desired,
      [
        ...['update the code', CONFIGURE, PUBLISH, BACK, 'publish a version and wait until it is active'],
        ...[...RUN, POINT, 'move the alias live to the new version', ...AFTER, 'mark the release as finished'],
      ],
    ],
    [
      'one that is right is kept',
      { ...current, commands },
      desired,
      [
        ...['update the code', 'publish a version and wait until it is active'],
        ...[...RUN, 'move the alias live to the new version', ...AFTER, 'mark the release as finished'],
      ],
    ],
    [
      'nothing to do',
      { ...current, alias: marked, commands: { ...commands, codeSha256: 'old' } },
      withCommands(same),
      [],
    ],
    [
      'the alias does not know yet that it has one',
      { ...current, commands: { ...commands, codeSha256: 'old' } },
      withCommands(same),
      [...RUN, 'move the alias live to the new version', ...AFTER, 'mark the release as finished'],
    ],
    [
      'none is asked for any more',
      { ...current, alias: marked },
      same,
      ['let commands run on what live serves: nothing is configured for them alone any more'],
    ],
    [
      'none is asked for any more, of new code',
      { ...current, alias: marked },
      { ...same, codeSha256: 'new' },
      [
        ...['update the code', 'publish a version and wait until it is active'],
        ...[...RUN, 'move the alias live to the new version', ...AFTER, 'mark the release as finished'],
        'let commands run on what live serves: nothing is configured for them alone any more',
      ],
    ],
    [
      'only commands get something else',
      { ...current, alias: marked, commands: { ...commands, codeSha256: 'old', timeout: 300 } },
      withCommands(same),
      [
        'mark the release as unfinished, as commands are still to run',
        ...[CONFIGURE, PUBLISH, BACK, ...RUN, POINT, ...AFTER, 'mark the release as finished'],
      ],
    ],
    [
      'the first deployment',
      nothing,
      { ...desired, access: 'none' },
      [
        ...['create the function shop', CONFIGURE, PUBLISH, BACK, 'publish a version and wait until it is active'],
        ...[...RUN, POINT, 'move the alias live to the new version', ...AFTER, 'mark the release as finished'],
      ],
    ],
  ])('%s', (_, from, to, lines) => {
    expect(planRelease(from, to).map((step) => describeStep(step, to))).toEqual(lines)
  })

  test('the address of the URL is known before a version for commands is made', () => {
    const needing = withCommands(configured({ environment: { SITE: '{{url}}' } }))
    expect(planRelease(nothing, needing).map(({ kind }) => kind)).toEqual([
      ...['create-function', 'publish', 'create-alias', 'create-url', 'configure-commands', 'publish-commands'],
      ...['fill-url', 'run', 'smoke', 'point-commands', 'move-alias', 'permit-url', 'permit-url', 'run', 'finish'],
    ])
  })

  test('nothing comes between the invoke mode of the URL and the alias', () => {
    const streaming = withCommands({ ...configured({ memory: 1024 }), invokeMode: 'RESPONSE_STREAM' })
    expect(planRelease(current, streaming).map(({ kind }) => kind)).toEqual([
      ...['configure-commands', 'publish-commands', 'update-configuration', 'publish', 'run', 'smoke'],
      ...['point-commands', 'change-mode', 'move-alias', 'run', 'finish'],
    ])
  })
})

describe('what an ended run has left in $LATEST', () => {
  const commands = commandConfiguration(OWNER, same.configuration) ?? same.configuration
  const left = { ...latest, ...commands, layers: [], options: latest.options }

  test('is not taken for what the function has: what is served is', () => {
    expect(withoutCommands({ ...current, latest: left }, OWNER).latest).toEqual(latest)
    expect(withoutCommands({ ...current, latest: left }, NO_COMMANDS).latest).toEqual(latest)
  })

  test('where nothing is served, the variables of commands are not kept', () => {
    const found = withoutCommands({ ...nothing, latest: left }, OWNER).latest
    expect(found).toMatchObject({ environment: { DEBUG: '0' }, description: 'The shop' })
  })

  test('a description of any length stays', () => {
    const long = configured({ description: 'x'.repeat(256) })
    const marked = { ...left, description: commandConfiguration(OWNER, long.configuration)?.description ?? '' }
    expect(withoutCommands({ ...current, latest: marked }, OWNER).latest?.description).toBe('x'.repeat(256))
  })

  test('nothing', () => {
    expect(withoutCommands(current, OWNER)).toBe(current)
    expect(withoutCommands(nothing, OWNER)).toBe(nothing)
  })
})

describe('a release with a version for commands', () => {
  const one = withCommands(v1)
  const two = withCommands(v2)
  const world = (): ReturnType<typeof createReleasedWorld> => createReleasedWorld(one)

  test('commands run on it, the request goes to the other', async () => {
    const { lambda, release, report } = createWorld()
    await release({ ...one, access: 'none' })
    const [first, second] = lambda.versionsOf('shop')
    expect(first).toMatchObject({ timeout: 900, environment: { DATABASE_USER: 'owner' } })
    expect(first?.description).toBe('commands of commit abc')
    expect(second).toMatchObject({ timeout: 30, environment: { DEBUG: '0' }, codeSha256: first?.codeSha256 })
    expect(effects(lambda).filter((line) => line.startsWith('invoke'))).toEqual([
      'invoke 1 manage "migrate --noinput"',
      'invoke 2 GET /',
      'invoke 1 manage "clearsessions"',
    ])
    expect((await lambda.getAlias('shop', commandsAlias('live')))?.version).toBe('1')
    expect((await lambda.getAlias('shop', 'live'))?.version).toBe('2')
    expect(report.problems).toEqual([])
  })

  test('$LATEST ends as requests need it, and the next run has nothing to do', async () => {
    const { lambda, release } = await world()
    expect(await lambda.getVersion('shop')).toMatchObject({
      ...{ timeout: 30, environment: { DEBUG: '0' }, description: 'The shop' },
    })
    lambda.calls.length = 0
    expect((await release(one)).changed).toBe(false)
    expect(effects(lambda)).toEqual([])
  })

  test('the alias of commands goes along with the traffic', async () => {
    const { lambda, release } = await world()
    await release(two)
    expect((await lambda.getAlias('shop', commandsAlias('live')))?.version).toBe('3')
    expect(effects(lambda).filter((line) => line.startsWith('invoke'))).toEqual([
      'invoke 3 manage "migrate --noinput"',
      'invoke 4 GET /',
      'invoke 3 manage "clearsessions"',
    ])
  })

  test('a failure behind the move takes it back too', async () => {
    const { lambda, release } = await world()
    lambda.interruptAt(/^updateAlias live /, () => {
      lambda.application = () => ({ payload: '[1, "no"]' })
    })
    await failureOf(release(two))
    expect((await lambda.getAlias('shop', commandsAlias('live')))?.version).toBe('1')
  })

  test('without their settings, commands run on what is served, also once that has the same code', async () => {
    const { lambda, release, aliasNow } = await world()
    await release(v1)
    expect((await lambda.getAlias('shop', commandsAlias('live')))?.version).toBe('$LATEST')
    expect((await aliasNow())?.description).toBe('wsgi-lambda')
    lambda.calls.length = 0
    expect((await release(v1)).changed).toBe(false)
    expect(effects(lambda)).toEqual([])
  })

  test('and with them again, a version is made for them again', async () => {
    const { lambda, release, aliasNow } = await world()
    await release(v1)
    await release(one)
    expect((await lambda.getAlias('shop', commandsAlias('live')))?.version).toBe('3')
    expect((await aliasNow())?.description).toBe('wsgi-lambda; with a version for commands')
    expect((await release(one)).changed).toBe(false)
  })

  test('an alias that cannot be changed is tried again by the next run', async () => {
    const { lambda, release, report } = await world()
    const denied = new UserError({ title: 'The credentials may not do lambda:UpdateAlias' })
    lambda.failAt(/^updateAlias live-commands/, denied)
    await release(v1)
    expect(report.of('warning')).toEqual(['Commands may still run on the version of live-commands'])
    await release(v1)
    expect((await lambda.getAlias('shop', commandsAlias('live')))?.version).toBe('$LATEST')
  })

  test('a failure of any call leaves $LATEST as requests need it, and the next run goes on', async () => {
    const { lambda: measured, release: whole } = await world()
    await whole(two)
    for (const when of ['before', 'after'] as const) {
      for (let call = 0; call < measured.calls.length; call++) {
        const { lambda, release, aliasNow } = await world()
        lambda.failAt(call, new Error('no network'), when)
        const line = measured.calls[call]
        const failed = await release(two).then(
          () => false,
          () => true,
        )
        const left = await lambda.getVersion('shop')
        expect([when, call, line, left?.timeout, left?.environment]).toEqual([when, call, line, 30, { DEBUG: '0' }])
        expect([line, (await aliasNow())?.version]).toEqual([line, failed ? '2' : expect.any(String)])
        await release(two)
        const [served, commands] = [await aliasNow(), await lambda.getAlias('shop', commandsAlias('live'))]
        const versions = lambda.versionsOf('shop')
        const codeOf = (version: string | undefined): string | undefined =>
          versions.find((each) => each.version === version)?.codeSha256
        expect([line, codeOf(served?.version), codeOf(commands?.version)]).toEqual([line, 'two', 'two'])
      }
    }
  })
})
