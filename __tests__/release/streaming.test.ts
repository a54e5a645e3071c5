import { describe, expect, test } from '@jest/globals'
import type { InvokeMode } from '../../src/aws/function-url.ts'
import type { Invocation } from '../../src/aws/lambda.ts'
import { UserError } from '../../src/errors.ts'
import type { DesiredRelease } from '../../src/release/state.ts'
import { RELEASED, RELEASED_AFTER_1, UNFINISHED_AFTER_1 } from './releases.ts'
import { createReleasedWorld, effects, failureOf, v1, v2 } from './world.ts'

/** Code and mode of the URL belong together, whatever happens between the calls that change them. */

const streams: DesiredRelease = { ...v2, invokeMode: 'RESPONSE_STREAM' }
const problem = new UserError({ title: 'AWS could not be reached' })
/** Of a command, it is not known then how it ended. */
const SAID = /AWS could not be reached|It is not known how the command ended/
const failing: Partial<Invocation> = { payload: JSON.stringify([3, 'no such table\n']) }

type ReleasedWorld = Awaited<ReturnType<typeof createReleasedWorld>>

async function modeOf({ lambda }: ReleasedWorld): Promise<InvokeMode | undefined> {
  return (await lambda.urls.get('shop', 'live'))?.invokeMode
}

/** Two releases that differ in whether they stream, both ways. */
const turns: readonly [string, DesiredRelease, DesiredRelease, InvokeMode, InvokeMode][] = [
  ['on', v1, streams, 'BUFFERED', 'RESPONSE_STREAM'],
  ['off', { ...v1, invokeMode: 'RESPONSE_STREAM' }, v2, 'RESPONSE_STREAM', 'BUFFERED'],
]

describe.each(turns)('streaming is turned %s', (_, before, after, from, to) => {
  test('the mode changes after the proof, and the alias moves with the next call', async () => {
    const world = await createReleasedWorld(before)
    const { release, lambda } = world
    await release(after)
    expect(effects(lambda).slice(-6)).toEqual([
      'invoke 2 manage "migrate --noinput"',
      'invoke 2 GET /',
      `updateUrl ${to}`,
      `updateAlias live → 2 (${UNFINISHED_AFTER_1})`,
      'invoke 2 manage "clearsessions"',
      `updateAlias live → 2 (${RELEASED_AFTER_1})`,
    ])
    const changed = lambda.calls.indexOf(`updateUrl ${to}`)
    expect(lambda.calls[changed + 1]).toMatch(/^updateAlias/)
    expect(await modeOf(world)).toBe(to)
    lambda.calls.length = 0
    expect(await release(after)).toMatchObject({ changed: false })
    expect(effects(lambda)).toEqual([])
  })

  test.each(['before', 'after'] as const)(
    'a failure of any call, %s its effect: the mode is that of the version which the alias serves',
    async (when) => {
      const counting = await createReleasedWorld(before)
      await counting.release(after)
      const calls = [...counting.lambda.calls.entries()].slice(5)
      expect(calls.some(([, line]) => line.startsWith('updateUrl'))).toBe(true)
      for (const [number, line] of calls) {
        const world = await createReleasedWorld(before)
        const { lambda, release, aliasNow } = world
        lambda.failAt(number, problem, when)
        // Where only the answer to a move got lost, a release goes on.
        await release(after).catch((error: unknown) => {
          expect(error).toMatchObject({ title: expect.stringMatching(SAID) })
        })
        const served = (await aliasNow())?.version
        expect([line, served, await modeOf(world)]).toEqual([line, served, served === '2' ? to : from])

        await release(after)
        expect([line, (await aliasNow())?.version, await modeOf(world)]).toEqual([line, '2', to])
      }
    },
  )

  test('a command after traffic fails: alias and mode go back, the alias first', async () => {
    const world = await createReleasedWorld(before)
    const { lambda, release } = world
    lambda.application = (event) =>
      JSON.stringify(event).includes('clearsessions')
        ? failing
        : { payload: '_serverless-wsgi' in event ? '[0, ""]' : '{"statusCode": 200}' }
    const error = await failureOf(release(after))
    expect(error.hint).toContain(
      `The alias live is back on version 1. The invoke mode of the Function URL is ${from} again.`,
    )
    expect(lambda.writes().slice(-4)).toEqual([
      `updateUrl ${to}`,
      `updateAlias live → 2 (${UNFINISHED_AFTER_1})`,
      `updateAlias live → 1 (${RELEASED})`,
      `updateUrl ${from}`,
    ])
    expect(await modeOf(world)).toBe(from)
  })

  test('cancelled between the two calls: the mode goes back', async () => {
    const world = await createReleasedWorld(before)
    const { lambda, release, controller, aliasNow } = world
    lambda.interruptAt(/^updateUrl/, () => {
      controller.abort()
    })
    await expect(release(after)).rejects.toMatchObject({ name: 'AbortError' })
    expect([(await aliasNow())?.version, await modeOf(world)]).toEqual(['1', from])
  })

  test('the mode is refused: nothing was wrong for anybody', async () => {
    const { lambda, release } = await createReleasedWorld(before)
    lambda.failAt(/^updateUrl/, new UserError({ title: 'The credentials may not do lambda:UpdateFunctionUrlConfig' }))
    const error = await failureOf(release(after))
    expect(error.hint).toContain('The alias live has not moved: it serves version 1.')
    expect(effects(lambda).filter((line) => line.startsWith('updateAlias'))).toEqual([])
  })

  test('it cannot be changed back: that is said', async () => {
    const world = await createReleasedWorld(before)
    const { lambda, release } = world
    lambda.failAt(/clearsessions/, problem)
    lambda.failAt(new RegExp(`^updateUrl ${from}`), new UserError({ title: 'The credentials have expired' }))
    const error = await failureOf(release(after))
    expect(error.hint).toContain('The alias live is back on version 1.')
    expect(error.hint).toContain(
      `The invoke mode of the Function URL could not be changed back to ${from} (The credentials have expired)`,
    )
  })

  test('the alias cannot be moved back: the mode stays with the version that it serves', async () => {
    const world = await createReleasedWorld(before)
    const { lambda, release, aliasNow } = world
    lambda.failAt(/clearsessions/, problem)
    lambda.failAt(/updateAlias live → 1/, new UserError({ title: 'The credentials have expired' }))
    // Nor can it be read any more, as in a run that was cancelled.
    lambda.interruptAt(/clearsessions/, () => {
      lambda.failAt(/^getAlias/, problem)
    })
    await failureOf(release(after))
    expect(lambda.writes().slice(-2)).toEqual([
      `updateAlias live → 2 (${UNFINISHED_AFTER_1})`,
      'updateAlias live → 1 (wsgi-lambda)',
    ])
    await expect(aliasNow()).rejects.toBe(problem)
    expect([(await aliasNow())?.version, await modeOf(world)]).toEqual(['2', to])
  })

  test('a defect, and the mode cannot be changed back: said on its own', async () => {
    const { lambda, release, report } = await createReleasedWorld(before)
    const bug = new TypeError('x is not a function')
    lambda.failAt(/clearsessions/, bug)
    lambda.failAt(new RegExp(`^updateUrl ${from}`), problem)
    await expect(release(after)).rejects.toBe(bug)
    expect(report.of('warning')).toEqual(['The release was left half done'])
  })
})

test('a mode that somebody changed by hand is put right before any command runs, and stays so when a command fails', async () => {
  const world = await createReleasedWorld()
  const { lambda, release } = world
  await lambda.urls.update('shop', 'live', { invokeMode: 'RESPONSE_STREAM' })
  lambda.calls.length = 0
  lambda.application = () => failing
  await failureOf(release(v1))
  expect(effects(lambda)).toEqual([
    'updateAlias live → 1 (wsgi-lambda: commands after traffic are still to run)',
    'updateUrl BUFFERED',
    'invoke 1 manage "migrate --noinput"',
  ])
  expect(await modeOf(world)).toBe('BUFFERED')
})

test('a URL that is left alone is not changed', async () => {
  const world = await createReleasedWorld({ ...v1, invokeMode: 'RESPONSE_STREAM' })
  world.lambda.calls.length = 0
  await world.release({ ...streams, access: 'none', invokeMode: undefined })
  expect(effects(world.lambda).filter((line) => line.includes('Url'))).toEqual([])
  expect(await modeOf(world)).toBe('RESPONSE_STREAM')
})
