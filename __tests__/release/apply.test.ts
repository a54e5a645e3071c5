import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../src/errors.ts'
import { released } from '../../src/release/apply.ts'
import { readCurrentRelease } from '../../src/release/current.ts'
import { readAliasMark } from '../../src/release/order/alias-mark.ts'
import type { ReleaseLock } from '../../src/release/order/lock.ts'
import type { DesiredRelease } from '../../src/release/state.ts'
import { openLock } from './order.ts'
import {
  alias,
  configured,
  current,
  NOT_RELEASED,
  nothing as noRelease,
  RELEASED,
  RELEASED_AFTER_1,
  same,
  UNFINISHED,
  UNFINISHED_AFTER_1,
} from './releases.ts'
import { createReleasedWorld, createWorld, effects, failureOf, v1, v2 } from './world.ts'

const failing = { payload: JSON.stringify([3, 'no such table\n']) }

describe('the order of a release', () => {
  test('the first deployment: nobody is permitted until the version has proven itself', async () => {
    const { lambda, release } = createWorld()
    lambda.interruptAt(/^invoke 1 manage "migrate/, () => {
      expect(lambda.isOpen('shop', 'live')).toBe(false)
    })
    const { function: facts, changed, commands } = await release(v1)
    expect(effects(lambda)).toEqual([
      'createFunction shop',
      'publish one',
      `createAlias live → 1 (${NOT_RELEASED})`,
      'createUrl NONE BUFFERED',
      'invoke 1 manage "migrate --noinput"',
      'invoke 1 GET /',
      `updateAlias live → 1 (${UNFINISHED})`,
      'permitUrl url',
      'permitUrl invoke',
      'invoke 1 manage \"clearsessions\"',
      `updateAlias live → 1 (${RELEASED})`,
    ])
    expect(lambda.isOpen('shop', 'live')).toBe(true)
    expect(changed).toBe(true)
    expect(facts).toEqual({
      name: 'shop',
      arn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop',
      version: '1',
      alias: 'live',
      aliasArn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop:live',
      url: 'https://abc.lambda-url.eu-west-1.on.aws/',
    })
    expect(commands).toEqual([
      { command: 'manage migrate --noinput', phase: 'before-traffic', exitCode: 0, seconds: 0.03, output: 'done\n' },
      { command: 'manage clearsessions', phase: 'after-traffic', exitCode: 0, seconds: 0.03, output: 'done\n' },
    ])
  })

  test('the next one: commands and request go to the new version, traffic to the old one until then', async () => {
    const { lambda, release, report, aliasNow } = await createReleasedWorld()
    const served: (string | undefined)[] = []
    lambda.application = (event, { version }) => {
      void aliasNow().then((now) => served.push(`${version} while ${now?.version ?? ''} serves`))
      return '_serverless-wsgi' in event ? { payload: '[0, ""]' } : { payload: '{"statusCode": 200}' }
    }
    const { function: facts } = await release(v2)
    expect(effects(lambda)).toEqual([
      'updateCode two',
      'updateConfiguration {"DEBUG":"0"}',
      'publish two',
      'invoke 2 manage "migrate --noinput"',
      'invoke 2 GET /',
      `updateAlias live → 2 (${UNFINISHED_AFTER_1})`,
      'invoke 2 manage \"clearsessions\"',
      `updateAlias live → 2 (${RELEASED_AFTER_1})`,
    ])
    expect(served).toEqual(['2 while 1 serves', '2 while 1 serves', '2 while 2 serves'])
    expect(facts.version).toBe('2')
    expect(report.of('info')).toContain('live: version 1 → 2')
  })

  test('every change is waited for, and no call is refused because one goes on', async () => {
    const { lambda, release, waits, aliasNow } = await createReleasedWorld()
    lambda.pendingReads = 3
    await release(v2)
    expect(waits).toHaveLength(9)
    const version = lambda.calls.findIndex((line) => line === 'publish two')
    const used = lambda.calls.findIndex((line) => line.startsWith('invoke 2'))
    expect(lambda.calls.slice(version + 1, used)).toEqual(Array(4).fill('getVersion shop:2'))
    expect((await aliasNow())?.version).toBe('2')
  })

  test('what is too large for a request is uploaded before Lambda is told of it', async () => {
    const { lambda, release } = await createReleasedWorld()
    await release({ ...v2, upload: 's3://uploads/two.zip' })
    const changes = lambda.calls.filter((line) => line.startsWith('up') && !line.startsWith('updateAlias'))
    expect(changes[0]).toBe('upload s3://uploads/two.zip')
    expect(changes[1]).toBe('updateCode two')
  })

  test('a bucket is made before something is put into it', async () => {
    const { lambda, release } = createWorld()
    await release({ ...v1, upload: 's3://own/one.zip', ownBucket: { name: 'own', isThere: false } })
    const changes = lambda.calls.filter((line) => /^(?:makeBucket|upload|createFunction) /.test(line))
    expect(changes).toEqual(['makeBucket own', 'upload s3://own/one.zip', 'createFunction shop'])
  })

  test('an address that the environment needs is written before anything runs, on the version that counts', async () => {
    const { lambda, release } = createWorld()
    await release(configured({ environment: { SITE: '{{url}}' } }, v1))
    expect(effects(lambda).slice(0, 7)).toEqual([
      'createFunction shop',
      'publish one',
      `createAlias live → 1 (${NOT_RELEASED})`,
      'createUrl NONE BUFFERED',
      'updateConfiguration {"SITE":"https://abc.lambda-url.eu-west-1.on.aws"}',
      'publish one',
      'invoke 2 manage "migrate --noinput"',
    ])
    expect(lambda.versionsOf('shop').map(({ environment }) => environment)).toEqual([
      {},
      { SITE: 'https://abc.lambda-url.eu-west-1.on.aws' },
    ])
  })

  test('a URL with its address in the environment of a function that had none: traffic gets the version with it', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld({ ...v1, access: 'none' })
    await release(configured({ environment: { SITE: '{{url}}' } }, v1))
    const served = await lambda.getVersion('shop', 'live')
    expect(served?.environment).toEqual({ SITE: 'https://abc.lambda-url.eu-west-1.on.aws' })
    expect((await aliasNow())?.description).toBe(RELEASED_AFTER_1)
  })

  test('without a URL the alias is created last', async () => {
    const { lambda, release } = createWorld()
    const { function: facts } = await release({ ...v1, access: 'none' })
    expect(effects(lambda)).toEqual([
      'createFunction shop',
      'publish one',
      'invoke 1 manage "migrate --noinput"',
      'invoke 1 GET /',
      `createAlias live → 1 (${UNFINISHED})`,
      'invoke 1 manage \"clearsessions\"',
      `updateAlias live → 1 (${RELEASED})`,
    ])
    expect(facts.url).toBeUndefined()
  })

  test('from public to IAM is closed first, and opened last the other way', async () => {
    const { lambda, release } = await createReleasedWorld()
    await release({ ...v1, access: 'iam' })
    expect(effects(lambda)).toEqual([
      `updateAlias live → 1 (${UNFINISHED})`,
      'updateUrl AWS_IAM',
      'invoke 1 manage "migrate --noinput"',
      'invoke 1 GET /',
      'invoke 1 manage "clearsessions"',
      `updateAlias live → 1 (${RELEASED})`,
    ])
    lambda.calls.length = 0
    await release({ ...v2, access: 'public' })
    expect(effects(lambda).slice(-4)).toEqual([
      `updateAlias live → 2 (${UNFINISHED_AFTER_1})`,
      'updateUrl NONE',
      'invoke 2 manage "clearsessions"',
      `updateAlias live → 2 (${RELEASED_AFTER_1})`,
    ])
  })

  test('the same once more: nothing is written and nothing runs', async () => {
    const { lambda, release } = await createReleasedWorld()
    const { changed, steps } = await release(v1)
    expect(effects(lambda)).toEqual([])
    expect([changed, steps]).toEqual([false, []])
  })

  test('each step is said before it is done, in the words of the plan', async () => {
    const { release, report } = await createReleasedWorld()
    await release({ ...v2, smoke: undefined })
    expect(report.of('info')).toEqual([
      'update the code',
      'update the configuration: memory',
      'publish a version and wait until it is active',
      'version 2',
      'run before traffic moves: manage migrate --noinput',
      'move the alias live to the new version',
      'live: version 1 → 2',
      'run after traffic moves: manage clearsessions',
      'mark the release as finished',
    ])
    expect(report.of('output')).toEqual(['done', 'done'])
  })
})

const CALLS_THAT_READ = 5

/** The calls of a release that succeeds, for failing at each of them. */
async function callsOfRelease(): Promise<readonly string[]> {
  const { lambda, release } = await createReleasedWorld()
  await release(v2)
  return lambda.calls
}

const NEVER_REVERSED = 'Migrations are never reversed: what manage migrate --noinput has applied stays in the database.'
const OLD_CODE = 'That leaves the old code on the new schema: version 1 has to work with it until a release succeeds.'

describe('a failure leaves traffic where it was', () => {
  const problem = new UserError({ title: 'AWS could not be reached' })

  test.each(['before', 'after'] as const)(
    'a failure of any call, %s its effect; the next run goes on',
    async (when) => {
      const calls = [...(await callsOfRelease()).entries()].slice(CALLS_THAT_READ)
      expect(calls.length).toBeGreaterThan(10)
      for (const [number, line] of calls) {
        if (when === 'after' && line.startsWith('updateAlias')) continue // The next test's.
        const { lambda, release, aliasNow } = await createReleasedWorld()
        lambda.failAt(number, problem, when)
        const error = await failureOf(release(v2))
        const now = await aliasNow()
        expect([line, now?.version, now?.description]).toEqual([line, '1', RELEASED])
        const isCommand = /^invoke \d \w+ "/.test(line)
        const what = isCommand ? expect.stringMatching(/: It is not known how the command ended$/) : problem.title
        expect([line, error.title, error.detail]).toEqual([line, what, isCommand ? problem.title : undefined])
        expect(error.hint).toMatch(/(?:^|\. )The alias live (has not moved: it serves|is back on) version 1\./)

        lambda.calls.length = 0
        await release(v2)
        expect(effects(lambda).filter((effect) => effect.startsWith('invoke'))).toEqual([
          'invoke 2 manage "migrate --noinput"',
          'invoke 2 GET /',
          'invoke 2 manage "clearsessions"',
        ])
        expect((await aliasNow())?.version).toBe('2')
        expect(lambda.versionsOf('shop')).toHaveLength(2)
      }
    },
  )

  test('when only the answer to the move got lost, the release goes on', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.failAt(/^updateAlias/, new UserError({ title: 'PreconditionFailedException' }), 'after')
    await release(v2)
    expect((await aliasNow())?.version).toBe('2')
    expect(effects(lambda).slice(-2)).toEqual([
      'invoke 2 manage "clearsessions"',
      `updateAlias live → 2 (${RELEASED_AFTER_1})`,
    ])
  })

  test('a command that fails before traffic moves', async () => {
    const { lambda, release, report, aliasNow } = await createReleasedWorld()
    const before = await aliasNow()
    lambda.application = () => failing
    const error = await failureOf(release(v2))
    expect(error).toMatchObject({
      title: 'manage migrate --noinput failed on version 2 with exit code 3',
      detail: 'no such table',
      hint: `The alias live has not moved: it serves version 1. ${NEVER_REVERSED} ${OLD_CODE}`,
      exitCode: 1,
    })
    expect(report.of('output')).toEqual(['no such table'])
    expect(await aliasNow()).toEqual(before)
    expect(effects(lambda).at(-1)).toBe('invoke 2 manage "migrate --noinput"')
  })

  test('a command that never ran ends the release with 1, not with a remote command’s 125', async () => {
    const { lambda, release } = await createReleasedWorld()
    lambda.application = () => ({ functionError: 'Unhandled', payload: '{"errorMessage": "Task timed out"}' })
    expect(await failureOf(release(v2))).toMatchObject({
      title: 'manage migrate --noinput: The function timed out',
      exitCode: 1,
    })
  })

  test('a line that is no remote command is a wrong setting', async () => {
    const { release, aliasNow } = await createReleasedWorld()
    const error = await failureOf(release({ ...v2, beforeTraffic: ['migrate'] }))
    expect(error.exitCode).toBe(2)
    expect((await aliasNow())?.version).toBe('1')
  })

  test('a request that the new version answers with 500', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.application = (event) =>
      '_serverless-wsgi' in event ? { payload: '[0, ""]' } : { payload: '{"statusCode": 500, "body": "no such table"}' }
    const error = await failureOf(release(v2))
    expect(error.title).toBe('The new version answers GET / with 500')
    expect(error.hint).toContain(`${NEVER_REVERSED} ${OLD_CODE}`)
    expect((await aliasNow())?.version).toBe('1')
  })

  test('a command that fails after traffic has moved takes it back', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.application = (event) => {
      if (!('_serverless-wsgi' in event)) return { payload: '{"statusCode": 200}' }
      return JSON.stringify(event).includes('clearsessions') ? failing : { payload: '[0, ""]' }
    }
    const error = await failureOf(release(v2))
    expect(error.hint).toBe(`The alias live is back on version 1. ${NEVER_REVERSED} ${OLD_CODE}`)
    expect(lambda.writes().slice(-2)).toEqual([
      `updateAlias live → 2 (${UNFINISHED_AFTER_1})`,
      `updateAlias live → 1 (${RELEASED})`,
    ])
    expect((await aliasNow())?.version).toBe('1')
  })

  test.each([
    ['a new version', v2, 'The alias live is back on version 1. The Function URL is closed to the public again.'],
    ['the same one', v1, 'it serves version 1. The Function URL is closed to the public again.'],
  ])('a URL that was opened for %s is closed again, and opened by the next run', async (_, desired, outcome) => {
    const { lambda, release } = await createReleasedWorld({ ...v1, access: 'iam' })
    const answers = lambda.application
    lambda.application = (event, context) => {
      if (!('_serverless-wsgi' in event)) return { payload: '{"statusCode": 200}' }
      return JSON.stringify(event).includes('clearsessions') ? failing : answers(event, context)
    }
    expect((await failureOf(release({ ...desired, access: 'public' }))).hint).toContain(outcome)
    expect(lambda.isOpen('shop', 'live')).toBe(false)
    lambda.application = answers
    await release({ ...desired, access: 'public' })
    expect(lambda.isOpen('shop', 'live')).toBe(true)
  })

  test('a URL that was closed before the failure stays closed, and that is said', async () => {
    const { lambda, release } = await createReleasedWorld()
    lambda.failAt(/^invoke 2 manage/, new UserError({ title: 'gone' }))
    expect((await failureOf(release({ ...v2, access: 'iam' }))).hint).toContain(
      'it serves version 1. The Function URL is closed to the public, as function-url: iam asks for.',
    )
    expect(lambda.isOpen('shop', 'live')).toBe(false)
  })

  test('a URL that cannot be closed again is said to be open', async () => {
    const { lambda, release } = await createReleasedWorld({ ...v1, access: 'iam' })
    lambda.failAt(/^invoke 2 manage "clearsessions/, new UserError({ title: 'gone' }))
    lambda.failAt(/^updateUrl AWS_IAM/, new UserError({ title: 'denied' }))
    expect((await failureOf(release({ ...v2, access: 'public' }))).hint).toContain(
      'The Function URL could not be closed to the public again (denied): everyone may call it.',
    )
  })

  test('when it cannot be taken back, both failures are said', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.failAt(/clearsessions/, problem)
    lambda.failAt(/updateAlias live → 1/, new UserError({ title: 'The credentials have expired' }))
    const error = await failureOf(release(v2))
    expect(error.detail).toBe(problem.title)
    expect(error.hint).toContain(
      'The alias live could not be moved back to version 1 (The credentials have expired): it serves version 2.',
    )
    expect((await aliasNow())?.version).toBe('2')
  })

  test('an alias that somebody else moved meanwhile is not overwritten', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.interruptAt(/^updateAlias/, () => {
      void lambda.updateAlias('shop', 'live', { version: '2', description: 'by hand' })
    })
    const error = await failureOf(release(v2))
    expect(error.title).toContain('PreconditionFailedException')
    expect(await aliasNow()).toMatchObject({ version: '2', description: 'by hand' })
  })

  test('an alias whose revision is another one, but which serves the same, is moved', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.interruptAt(/^updateAlias/, () => {
      void lambda.updateAlias('shop', 'live', { version: '1', description: RELEASED })
    })
    await release(v2)
    expect(await aliasNow()).toMatchObject({ version: '2', description: RELEASED_AFTER_1 })
  })

  test('an alias that somebody else moved on while this run slept is not taken back', async () => {
    const { lambda, waiting, apply, aliasNow } = await createReleasedWorld()
    let [hasSlept, isLost] = [false, false]
    const lock: ReleaseLock = {
      ...openLock,
      isLost: () => isLost,
      confirm: () => {
        isLost = hasSlept
        return isLost ? Promise.reject(new UserError({ title: 'lost' })) : Promise.resolve()
      },
    }
    lambda.failAt(/clearsessions/, new UserError({ title: 'no answer' }))
    lambda.interruptAt(/clearsessions/, () => {
      hasSlept = true
      void lambda.updateAlias('shop', 'live', { version: '2', description: 'of a later run' })
    })
    await failureOf(apply(await readCurrentRelease('shop', 'live', waiting), v2, lock))
    expect((await aliasNow())?.description).toBe('of a later run')
  })

  test('when a defect comes after the move, and it cannot be taken back, that is said on its own', async () => {
    const { lambda, release, report } = await createReleasedWorld()
    const bug = new TypeError('x is not a function')
    lambda.failAt(/clearsessions/, bug)
    lambda.failAt(/updateAlias live → 1/, new UserError({ title: 'The credentials have expired' }))
    await expect(release(v2)).rejects.toBe(bug)
    expect(report.of('warning')).toEqual(['The release was left half done'])
    expect(report.problems[0]?.detail).toContain('it serves version 2.')
  })

  test('an error that is no UserError stays what it is', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    const bug = new TypeError('x is not a function')
    lambda.failAt(/clearsessions/, bug)
    await expect(release(v2)).rejects.toBe(bug)
    expect((await aliasNow())?.version).toBe('1')
  })
})

describe('the alias does not move, and a command after traffic fails', () => {
  const closed: DesiredRelease = { ...v1, access: 'iam' }
  const commands: DesiredRelease = { ...v1, commands: { ...v1.configuration, timeout: 900 } }

  test.each<[string, DesiredRelease, DesiredRelease]>([
    ['only permissions differ', closed, v1],
    ['only the URL differs', v1, closed],
    ['only the version for commands differs', v1, commands],
  ])('where %s: the next run repeats the commands', async (_, from, to) => {
    const { lambda, release, aliasNow } = await createReleasedWorld(from)
    lambda.failAt(/clearsessions/, new UserError({ title: 'AWS could not be reached' }))
    await failureOf(release(to))
    lambda.calls.length = 0
    expect((await release(to)).changed).toBe(true)
    expect(effects(lambda).filter((effect) => effect.includes('manage'))).toHaveLength(2)
    expect(readAliasMark((await aliasNow())?.description ?? '').phase).toBe('released')
    expect((await release(to)).changed).toBe(false)
  })

  test('at any call that changes something: the next run repeats them', async () => {
    const counting = await createReleasedWorld(closed)
    await counting.release(v1)
    for (let number = CALLS_THAT_READ; number < counting.lambda.calls.length; number++) {
      const { lambda, release } = await createReleasedWorld(closed)
      lambda.failAt(number, new UserError({ title: 'AWS could not be reached' }), 'after')
      const failed = await release(v1).then(
        () => false,
        () => true,
      )
      const line = lambda.calls[number] ?? ''
      lambda.calls.length = 0
      const { changed } = await release(v1)
      expect([line, changed]).toEqual([line, failed])
    }
  })
})

describe('the first deployment fails', () => {
  test('nobody is permitted, and the next run repeats the commands on what is published', async () => {
    const { lambda, release, aliasNow } = createWorld()
    const answers = lambda.application
    lambda.application = () => failing
    const error = await failureOf(release(v1))
    expect(error.hint).toBe(`Nothing serves traffic yet. ${NEVER_REVERSED}`)
    expect(lambda.isOpen('shop', 'live')).toBe(false)
    expect(await aliasNow()).toMatchObject({ version: '1', description: NOT_RELEASED })

    lambda.application = answers
    lambda.calls.length = 0
    await release(v1)
    expect(effects(lambda)).toEqual([
      'invoke 1 manage "migrate --noinput"',
      'invoke 1 GET /',
      `updateAlias live → 1 (${UNFINISHED})`,
      'permitUrl url',
      'permitUrl invoke',
      'invoke 1 manage \"clearsessions\"',
      `updateAlias live → 1 (${RELEASED})`,
    ])
    expect(lambda.isOpen('shop', 'live')).toBe(true)
  })

  test('at any call: the next run brings it up, and until then nobody gets in', async () => {
    const counting = createWorld()
    await counting.release(configured({ environment: { SITE: '{{url}}' } }, v1))
    const moved = counting.lambda.calls.findIndex((line) => line.startsWith('updateAlias'))
    for (let number = CALLS_THAT_READ; number < counting.lambda.calls.length; number++) {
      const { lambda, release, aliasNow } = createWorld()
      lambda.failAt(number, new UserError({ title: 'AWS could not be reached' }))
      await failureOf(release(configured({ environment: { SITE: '{{url}}' } }, v1)))
      const line = lambda.calls[number] ?? ''
      if (number <= moved) expect([line, lambda.isOpen('shop', 'live')]).toEqual([line, false])
      const now = await aliasNow()
      expect([line, now?.description ?? NOT_RELEASED]).toEqual([line, NOT_RELEASED])

      lambda.calls.length = 0
      await release(configured({ environment: { SITE: '{{url}}' } }, v1))
      expect(effects(lambda).filter((effect) => effect.includes('manage'))).toHaveLength(2)
      expect([line, lambda.isOpen('shop', 'live')]).toEqual([line, true])
      expect([line, (await lambda.getVersion('shop', 'live'))?.environment]).toEqual([
        line,
        { SITE: 'https://abc.lambda-url.eu-west-1.on.aws' },
      ])
      expect((await aliasNow())?.description).toBe(RELEASED)
    }
  })

  test('after traffic has moved: there is no version to go back to, and the next run repeats the commands', async () => {
    const { lambda, release, aliasNow } = createWorld()
    lambda.failAt(/clearsessions/, new UserError({ title: 'AWS could not be reached' }))
    const error = await failureOf(release(v1))
    expect(error.hint).toContain('There is no earlier version to go back to: the alias live stays on version 1.')
    expect((await aliasNow())?.description).toBe(NOT_RELEASED)
    lambda.calls.length = 0
    await release(v1)
    expect(effects(lambda)).toEqual([
      'invoke 1 manage "migrate --noinput"',
      'invoke 1 GET /',
      `updateAlias live → 1 (${UNFINISHED})`,
      'invoke 1 manage \"clearsessions\"',
      `updateAlias live → 1 (${RELEASED})`,
    ])
  })
})

describe('a release is cancelled', () => {
  test('before traffic moves: nothing more is done', async () => {
    const { lambda, release, controller, aliasNow } = await createReleasedWorld()
    lambda.interruptAt(/^invoke 2 manage/, () => {
      controller.abort()
    })
    await expect(release(v2)).rejects.toMatchObject({ name: 'AbortError' })
    expect(effects(lambda).at(-1)).toBe('invoke 2 manage "migrate --noinput"')
    expect((await aliasNow())?.version).toBe('1')
  })

  test('after traffic has moved: it goes back, which is said', async () => {
    const { lambda, release, controller, aliasNow, report } = await createReleasedWorld()
    lambda.interruptAt(/^updateAlias/, () => {
      controller.abort()
    })
    await expect(release(v2)).rejects.toMatchObject({ name: 'AbortError' })
    expect((await aliasNow())?.version).toBe('1')
    expect(lambda.calls.filter((line) => line.includes('clearsessions'))).toEqual([])
    expect(report.of('warning')).toEqual(['The release was not finished'])
    expect(report.problems.at(-1)?.detail).toContain('The alias live is back on version 1.')
  })

  test('when only what earlier ones have left is to be removed: it is done, and stays', async () => {
    const { lambda, release, controller, aliasNow, report } = await createReleasedWorld({ ...v1, keepVersions: 1 })
    lambda.interruptAt(new RegExp(`^updateAlias live → 2 \\(${RELEASED_AFTER_1}`), () => {
      controller.abort()
    })
    expect(await release({ ...v2, keepVersions: 1 })).toMatchObject({ changed: true, function: { version: '2' } })
    expect((await aliasNow())?.version).toBe('2')
    expect(report.of('warning')).toEqual(['The release is done, and what is left of earlier ones was not removed'])
  })
})

describe('released', () => {
  const progress = { version: '7', alias, url: current.url, commands: [], coldStartMs: undefined }

  test('nothing was done', () => {
    expect(released([], progress, { current, desired: same })).toMatchObject({
      changed: false,
      function: { arn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop', version: '7' },
    })
  })

  test('before the first deployment there is neither version nor address', () => {
    const nothing = { version: '', alias: undefined, url: undefined, commands: [], coldStartMs: undefined }
    expect(released([], nothing, { current: noRelease, desired: same }).function).toEqual({
      name: 'shop',
      arn: '',
      version: '',
      alias: 'live',
      aliasArn: '',
      url: undefined,
    })
  })
})
