import { numbersFrom } from '../environment/random.ts'
import { complaintOfMain } from './checks.ts'
import { chooseHappening, type Happening } from './choice.ts'
import { plantForeign } from './foreign.ts'
import type { Ground, Place } from './ground.ts'
import { carryOut } from './happenings.ts'
import { type Inventory, lostOrChanged } from './inventory.ts'
import type { Measure } from './overhead.ts'
import { anyOf, ofMain } from './owners.ts'
import { createRepository, pushEvent, type Repository } from './repository.ts'
import { createRuns, type Runs } from './runs.ts'
import { Scene } from './scene.ts'
import { startVisitor, type Visitor } from './visitor.ts'
import { startWatch } from './watch.ts'
import type { Ended } from './workflow.ts'

export interface StoryOptions {
  readonly seed: number
  readonly steps: number
  readonly pulls: number
  /** How often something goes wrong, from 0 to 1. */
  readonly mishaps: number
  readonly say: (line: string) => void
}

/** What came of it. */
export interface Told {
  readonly steps: number
  readonly runs: number
  /** How many runs met a mishap. */
  readonly mishaps: number
  /** What is there that nobody needs any more. */
  readonly leaks: readonly string[]
  /** What of others was touched. */
  readonly foreign: readonly string[]
  /** Anything else that was not as it should be. */
  readonly problems: readonly string[]
  readonly visits: number
  readonly measures: readonly Measure[]
}

/** Plays the life of a repository and its pull requests, to its end. */
export async function playStory(ground: Ground, options: StoryOptions): Promise<Told> {
  const random = numbersFrom(options.seed)
  const repository = createRepository(options.pulls)
  const runs = createRuns(ground, { random, mishaps: options.mishaps })
  const second = ground.places[1]?.app
  await plantForeign(ground.services, ground.github, second)
  const visitors = await deployMain(ground, repository, runs)
  const watch = await startWatch(ground)
  const scene = new Scene({ ground, repository, runs, watch, random })
  let steps = 0
  const step = async (happening: Happening): Promise<void> => {
    steps += 1
    await playStep(happening, scene, visitors, (line) => {
      options.say(`${String(steps).padStart(3)}  ${line}`)
    })
  }
  for (let left = options.steps; left > 0; left -= 1) await step(chooseHappening(repository, left, random))
  runs.calmDown()
  const leftBySweep = await end(repository, scene, step)
  for (const { stop } of visitors) await stop()
  takeComplaints(visitors, scene)
  const foreign = [...new Set([...scene.foreign, ...foreignAtTheEnd(scene)])]
  const visits = visitors.reduce((sum, { answers }) => sum + answers(), 0)
  const { problems } = scene
  return {
    steps,
    ...runs.count(),
    leaks: leaksOf(scene, leftBySweep),
    foreign,
    problems,
    visits,
    measures: runs.measures,
  }
}

/** @returns who asks for it from now on */
async function deployMain({ world, places }: Ground, repository: Repository, runs: Runs): Promise<readonly Visitor[]> {
  const deployed: { readonly place: Place; readonly url: string }[] = []
  for (const place of places) {
    const { exitCode, log, outputs } = await runs.alone({
      event: pushEvent(repository.commit()),
      place,
      kind: undefined,
    })
    if (exitCode !== 0) throw new Error(`${place.app.name} could not be deployed:\n${log}`)
    deployed.push({ place, url: outputs['url'] ?? '' })
  }
  return deployed.map(({ place: { app }, url }) => {
    const id = new URL(url).hostname.split('.')[0] ?? ''
    return startVisitor(world.emulator.urlOrigin.replace('{id}', id), (body) => complaintOfMain(app, body))
  })
}

async function playStep(
  happening: Happening,
  scene: Scene,
  visitors: readonly Visitor[],
  say: (line: string) => void,
): Promise<void> {
  const { problems, foreign } = scene
  const [known, touched] = [problems.length, foreign.length]
  const name = 'pull' in happening ? `${happening.kind} #${happening.pull.number}` : happening.kind
  const started = performance.now()
  const ended = await carryOut(happening, scene)
  takeComplaints(visitors, scene)
  for (const { isHung, mishap } of ended) if (isHung) problems.push(`a run did not end: ${mishap ?? 'for no reason'}`)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const found = [...problems.slice(known), ...foreign.slice(touched).map((each) => `foreign: ${each}`)]
  const logs =
    found.length === 0
      ? []
      : ended.map(({ log }) => log.replaceAll(/^::add-mask::.*\n/gm, '').replaceAll(/^/gm, '       | '))
  say(
    [
      `${name.padEnd(20)} ${ended.map(outcomeOf).join('; ')} (${seconds} s)`,
      ...found.map((problem) => `     ✖ ${problem}`),
      ...logs,
    ].join('\n'),
  )
}

function outcomeOf({ exitCode, outputs, mishap }: Ended): string {
  const outcome = outputs['skipped'] === 'true' ? 'skipped' : exitCode < 0 ? 'killed' : `exit ${exitCode}`
  return mishap === undefined ? outcome : `${mishap} → ${outcome}`
}

function takeComplaints(visitors: readonly Visitor[], { problems }: Scene): void {
  for (const visitor of visitors) problems.push(...visitor.takeComplaints().map((complaint) => `main: ${complaint}`))
}

/**
 * All pull requests are closed. Of every other one GitHub loses the event: sweep has to find out by itself.
 * @returns what the sweep has left over
 */
async function end(
  { pulls }: Repository,
  scene: Scene,
  step: (happening: Happening) => Promise<void>,
): Promise<readonly string[]> {
  for (const pull of pulls.filter(({ isOpen }) => isOpen)) {
    if (pull.number % 2 === 0) {
      scene.shut(pull)
      scene.unfinished.add(pull)
    } else await step({ kind: 'close', pull })
  }
  await step({ kind: 'sweep' })
  const left = thingsLeft(scene)
  // Only the run of its own event says in the pull request that a preview is gone.
  for (const pull of [...scene.unfinished]) await scene.close(pull)
  return left
}

const isNotAnnounced = (thing: string): boolean => !/^(?:comment|deployment) of /.test(thing)

/** Where all previews of a MySQL server are marked: made once, and kept. */
const MARKS: ReadonlySet<string> = new Set(['MySQL database wsgi_lambda', 'MySQL table wsgi_lambda.marks'])

/** Main has new versions of its own. */
function thingsLeft({ ground, watch }: Scene): readonly string[] {
  const isMain = anyOf(ground.places.map(({ app }) => ofMain(app)))
  return watch.left((thing) => isNotAnnounced(thing) && !isMain(thing) && !MARKS.has(thing))
}

function leaksOf(scene: Scene, leftBySweep: readonly string[]): readonly string[] {
  const { watch } = scene
  const left = new Set([...leftBySweep, ...thingsLeft(scene)])
  const announced = watch.left((thing) => !isNotAnnounced(thing)).filter((thing) => isStillShown(thing, watch.now()))
  return [...left, ...announced]
}

/** Whether a comment or a deployment of ours shows a preview. */
function isStillShown(thing: string, now: Inventory): boolean {
  const state = now.get(thing) ?? ''
  if (thing.startsWith('comment of ')) return !isOver(state)
  const [, statuses] = JSON.parse(state) as [unknown, readonly { readonly state: string }[]]
  return ['success', 'in_progress', undefined].includes(statuses[0]?.state)
}

/** Whether a comment says that there is nothing: it was removed, or never came to be. */
function isOver(body: string): boolean {
  return /: removed$/m.test(body) || (/: failed$/m.test(body) && !body.includes('Still answers'))
}

/** Main is deployed in between. */
function foreignAtTheEnd({ ground, watch }: Scene): readonly string[] {
  const isMain = anyOf(ground.places.map(({ app }) => ofMain(app)))
  return lostOrChanged(new Map([...watch.before].filter(([thing]) => !isMain(thing))), watch.now())
}
