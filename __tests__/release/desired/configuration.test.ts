import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { configurationChanges } from '../../../src/release/comparison/configuration-difference.ts'
import { readServedRelease } from '../../../src/release/current.ts'
import { lookingFor } from '../../../src/release/current-aside.ts'
import { desiredRelease } from '../../../src/release/desired/desired.ts'
import { desiredConfiguration } from '../../../src/release/desired/desired-configuration.ts'
import { differences } from '../../../src/release/plan/difference.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease } from '../../../src/release/state.ts'
import { current, latest, nothing, options, ROLE } from '../releases.ts'
import { CODE, settings } from '../settings.ts'
import { createWorld } from '../world.ts'

const SUBNETS = 'subnet-0a1b2c3d\nsubnet-0a1b2c3e'
const GROUPS = 'sg-0a1b2c3d'
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:failed'
const LAYER = 'arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3'
const OTHER_LAYER = 'arn:aws:lambda:eu-west-1:123456789012:layer:certificates:1'

const optionsOf = (given: Record<string, unknown>, own = options) =>
  desiredConfiguration(settings(given), { ...current, latest: { ...latest, options: own } }).options

describe('the options of a function', () => {
  const inVpc = { ...options, vpcSubnets: ['subnet-1'], vpcSecurityGroups: ['sg-1'], vpcIpv6: true }
  const asJson = { ...options, logFormat: 'json', logLevel: 'INFO', systemLogLevel: 'WARN' } as const

  test.each<[string, Record<string, unknown>, typeof options, Record<string, unknown>]>([
    ['none is named where none is set', {}, inVpc, {}],
    [
      'a VPC',
      { 'vpc-subnets': SUBNETS, 'vpc-security-groups': GROUPS },
      options,
      { vpcSubnets: SUBNETS.split('\n'), vpcSecurityGroups: [GROUPS], vpcIpv6: false },
    ],
    [
      'other subnets in a VPC, whose groups stay',
      { 'vpc-subnets': SUBNETS },
      inVpc,
      { vpcSubnets: SUBNETS.split('\n'), vpcSecurityGroups: ['sg-1'], vpcIpv6: true },
    ],
    ['no VPC', { 'vpc-subnets': 'none' }, inVpc, { vpcSubnets: [], vpcSecurityGroups: [], vpcIpv6: false }],
    ['no VPC, as TOML has it', { 'vpc-subnets': [] }, inVpc, { vpcSubnets: [], vpcSecurityGroups: [], vpcIpv6: false }],
    [
      'tracing and storage',
      { tracing: 'active', 'ephemeral-storage': '1024' },
      options,
      { tracing: 'active', ephemeralStorage: 1024 },
    ],
    [
      'snapshots, which a version for commands has not',
      { 'command-timeout': '900' },
      { ...options, snapStart: true },
      { snapStart: true },
    ],
    ['no snapshots', { 'snap-start': 'false' }, { ...options, snapStart: true }, { snapStart: false }],
    [
      'neither key nor target',
      { 'kms-key': 'none', 'dead-letter-target': 'none' },
      options,
      { kmsKey: '', deadLetterTarget: '' },
    ],
    ['a target', { 'dead-letter-target': QUEUE }, options, { deadLetterTarget: QUEUE }],
    [
      'a level: the rest of the logging stays',
      { 'log-level': 'warn' },
      asJson,
      { logFormat: 'json', logLevel: 'WARN', systemLogLevel: 'WARN', logGroup: '/aws/lambda/shop' },
    ],
    [
      'logs as text have no levels',
      { 'log-format': 'text' },
      asJson,
      { logFormat: 'text', logGroup: '/aws/lambda/shop' },
    ],
    ['a log group', { 'log-group': '/shop' }, options, { logFormat: 'text', logGroup: '/shop' }],
  ])('%s', (_, given, own, named) => {
    expect(optionsOf(given, own)).toEqual(named)
  })

  test('of a new function nothing is invented', () => {
    const given = { role: ROLE, 'log-format': 'json', 'log-level': 'debug' }
    expect(desiredConfiguration(settings(given), nothing).options).toEqual({ logFormat: 'json', logLevel: 'DEBUG' })
  })

  test.each<[string, Record<string, unknown>, typeof options, string]>([
    ['a level for text', { 'log-level': 'warn' }, options, 'log-level is set, and the log format is text'],
    [
      'snapshots of much storage',
      { 'snap-start': 'true' },
      { ...options, ephemeralStorage: 1024 },
      'snap-start cannot be used with ephemeral-storage 1024',
    ],
    [
      'groups without subnets',
      { 'vpc-security-groups': GROUPS },
      options,
      'vpc-security-groups is set without vpc-subnets',
    ],
    [
      'a file system that cannot be reached',
      { 'file-systems': '/mnt/m=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a' },
      options,
      'file-systems needs a VPC',
    ],
  ])('what does not fit to what the function has: %s', (_, given, own, title) => {
    expect(() => optionsOf(given, own)).toThrow(expect.objectContaining({ title, exitCode: 2 }))
  })

  test('snapshots of a Python that has none', () => {
    const given = settings({ 'snap-start': 'true' })
    expect(() => desiredRelease(given, { ...CODE, runtime: 'python3.11' }, current)).toThrow(
      expect.objectContaining({ title: 'snap-start cannot be used with python3.11', exitCode: 2 }),
    )
    expect(desiredRelease(given, CODE, current).configuration.options).toEqual({ snapStart: true })
  })

  test('are compared by the names of their settings, and only where they are named', () => {
    const { configuration } = desiredRelease(
      settings({
        'vpc-subnets': SUBNETS,
        'vpc-security-groups': GROUPS,
        tracing: 'pass-through',
        'log-format': 'json',
      }),
      CODE,
      current,
    )
    expect(differences(latest, configuration)).toEqual(['vpc-subnets', 'vpc-security-groups', 'log-format'])
    const has = { ...options, ...configuration.options, deadLetterTarget: QUEUE }
    expect(differences({ ...latest, options: has }, configuration)).toEqual([])
  })
})

test('variables that cannot be read are not replaced', () => {
  const hidden = { ...latest, environment: {}, environmentProblem: 'Lambda was unable to decrypt the variables' }
  const from = { ...current, latest: hidden, served: hidden }
  expect(() => desiredRelease(settings({ environment: 'A=1' }), CODE, from)).toThrow(
    expect.objectContaining({ title: 'The variables of shop cannot be read' }),
  )
  const code = { ...CODE, architecture: 'x86_64' }
  expect(desiredRelease(settings({ manage: 'code' }), code, from).configuration.environment).toEqual({})
})

describe('layers', () => {
  const own = { arn: 'arn:aws:lambda:eu-west-1:123456789012:layer:shop-dependencies:7', zipBytes: 1 }
  const from = { ...current, latest: { ...latest, layers: [{ arn: OTHER_LAYER, zipBytes: 1 }, own] } }
  const ours = { name: 'shop-dependencies', codeSha256: 'l', arn: own.arn, upload: undefined }
  const layersOf = (given: Record<string, unknown>, layer: typeof ours | undefined) =>
    desiredRelease(settings(given), { ...CODE, layer }, from).configuration.layers

  test.each<[string, Record<string, unknown>, typeof ours | undefined, readonly string[] | undefined]>([
    ['those of the user stay, and ours goes with its setting', {}, undefined, [OTHER_LAYER]],
    ['ours lies over those of the user', {}, ours, [OTHER_LAYER, own.arn]],
    ['those that are set replace the user’s', { layers: LAYER }, ours, [LAYER, own.arn]],
    ['none of the user’s own', { layers: 'none' }, ours, [own.arn]],
    ['none at all', { layers: 'none' }, undefined, []],
  ])('%s', (_, given, layer, layers) => {
    expect(layersOf(given, layer)).toEqual(layers)
  })
})

describe('manage: code', () => {
  const own = { ...latest, memory: 2048, environment: { A: '1' }, layers: [{ arn: LAYER, zipBytes: 1 }] }
  const from = { ...current, latest: own, served: { ...own, version: '7' } }
  const code = { ...CODE, architecture: 'x86_64' }
  const released = (to = code, state: CurrentRelease = from) => desiredRelease(settings({ manage: 'code' }), to, state)

  test('nothing but the code is changed', () => {
    const kinds = planRelease(from, released()).map(({ kind }) => kind)
    expect(kinds).toEqual(['update-code', 'publish', 'smoke', 'move-alias'])
  })

  test('the same code: nothing is done', () => {
    expect(planRelease(from, released({ ...code, codeSha256: 'old' }))).toEqual([])
  })

  test('what somebody else has configured since is published, and not written', () => {
    const changed = { ...from, latest: { ...own, memory: 4096, options: { ...options, tracing: 'active' as const } } }
    const kinds = planRelease(changed, released({ ...code, codeSha256: 'old' }, changed)).map(({ kind }) => kind)
    expect(kinds).toEqual(['publish', 'smoke', 'move-alias'])
  })

  test('an update that failed is not repeated by writing the configuration', () => {
    const failed = { ...from, latest: { ...own, lastUpdateStatus: 'Failed' } }
    const kinds = planRelease(failed, released(code, failed)).map(({ kind }) => kind)
    expect(kinds).toEqual(['update-code', 'publish', 'smoke', 'move-alias'])
  })

  test.each([
    ['there is no function', code, nothing, 'The function shop does not exist, and manage is code'],
    [
      'the function has another Python',
      { ...code, runtime: 'python3.12' },
      from,
      'shop is not configured for this code, and manage is code',
    ],
    [
      'the function has another handler',
      code,
      { ...from, latest: { ...own, handler: 'wsgi.handler' } },
      'shop is not configured for this code, and manage is code',
    ],
  ])('%s', (_, to, state, title) => {
    expect(() => released(to, state)).toThrow(expect.objectContaining({ title, exitCode: 2 }))
  })
})

/** A release of what somebody has set, from what is served. @returns the calls */
async function deploy(world: ReturnType<typeof createWorld>, given: Record<string, unknown>): Promise<string[]> {
  const wanted = settings({ 'function-url': 'iam', smoke: 'false', ...given })
  world.lambda.calls.length = 0
  const from = await readServedRelease('shop', 'live', world.waiting, lookingFor(wanted))
  await world.apply(from, desiredRelease(wanted, CODE, from))
  return world.lambda.calls
}

const BOUNDARY = 'arn:aws:iam::123456789012:policy/shop-boundary'

describe('a release', () => {
  const all = {
    ...{ 'create-role': 'true', 'log-retention': '30', tags: 'team=shop', 'reserved-concurrency': '5' },
    secrets: 'KEY=ssm:/shop/key',
  }

  test('makes what a new function needs first', async () => {
    const world = createWorld()
    const calls = await deploy(world, all)
    const writes = calls.filter((line) => !/^(?:get|find)/.test(line))
    expect(writes.slice(0, 7)).toEqual([
      ...['createRole shop-role', 'putRolePolicy shop-role'],
      ...['createLogGroup /aws/lambda/shop', 'setRetention /aws/lambda/shop 30'],
      ...['createFunction shop', 'setConcurrency 5', 'publish new'],
    ])
    expect(world.aside.roles.get('shop-role')?.policy).toContain('parameter/shop/key')
    // Lines that come late would make the group anew when it is removed.
    expect(world.aside.roles.get('shop-role')?.policy).not.toContain('logs:CreateLogGroup')
    expect((await world.lambda.getVersion('shop'))?.role).toBe('arn:aws:iam::123456789012:role/shop-role')
  })

  test('of the same again looks at each once, and does nothing', async () => {
    const world = createWorld()
    await deploy(world, all)
    world.aside.functionTags.set('shop', { team: 'shop' })
    expect((await deploy(world, all)).toSorted()).toEqual([
      ...['findLogGroup /aws/lambda/shop', 'getAlias live', 'getConcurrency shop', 'getPolicy live'],
      ...['getRolePolicy shop-role', 'getTags shop', 'getUrl live', 'getVersion shop:live'],
    ])
  })

  test('of what nobody asked for looks at nothing more', async () => {
    const world = createWorld()
    await deploy(world, { role: ROLE })
    expect((await deploy(world, {})).toSorted()).toEqual([
      'getAlias live',
      'getPolicy live',
      'getUrl live',
      'getVersion shop:live',
    ])
  })

  test('looks for the log group that the function has, where no setting names one', async () => {
    const world = createWorld()
    await deploy(world, { role: ROLE, 'log-group': '/shop' })
    const calls = await deploy(world, { 'log-retention': '7' })
    expect(calls.filter((line) => /LogGroup|Retention/.test(line))).toEqual([
      ...['findLogGroup /aws/lambda/shop', 'findLogGroup /shop'],
      ...['createLogGroup /shop', 'setRetention /shop 7'],
    ])
  })

  test('writes the description of the function, and publishes nothing', async () => {
    const world = createWorld()
    await deploy(world, { role: ROLE })
    await deploy(world, { description: 'Ours' })
    expect(world.lambda.versionsOf('shop')).toHaveLength(1)
    expect((await world.lambda.getVersion('shop'))?.description).toBe('Ours')
    expect(world.lambda.writes()).toHaveLength(1)
    await deploy(world, { description: 'Ours' })
    expect(world.lambda.writes()).toEqual([])
  })

  test('waits until Lambda knows a role that was just made', async () => {
    const world = createWorld()
    const unknown = new UserError({
      title: 'Lambda does not accept the execution role',
      detail: 'The role defined for the function cannot be assumed by Lambda.',
    })
    world.lambda.failAt(/^createFunction/, unknown)
    const calls = await deploy(world, { 'create-role': 'true' })
    expect(calls.filter((line) => line.startsWith('createFunction'))).toHaveLength(2)
    expect(world.waits).toContain(2000)
    expect(world.aside.roles.get('shop-role')?.policy).toContain('logs:CreateLogGroup')
  })

  test.each([
    ['that was given', { role: ROLE }],
    ['that it makes, for another reason', { 'create-role': 'true' }],
  ])('does not wait for a role %s', async (_, given) => {
    const world = createWorld()
    const refused = new UserError({
      title: 'Lambda does not accept the execution role',
      detail: 'role' in given ? 'The role defined for the function cannot be assumed by Lambda.' : 'No such thing.',
    })
    world.lambda.failAt(/^createFunction/, refused)
    await expect(deploy(world, given)).rejects.toThrow('Lambda does not accept the execution role')
    expect(world.waits).toEqual([])
  })

  test('stops waiting for a role after a minute', async () => {
    const world = createWorld()
    const unknown = new UserError({ title: 'No', detail: 'The role cannot be assumed by Lambda.' })
    for (let call = 0; call < 100; call++) world.lambda.failAt(/^createFunction/, unknown)
    await expect(deploy(world, { 'create-role': 'true' })).rejects.toThrow('No')
    expect(world.waits.filter((milliseconds) => milliseconds === 2000).length).toBeLessThan(32)
  })

  test('leaves a role of that name alone that somebody else has made', async () => {
    const world = createWorld()
    world.aside.roles.set('shop-role', { arn: 'arn:aws:iam::123456789012:role/shop-role', isOurs: false, trust: '' })
    await expect(deploy(world, { 'create-role': 'true' })).rejects.toThrow(
      'create-role: a role shop-role exists that wsgi-lambda has not made',
    )
    expect(world.lambda.calls.filter((line) => !line.startsWith('get'))).toEqual([])
  })

  test('bounds the role that it makes, and says so in the plan', async () => {
    const world = createWorld()
    const calls = await deploy(world, { 'create-role': 'true', 'permissions-boundary': BOUNDARY })
    expect(calls.filter((line) => /Role|Boundary/.test(line) && !line.startsWith('get'))).toEqual([
      ...['createRole shop-role', 'putRolePolicy shop-role'],
    ])
    expect(world.aside.roles.get('shop-role')?.boundary).toBe(BOUNDARY)
    expect(await deploy(world, { 'create-role': 'true', 'permissions-boundary': BOUNDARY })).toContain(
      'getRole shop-role',
    )
  })

  test('bounds a role that is there before its policy grows', async () => {
    const world = createWorld()
    await deploy(world, { 'create-role': 'true' })
    const given = { 'create-role': 'true', 'permissions-boundary': BOUNDARY, tracing: 'active' }
    const calls = await deploy(world, given)
    expect(calls.filter((line) => /^(?:set|put|create)/.test(line))).toEqual([
      `setBoundary shop-role ${BOUNDARY}`,
      'putRolePolicy shop-role',
    ])
    const again = await deploy(world, given)
    expect(again.filter((line) => !line.startsWith('get'))).toEqual([])
    // What bounds it stays, where nobody says anything of it any more.
    await deploy(world, { 'create-role': 'true', tracing: 'active' })
    expect(world.aside.roles.get('shop-role')?.boundary).toBe(BOUNDARY)
  })

  test('of a function that exists changes to the role that is made', async () => {
    const world = createWorld()
    await deploy(world, { role: ROLE })
    await deploy(world, { 'create-role': 'true', tracing: 'active' })
    const served = await world.lambda.getVersion('shop', 'live')
    expect(served).toMatchObject({ version: '2', role: 'arn:aws:iam::123456789012:role/shop-role' })
    expect(world.aside.roles.get('shop-role')?.policy).toContain('xray:PutTraceSegments')
  })
})

test('the plan shows the settings of a function before and after, whatever they are called', () => {
  const given = { tracing: 'active', layers: LAYER, 'vpc-subnets': SUBNETS, 'vpc-security-groups': GROUPS }
  const from = { ...current, served: { ...latest, version: '7', handler: 'wsgi.handler' } }
  const { configuration } = desiredRelease(settings(given), CODE, from)
  expect(configurationChanges(from, configuration).configuration).toEqual([
    { setting: 'handler', before: 'wsgi.handler', after: 'wsgi_handler.handler' },
    { setting: 'vpc-subnets', before: undefined, after: SUBNETS.replace('\n', ', ') },
    { setting: 'vpc-security-groups', before: undefined, after: GROUPS },
    { setting: 'tracing', before: 'pass-through', after: 'active' },
    { setting: 'layers', before: undefined, after: LAYER },
  ])
})
