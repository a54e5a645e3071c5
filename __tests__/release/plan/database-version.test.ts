import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { withoutCommands } from '../../../src/release/plan/command-version.ts'
import {
  databaseConfiguration,
  databasesAlias,
  hasDatabaseVersion,
} from '../../../src/release/plan/database-version.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { DesiredRelease } from '../../../src/release/state.ts'
import { current, latest, same } from '../releases.ts'
import { createReleasedWorld, createWorld, effects, v1, v2 } from '../world.ts'

const ROLE = 'arn:aws:iam::123456789012:role/shop-databases'
const ADMIN = 'secretsmanager:shop/admin'
const SETTINGS = { databaseRole: ROLE, previewDatabaseAdmin: ADMIN, previewDatabaseTemplate: undefined }
const NO_COMMANDS = {
  commandTimeout: undefined,
  commandMemory: undefined,
  commandRole: undefined,
  commandEnvironment: {},
}

function withDatabases(desired: DesiredRelease): DesiredRelease {
  return { ...desired, databases: databaseConfiguration(SETTINGS, desired.configuration) }
}

describe('the configuration for databases', () => {
  test('has a role of its own, and of variables the reference alone', () => {
    const { configuration } = same
    const snapStart = { ...configuration, timeout: 600, options: { snapStart: true } }
    expect(databaseConfiguration(SETTINGS, snapStart)).toEqual({
      ...configuration,
      role: ROLE,
      timeout: 600,
      environment: { WSGI_LAMBDA_DATABASES: ADMIN, WSGI_LAMBDA_FOR: 'databases' },
      options: { snapStart: false },
    })
    expect(databaseConfiguration(SETTINGS, configuration)?.timeout).toBe(300)
    expect(databaseConfiguration({ ...SETTINGS, previewDatabaseTemplate: 'base' }, configuration)?.environment).toEqual(
      {
        ...{ WSGI_LAMBDA_DATABASES: ADMIN, WSGI_LAMBDA_DATABASES_TEMPLATE: 'base', WSGI_LAMBDA_FOR: 'databases' },
      },
    )
  })

  test('is none without a role', () => {
    const without = { ...SETTINGS, databaseRole: undefined }
    expect([hasDatabaseVersion(SETTINGS), hasDatabaseVersion(without)]).toEqual([true, false])
    expect(databaseConfiguration(without, same.configuration)).toBeUndefined()
  })

  test('is not taken for that of requests, where a run was ended', () => {
    const left = { ...latest, ...withDatabases(same).databases, layers: [], options: latest.options }
    expect(withoutCommands({ ...current, latest: left }, NO_COMMANDS).latest).toEqual(latest)
  })
})

describe('a release with a version for databases', () => {
  const one = withDatabases(v1)
  const two = withDatabases(v2)
  const versionNow = async (lambda: ReturnType<typeof createWorld>['lambda']) =>
    await lambda.getVersion('shop', databasesAlias('live'))

  test('publishes it last, and leaves $LATEST as requests need it', async () => {
    const { lambda, release, report } = createWorld()
    await release(one)
    expect(await versionNow(lambda)).toMatchObject({
      ...{ role: ROLE, codeSha256: v1.codeSha256, description: 'databases of commit abc' },
      environment: { WSGI_LAMBDA_DATABASES: ADMIN },
    })
    expect((await lambda.getAlias('shop', 'live'))?.version).toBe('1')
    expect(await lambda.getVersion('shop')).toMatchObject({ timeout: 30, environment: { DEBUG: '0' } })
    expect(effects(lambda).at(-1)).toMatch(/^createAlias live-databases → 2/)
    expect(report.problems).toEqual([])
    lambda.calls.length = 0
    expect((await release(one)).changed).toBe(false)
    expect(effects(lambda)).toEqual([])
  })

  test('new code has a new one', async () => {
    const { lambda, release } = await createReleasedWorld(one)
    await release(two)
    expect(await versionNow(lambda)).toMatchObject({ version: '4', codeSha256: v2.codeSha256 })
  })

  test('where only it is missing, no command runs and no traffic moves', async () => {
    const { lambda, release } = await createReleasedWorld(v1)
    await release(one)
    expect(effects(lambda).filter((line) => /^(?:invoke|updateAlias)/.test(line))).toEqual([])
    expect(await versionNow(lambda)).toMatchObject({ version: '2' })
  })

  test('where $LATEST has other code since, that of the served version is put back first', () => {
    const failed = { ...current, latest: { ...latest, codeSha256: 'other' } }
    expect(planRelease(failed, withDatabases(same)).map(({ kind }) => kind)).toEqual([
      'update-code',
      'publish-databases',
    ])
  })

  test('what is refused is told, and takes no release back', async () => {
    const { lambda, release, report, aliasNow } = await createReleasedWorld(one)
    lambda.failAt(/^updateAlias live-databases/, new UserError({ title: 'The credentials may not do it' }))
    await release(two)
    expect(report.of('warning')).toEqual([
      'The version of live-databases is not up to date: The credentials may not do it',
    ])
    expect((await aliasNow())?.version).toBe('3')
  })

  test('why there is none is told, also where what was changed for it cannot be changed back', async () => {
    const { lambda, release, report } = await createReleasedWorld(one)
    const update = lambda.updateConfiguration.bind(lambda)
    let isRefused = false
    lambda.updateConfiguration = async (name, configuration) => {
      if (isRefused) throw new UserError({ title: 'Lambda is busy' })
      isRefused = configuration.role === ROLE
      if (isRefused) throw new UserError({ title: 'The role may not be passed on' })
      await update(name, configuration)
    }
    await release(two)
    expect(report.of('warning')).toEqual([
      '$LATEST of shop is left as it is for databases: Lambda is busy',
      'The version of live-databases is not up to date: The role may not be passed on',
    ])
  })

  test('a failure of any call leaves no version that visitors could meet, and the next run goes on', async () => {
    const { lambda: measured, release: whole } = await createReleasedWorld(one)
    await whole(two)
    for (const when of ['before', 'after'] as const) {
      for (let call = 0; call < measured.calls.length; call++) {
        const { lambda, release } = await createReleasedWorld(one)
        lambda.failAt(call, new Error('no network'), when)
        await release(two).catch(() => undefined)
        const served = await lambda.getVersion('shop', 'live')
        expect(served?.environment).not.toHaveProperty('WSGI_LAMBDA_DATABASES')
        await release(two)
        expect((await lambda.getVersion('shop', 'live'))?.environment).toEqual({ DEBUG: '0' })
        expect(await versionNow(lambda)).toMatchObject({ codeSha256: v2.codeSha256, role: ROLE })
      }
    }
  })
})
