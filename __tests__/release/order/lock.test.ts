import { describe, expect, test } from '@jest/globals'
import { createLock, LOCK_ALIAS } from '../../../src/release/order/lock.ts'
import { FREE, holderOf, lockDescription, readLockDescription } from '../../../src/release/order/lock-mark.ts'
import { recordingReporter } from '../../report/recording.ts'
import { fakeLambda } from '../fake-lambda.ts'
import { machine, run } from '../order.ts'
import { configured } from '../releases.ts'
import { failureOf } from '../world.ts'

const NOON = Date.parse('2026-11-23T12:00:00Z')
const aborted = new Error('socket hang up')

/** A function, and runs that want to deploy it, which share a clock. */
async function createWorld() {
  const lambda = fakeLambda()
  const zip = Buffer.from('one')
  await lambda.createFunction('shop', configured({}).configuration, { zip, architecture: 'x86_64' })
  lambda.calls.length = 0
  let now = NOON
  const controller = new AbortController()
  const meanwhile: (() => Promise<void>)[] = []
  const create = (id: string, { lockWait = 600, isAlive = true, host = id, ahead = 0 } = {}) => {
    const report = recordingReporter()
    const tasks = new Set<() => void>()
    const own = { ...machine, id: host, isAlive: () => isAlive }
    const lock = createLock('shop', holderOf(run, own, id), lockWait, {
      lambda,
      report,
      wait: async (milliseconds) => {
        now += milliseconds
        await meanwhile.shift()?.()
      },
      clock: () => now,
      signal: controller.signal,
      machine: own,
      now: () => now + ahead * 1000,
      every: (_, task) => {
        tasks.add(task)
        return () => tasks.delete(task)
      },
    })
    return { lock, report, tasks }
  }
  const description = async (): Promise<string> => (await lambda.getAlias('shop', LOCK_ALIAS))?.description ?? ''
  const pass = (seconds: number): void => {
    now += seconds * 1000
  }
  return {
    lambda,
    create,
    description,
    pass,
    controller,
    meanwhile,
    held: async () => readLockDescription(await description()),
  }
}

describe('the description of a lock', () => {
  const held = { id: 'a1', process: 'ff/17', name: 'https://ci.example.org/1 (octocat)', until: NOON }

  test('can be read by people, and by other runs', () => {
    expect(lockDescription(held)).toBe(
      'wsgi-lambda lock: held until 2026-11-23T12:00:00.000Z; id a1; process ff/17; by https://ci.example.org/1 (octocat)',
    )
    expect(readLockDescription(lockDescription(held))).toEqual(held)
  })

  test('fits', () => {
    const long = lockDescription({ ...held, name: 'x'.repeat(300) })
    expect(long).toHaveLength(256)
    expect(readLockDescription(long)).toMatchObject({ id: 'a1', until: NOON })
  })

  test.each(['', FREE, 'my own alias', 'wsgi-lambda lock: held until soon; id a; process b; by c'])(
    'nobody holds it: %j',
    (description) => {
      expect(readLockDescription(description)).toBeUndefined()
    },
  )
})

test('is made, held, given back, and taken again', async () => {
  const { lambda, create, description, held } = await createWorld()
  const { lock, tasks } = create('a')
  expect(lock.isTaken()).toBe(false)
  await lock.take()
  expect(await held()).toEqual({
    id: 'a',
    process: expect.any(String),
    name: 'https://github.com/octocat/shop/actions/runs/1234567890 (octocat)',
    until: NOON + 120_000,
  })
  await lock.take()
  await lock.release()
  expect(await description()).toBe(FREE)
  expect(tasks.size).toBe(0)
  await create('b').lock.take()
  expect((await held())?.id).toBe('b')
  expect(lambda.writes().filter((line) => line.startsWith('createAlias'))).toHaveLength(1)
})

test('is waited for, and said so once', async () => {
  const { create, meanwhile, held } = await createWorld()
  const first = create('a')
  const second = create('b')
  await first.lock.take()
  meanwhile.push(
    () => Promise.resolve(),
    () => first.lock.release(),
  )
  await second.lock.take()
  expect((await held())?.id).toBe('b')
  expect(second.report.of('info')).toEqual([
    'shop is being deployed by https://github.com/octocat/shop/actions/runs/1234567890 (octocat): waiting for it',
  ])
  expect(second.report.of('progress')[0]).toBe('waiting for another deployment of shop (0 s)')
})

test("is nobody's where it ends so late that no run can have written it", async () => {
  const { lambda, create, held } = await createWorld()
  const forged = { id: 'x', process: 'ff/1', name: 'nobody', until: Date.parse('9999-01-01') }
  await lambda.createAlias('shop', LOCK_ALIAS, { version: '$LATEST', description: lockDescription(forged) })
  const { lock, report } = create('a')
  await lock.take()
  expect((await held())?.id).toBe('a')
  expect(report.of('info')).toEqual([])
})

test('is waited for no longer than the settings say', async () => {
  const { create, lambda } = await createWorld()
  const first = create('a')
  await first.lock.take()
  lambda.calls.length = 0
  await expect(create('b', { lockWait: 20 }).lock.take()).rejects.toMatchObject({
    title:
      'shop is being deployed by https://github.com/octocat/shop/actions/runs/1234567890 (octocat): waited 20 seconds for it',
    detail: expect.stringContaining('2026-11-23T12:02:00.000Z'),
    hint: expect.stringContaining('lock-wait'),
  })
  expect(lambda.writes()).toEqual([])
})

test('two that come at the same time: one of them waits', async () => {
  const { create, lambda, held } = await createWorld()
  const [one, other] = [create('a'), create('b', { lockWait: 0 })]
  const outcomes = await Promise.allSettled([one.lock.take(), other.lock.take(0)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect((await held())?.id).toBe('a')
  await one.lock.release()
  lambda.interruptAt(/^updateAlias/, () => {
    void lambda.updateAlias('shop', LOCK_ALIAS, {
      version: '$LATEST',
      description: lockDescription({ id: 'c', process: 'ff/1', name: 'c', until: NOON + 1e6 }),
    })
  })
  expect((await failureOf(create('d').lock.take(0))).title).toBe('shop is being deployed by c')
})

test('an alias that is there and cannot be seen is not waited for without end', async () => {
  const { create, lambda } = await createWorld()
  await lambda.createAlias('shop', LOCK_ALIAS, { version: '$LATEST', description: FREE })
  lambda.getAlias = () => Promise.resolve(undefined)
  expect((await failureOf(create('a', { lockWait: 20 }).lock.take())).title).toContain('Alias already exists')
})

describe('a run that ended without a word', () => {
  test('keeps others away until its time is up', async () => {
    const { create, pass, held } = await createWorld()
    await create('a').lock.take()
    pass(120 + 300)
    await create('b', { lockWait: 0 }).lock.take()
    expect((await held())?.id).toBe('b')
  })

  test('is watched for a while where its time was up just now', async () => {
    const { create, pass, held } = await createWorld()
    await create('a').lock.take()
    pass(121)
    await failureOf(create('b', { lockWait: 20 }).lock.take())
    await create('c', { lockWait: 60 }).lock.take()
    expect((await held())?.id).toBe('c')
  })

  test('goes on where only the clock of another machine is ahead', async () => {
    const { create, pass, held, meanwhile } = await createWorld()
    const slow = create('a', { ahead: -180 })
    await slow.lock.take()
    const renew = async (): Promise<void> => {
      pass(10)
      for (const task of slow.tasks) task()
      await slow.lock.confirm()
    }
    meanwhile.push(...Array.from({ length: 20 }, () => renew))
    await failureOf(create('b', { lockWait: 120 }).lock.take())
    expect((await held())?.id).toBe('a')
  })

  test('is known to have died on the same machine', async () => {
    const { create, held } = await createWorld()
    await create('a', { host: 'laptop' }).lock.take()
    await failureOf(create('b', { host: 'laptop' }).lock.take(0))
    await failureOf(create('c', { host: 'other', isAlive: false }).lock.take(0))
    await create('d', { host: 'laptop', isAlive: false }).lock.take(0)
    expect((await held())?.id).toBe('d')
  })
})

describe('while a release goes on', () => {
  test('it is renewed before a step, where it is time', async () => {
    const { create, pass, held, lambda } = await createWorld()
    const { lock } = create('a')
    await lock.take()
    lambda.calls.length = 0
    await lock.confirm()
    expect(lambda.calls).toEqual([])
    pass(40)
    await lock.confirm()
    expect((await held())?.until).toBe(NOON + 160_000)
  })

  test('it is renewed within a long step', async () => {
    const { create, pass, held } = await createWorld()
    const { lock, tasks } = create('a')
    await lock.take()
    pass(100)
    for (const task of tasks) task()
    await lock.confirm()
    expect((await held())?.until).toBe(NOON + 220_000)
  })

  test('before it is taken, nothing is to be confirmed or released', async () => {
    const { create, lambda } = await createWorld()
    const { lock } = create('a')
    await lock.confirm()
    await lock.release()
    expect(lambda.calls).toEqual([])
  })

  test('a lost one stops the release, and is left to whoever has it', async () => {
    const { create, pass, held } = await createWorld()
    const { lock } = create('a')
    await lock.take()
    pass(121)
    await create('b').lock.take()
    expect((await failureOf(lock.confirm())).title).toBe(
      'Somebody else deploys shop now: the lock of this run was lost',
    )
    expect(lock.isLost()).toBe(true)
    await lock.release()
    expect((await held())?.id).toBe('b')
  })

  test('one that could not be renewed is held until its time is up', async () => {
    const { create, pass, lambda } = await createWorld()
    const { lock } = create('a')
    await lock.take()
    pass(60)
    lambda.failAt(/^updateAlias/, aborted)
    await lock.confirm()
    pass(61)
    lambda.failAt(/^updateAlias/, aborted)
    expect((await failureOf(lock.confirm())).title).toContain('lost')
  })
})

describe('an answer that got lost', () => {
  test.each([/^createAlias/, /^updateAlias/])('the lock is ours all the same: %s', async (call) => {
    const { create, lambda, held } = await createWorld()
    if (call.test('updateAlias')) {
      const before = create('z')
      await before.lock.take()
      await before.lock.release()
    }
    lambda.failAt(call, aborted, 'after')
    const { lock } = create('a')
    await lock.take()
    expect((await held())?.id).toBe('a')
    await lock.confirm()
    await lock.release()
    expect(await held()).toBeUndefined()
  })

  test('of a renewal', async () => {
    const { create, lambda, pass, held } = await createWorld()
    const { lock } = create('a')
    await lock.take()
    pass(40)
    lambda.failAt(/^updateAlias/, aborted, 'after')
    await lock.confirm()
    await lock.release()
    expect(await held()).toBeUndefined()
  })

  test('what cannot be released is no failure', async () => {
    const { create, lambda } = await createWorld()
    const { lock, report } = create('a')
    await lock.take()
    lambda.failAt(/^updateAlias/, aborted)
    await lock.release()
    expect(report.of('debug')[0]).toContain('runs out by itself')
  })
})

test('what the credentials may not do is said', async () => {
  const { create, lambda } = await createWorld()
  lambda.failAt(/^createAlias/, new Error('denied'))
  await expect(create('a').lock.take()).rejects.toThrow('denied')
})

test('a cancelled run does not go on waiting', async () => {
  const { create, controller, meanwhile } = await createWorld()
  await create('a').lock.take()
  meanwhile.push(() => {
    controller.abort()
    return Promise.resolve()
  })
  await expect(create('b').lock.take()).rejects.toThrow()
})
