import { setTimeout as sleep } from 'node:timers/promises'
import { TagResourceCommand } from '@aws-sdk/client-lambda'
import { previewName } from '../../src/preview/identity.ts'
import type { Happening } from './choice.ts'
import { label, labelOtherwise, unlabel } from './labels.ts'
import { newest, type PullRequest, pullEvent } from './repository.ts'
import type { Scene } from './scene.ts'
import type { Ended } from './workflow.ts'

type Ends = readonly Ended[]

/** The longest that a pull request is closed after a push, in milliseconds. */
const PAUSE_MILLISECONDS = 2000

/** @returns how the runs ended that it has started */
export async function carryOut(happening: Happening, scene: Scene): Promise<Ends> {
  switch (happening.kind) {
    case 'open':
      scene.push(happening.pull)
      return await scene.preview(happening.pull, 'opened')
    case 'push':
      scene.push(happening.pull)
      return await scene.preview(happening.pull, 'synchronize')
    case 'reopen':
      scene.push(happening.pull)
      return await scene.preview(happening.pull, 'reopened')
    case 'label':
      return await label(happening.pull, scene)
    case 'unlabel':
      return await unlabel(happening.pull, scene)
    case 'other-label':
      return await labelOtherwise(happening.pull, scene)
    case 'again':
      return await scene.preview(happening.pull, 'synchronize')
    case 'late':
      return await late(happening.pull, scene)
    case 'fork':
      return await fork(happening.pull, scene)
    case 'close':
      return await scene.close(happening.pull)
    case 'push-twice':
      return await pushTwice(happening.pull, scene)
    case 'push-and-close':
      return await pushAndClose(happening.pull, scene)
    case 'close-twice':
      return await closeTwice(happening.pull, scene)
    case 'expire':
      await expire(happening.pull, scene)
      return []
    case 'push-main':
      return await scene.pushMain()
    case 'sweep':
      return await scene.sweep()
  }
}

async function late(pull: PullRequest, scene: Scene): Promise<Ends> {
  const event = pullEvent(pull, 'synchronize', pull.commits.at(-2) ?? newest(pull))
  return await scene.each(scene.placesOf(pull), async (place) => {
    const ended = await scene.alone({ event, place, kind: undefined })
    if (ended.exitCode === 0 && ended.outputs['skipped'] !== 'true')
      scene.problems.push(`#${pull.number} got a preview of a commit that is not its newest`)
    return ended
  })
}

async function fork(pull: PullRequest, scene: Scene): Promise<Ends> {
  const event = { ...pullEvent(pull, 'synchronize', newest(pull), { head: 'somebody/fork' }), hasCredentials: false }
  return await scene.each(scene.placesOf(pull), async (place) => {
    const ended = await scene.alone({ event, place, kind: undefined })
    if (ended.exitCode !== 0 || ended.outputs['skipped'] !== 'true')
      scene.problems.push(`the run of a fork for #${pull.number} was not skipped: exit code ${ended.exitCode}`)
    return ended
  })
}

/** The older of two commits has its run at the same time. */
async function pushTwice(pull: PullRequest, scene: Scene): Promise<Ends> {
  const [older, newer] = [scene.push(pull), scene.push(pull)]
  const ends: Ended[] = []
  for (const place of scene.placesOf(pull)) {
    const ended = await scene.together([
      { event: pullEvent(pull, 'synchronize', older), place, kind: undefined },
      { event: pullEvent(pull, 'synchronize', newer), place, kind: 'preview' },
    ])
    const last = ended[1]
    if (last) await scene.checkPreview(pull, place, newer, last)
    ends.push(...ended)
  }
  return ends
}

/** All functions are deployed and removed at once. */
async function pushAndClose(pull: PullRequest, scene: Scene): Promise<Ends> {
  const commit = scene.push(pull)
  const pause = scene.random() * PAUSE_MILLISECONDS
  const after = async (): Promise<void> => {
    await sleep(pause)
    scene.shut(pull)
  }
  const deploying = scene.placesOf(pull).map((place) => {
    return { event: pullEvent(pull, 'synchronize', commit), place, kind: undefined } as const
  })
  const closing = scene.closingRuns(pull, 'destroy')
  const ended = await scene.together([...deploying, ...closing.map((run) => ({ ...run, after }))])
  const [deployed, closed] = [ended.slice(0, deploying.length), ended.slice(deploying.length)]
  // What comes after the removal has to see that itself.
  if (deployed.every(({ exitCode }) => exitCode === 0)) scene.checkClosed(pull, closing, closed)
  else scene.unfinished.add(pull)
  return ended
}

async function closeTwice(pull: PullRequest, scene: Scene): Promise<Ends> {
  scene.shut(pull)
  const runs = scene.closingRuns(pull, undefined)
  const twice = [...runs, ...runs]
  const ended = await scene.together(twice)
  scene.checkClosed(pull, twice, ended)
  return ended
}

async function expire(pull: PullRequest, scene: Scene): Promise<void> {
  const { services, world } = scene.ground
  const Tags = { 'wsgi-lambda:expires': '2020-01-01T00:00:00.000Z' }
  for (const { app } of scene.placesOf(pull)) {
    const name = previewName(app.name, pull.number)
    if (!scene.watch.now().has(`function ${name}`) || scene.watch.before.has(`function ${name}`)) continue
    const Resource = `arn:aws:lambda:${world.emulator.region}:000000000000:function:${name}`
    await services.lambda.send(new TagResourceCommand({ Resource, Tags }))
    scene.expired.add(pull)
  }
  await scene.lookBeside(pull)
}
