import { setTimeout as sleep } from 'node:timers/promises'
import { TagResourceCommand } from '@aws-sdk/client-lambda'
import { previewName } from '../../src/preview/identity.ts'
import { numbersFrom } from '../environment/random.ts'
import { complaintOfMain, foreignProblems, isTaken, problemsOfPreview, thingsOf } from './checks.ts'
import { chooseHappening, type Happening } from './choice.ts'
import { plantForeign } from './foreign.ts'
import type { Ground } from './ground.ts'
import { added, type Inventory, takeInventory } from './inventory.ts'
import type { Measure } from './overhead.ts'
import {
  type Commit,
  createRepository,
  FUNCTION,
  type PullRequest,
  pullEvent,
  pushEvent,
  type Repository,
  scheduleEvent,
} from './repository.ts'
import { createRuns, type Runs } from './runs.ts'
import { startVisitor, type Visitor } from './visitor.ts'
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
  const story = new Story(ground, options)
  return await story.play()
}

class Story {
  private readonly ground: Ground
  private readonly options: StoryOptions
  private readonly random: () => number
  private readonly repository: Repository
  private readonly runs: Runs
  private readonly expired = new Set<number>()
  /** Closed, but the run for that has not ended well. */
  private readonly unfinished = new Set<PullRequest>()
  private readonly problems: string[] = []
  private readonly foreign = new Set<string>()
  private before: Inventory = new Map()
  private steps = 0

  constructor(ground: Ground, options: StoryOptions) {
    this.ground = ground
    this.options = options
    this.random = numbersFrom(options.seed)
    this.repository = createRepository(options.pulls)
    this.runs = createRuns(ground, { random: this.random, mishaps: options.mishaps })
  }

  async play(): Promise<Told> {
    const visitor = await this.begin()
    for (let left = this.options.steps; left > 0; left -= 1)
      await this.step(chooseHappening(this.repository, left, this.random), visitor)
    await this.end()
    await visitor.stop()
    this.complain(visitor)
    const leaks = [...(await this.leaks()), ...(await this.announcedLeaks())]
    const { steps, runs, problems } = this
    const [visits, foreign] = [visitor.answers(), [...this.foreign]]
    return { steps, ...runs.count(), leaks, foreign, problems, visits, measures: runs.measures }
  }

  /** What others have, and main. */
  private async begin(): Promise<Visitor> {
    const { ground } = this
    await plantForeign(ground.services)
    const ended = await this.runs.alone(pushEvent(this.repository.commit()), undefined)
    if (ended.exitCode !== 0) throw new Error(`Main could not be deployed:\n${ended.log}`)
    this.before = await takeInventory(ground.services)
    const id = new URL(ended.outputs['url'] ?? '').hostname.split('.')[0] ?? ''
    return startVisitor(ground.world.emulator.urlOrigin.replace('{id}', id), complaintOfMain)
  }

  private async step(happening: Happening, visitor: Visitor): Promise<void> {
    this.steps += 1
    const { problems } = this
    const known = problems.length
    const name = 'pull' in happening ? `${happening.kind} #${happening.pull.number}` : happening.kind
    const started = performance.now()
    const ended = await this.carryOut(happening)
    const now = await takeInventory(this.ground.services)
    for (const problem of foreignProblems(this.before, now)) {
      if (this.foreign.has(problem)) continue
      this.foreign.add(problem)
      problems.push(`foreign: ${problem}`)
    }
    this.complain(visitor)
    problems.push(
      ...ended.filter(({ isHung }) => isHung).map(({ mishap }) => `a run did not end: ${mishap ?? 'for no reason'}`),
    )
    const runs = ended.map(({ exitCode, outputs, mishap }) => {
      const outcome = outputs['skipped'] === 'true' ? 'skipped' : exitCode < 0 ? 'killed' : `exit ${exitCode}`
      return mishap === undefined ? outcome : `${mishap} → ${outcome}`
    })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    this.options.say(`${String(this.steps).padStart(3)}  ${name.padEnd(20)} ${runs.join('; ')} (${seconds} s)`)
    for (const problem of problems.slice(known)) this.options.say(`     ✖ ${problem}`)
    if (problems.length === known) return
    for (const { log } of ended) this.options.say(log.replaceAll(/^/gm, '       | '))
  }

  private complain(visitor: Visitor): void {
    for (const complaint of visitor.takeComplaints()) this.problems.push(`main: ${complaint}`)
  }

  private async carryOut(happening: Happening): Promise<readonly Ended[]> {
    switch (happening.kind) {
      case 'open':
        return [await this.preview(happening.pull, 'opened', this.push(happening.pull))]
      case 'push':
        return [await this.preview(happening.pull, 'synchronize', this.push(happening.pull))]
      case 'reopen':
        return [await this.preview(happening.pull, 'reopened', this.push(happening.pull))]
      case 'label':
        return [await this.preview(happening.pull, 'labeled', newest(happening.pull))]
      case 'again':
        return [await this.preview(happening.pull, 'synchronize', newest(happening.pull))]
      case 'late':
        return [await this.late(happening.pull)]
      case 'fork':
        return [await this.fork(happening.pull)]
      case 'close':
        return [await this.close(happening.pull)]
      case 'push-twice':
        return await this.pushTwice(happening.pull)
      case 'push-and-close':
        return await this.pushAndClose(happening.pull)
      case 'close-twice':
        return await this.closeTwice(happening.pull)
      case 'expire':
        await this.expire(happening.pull)
        return []
      case 'push-main':
        return [await this.pushMain()]
      case 'sweep':
        return [await this.sweep()]
    }
  }

  // ---- what happens

  private push(pull: PullRequest): Commit {
    const commit = this.repository.commit()
    pull.commits.push(commit)
    pull.isOpen = true
    this.unfinished.delete(pull)
    this.tellGitHub(pull)
    return commit
  }

  private tellGitHub(pull: PullRequest): void {
    const { isOpen, number } = pull
    this.ground.github.pulls.set(number, { isOpen, headSha: newest(pull).sha, labels: [] })
  }

  private async preview(
    pull: PullRequest,
    action: 'opened' | 'synchronize' | 'reopened' | 'labeled',
    commit: Commit,
  ): Promise<Ended> {
    const kind = action === 'opened' || action === 'reopened' ? 'first preview' : 'preview'
    const ended = await this.runs.alone(pullEvent(pull, action, commit), kind)
    await this.checkPreview(pull, commit, ended)
    return ended
  }

  private async checkPreview(pull: PullRequest, commit: Commit, ended: Ended): Promise<void> {
    const { exitCode, mishap, outputs } = ended
    if (exitCode === 0) this.expired.delete(pull.number)
    if (isTaken(pull)) {
      if (exitCode === 0) this.problems.push(`#${pull.number} got a preview although its name is taken`)
    } else if (exitCode === 0 && outputs['skipped'] !== 'true') {
      this.problems.push(...(await problemsOfPreview(this.ground, pull, commit)))
    } else if (mishap === undefined) this.problems.push(`#${pull.number} got no preview: exit code ${exitCode}`)
  }

  private async late(pull: PullRequest): Promise<Ended> {
    const older = pull.commits.at(-2) ?? newest(pull)
    const ended = await this.runs.alone(pullEvent(pull, 'synchronize', older), undefined)
    if (ended.exitCode === 0 && ended.outputs['skipped'] !== 'true')
      this.problems.push(`#${pull.number} got a preview of a commit that is not its newest`)
    return ended
  }

  private async fork(pull: PullRequest): Promise<Ended> {
    const event = pullEvent(pull, 'synchronize', newest(pull), 'somebody/fork')
    const ended = await this.runs.alone({ ...event, hasCredentials: false }, undefined)
    if (ended.exitCode !== 0 || ended.outputs['skipped'] !== 'true')
      this.problems.push(`the run of a fork for #${pull.number} was not skipped: exit code ${ended.exitCode}`)
    return ended
  }

  private async close(pull: PullRequest): Promise<Ended> {
    pull.isOpen = false
    this.tellGitHub(pull)
    const ended = await this.runs.alone(pullEvent(pull, 'closed', newest(pull)), 'destroy')
    await this.checkClosed(pull, ended)
    return ended
  }

  private async checkClosed(pull: PullRequest, { exitCode, mishap }: Ended): Promise<void> {
    if (exitCode === 0) {
      this.expired.delete(pull.number)
      this.unfinished.delete(pull)
    } else this.unfinished.add(pull)
    if (exitCode === 0) await this.checkGone([pull])
    else if (mishap === undefined && !isTaken(pull))
      this.problems.push(`#${pull.number} could not be removed: exit code ${exitCode}`)
  }

  private async checkGone(pulls: readonly PullRequest[]): Promise<void> {
    const now = await takeInventory(this.ground.services)
    const left = pulls.flatMap((pull) => thingsOf(pull, now)).filter((thing) => !this.before.has(thing))
    this.problems.push(...left.map((thing) => `${thing} is still there`))
  }

  /** The older of two commits has its run at the same time. */
  private async pushTwice(pull: PullRequest): Promise<readonly Ended[]> {
    const [older, newer] = [this.push(pull), this.push(pull)]
    const ended = await this.runs.together([
      { event: pullEvent(pull, 'synchronize', older), kind: undefined },
      { event: pullEvent(pull, 'synchronize', newer), kind: 'preview' },
    ])
    const last = ended[1]
    if (last) await this.checkPreview(pull, newer, last)
    return ended
  }

  private async pushAndClose(pull: PullRequest): Promise<readonly Ended[]> {
    const commit = this.push(pull)
    const pause = this.random() * 2000
    const ended = await this.runs.together([
      { event: pullEvent(pull, 'synchronize', commit), kind: undefined },
      {
        event: pullEvent(pull, 'closed', commit),
        kind: 'destroy',
        after: async () => {
          await sleep(pause)
          pull.isOpen = false
          this.tellGitHub(pull)
        },
      },
    ])
    const [deployed, closed] = ended
    // What comes after the removal has to see that itself.
    if (closed && deployed?.exitCode === 0) await this.checkClosed(pull, closed)
    else this.unfinished.add(pull)
    return ended
  }

  private async closeTwice(pull: PullRequest): Promise<readonly Ended[]> {
    pull.isOpen = false
    this.tellGitHub(pull)
    const event = pullEvent(pull, 'closed', newest(pull))
    const ended = await this.runs.together([
      { event, kind: undefined },
      { event, kind: undefined },
    ])
    for (const each of ended) await this.checkClosed(pull, each)
    return ended
  }

  private async expire({ number }: PullRequest): Promise<void> {
    const name = previewName(FUNCTION, number)
    const now = await takeInventory(this.ground.services)
    if (!now.has(`function ${name}`) || this.before.has(`function ${name}`)) return
    const { region } = this.ground.world.emulator
    const Resource = `arn:aws:lambda:${region}:000000000000:function:${name}`
    const Tags = { 'wsgi-lambda:expires': '2020-01-01T00:00:00.000Z' }
    await this.ground.services.lambda.send(new TagResourceCommand({ Resource, Tags }))
    this.expired.add(number)
  }

  private async pushMain(): Promise<Ended> {
    const ended = await this.runs.alone(pushEvent(this.repository.commit()), 'deploy')
    if (ended.exitCode !== 0 && ended.mishap === undefined)
      this.problems.push(`main could not be deployed: exit code ${ended.exitCode}`)
    return ended
  }

  private async sweep(): Promise<Ended> {
    const ended = await this.runs.alone(scheduleEvent(this.repository.commit()), 'sweep')
    // Where GitHub does not answer, only what has expired is due.
    if (ended.exitCode === 0 && !(ended.mishap?.includes('GitHub') ?? false)) {
      const due = this.repository.pulls.filter(
        ({ isOpen, number, commits }) => this.expired.has(number) || (!isOpen && commits.length > 0),
      )
      await this.checkGone(due)
      this.expired.clear()
    } else if (ended.mishap === undefined) this.problems.push(`sweep ended with exit code ${ended.exitCode}`)
    return ended
  }

  // ---- the end

  /** All pull requests are closed. Of every other one GitHub loses the event: sweep has to find out by itself. */
  private async end(): Promise<void> {
    this.runs.calmDown()
    for (const pull of this.repository.pulls.filter(({ isOpen }) => isOpen)) {
      if (pull.number % 2 === 0) {
        pull.isOpen = false
        this.tellGitHub(pull)
        this.unfinished.add(pull)
      } else await this.step({ kind: 'close', pull }, QUIET)
    }
    await this.step({ kind: 'sweep' }, QUIET)
  }

  private async leaks(): Promise<string[]> {
    return added(this.before, await takeInventory(this.ground.services))
  }

  /** Comments and deployments that still say that there is a preview. */
  private async announcedLeaks(): Promise<string[]> {
    for (const pull of this.unfinished) await this.close(pull)
    const { github } = this.ground
    const comments = this.repository.pulls.flatMap(({ number }) =>
      github
        .commentsOf(number)
        .filter((body) => !isOver(body))
        .map((body) => `comment of #${number}: ${/^### .*$/m.exec(body)?.[0] ?? body.slice(0, 80)}`),
    )
    const deployments = github.deployments
      .filter(({ statuses }) => ['success', 'in_progress', undefined].includes(statuses[0]?.state))
      .map(({ id, payload, statuses }) => `deployment ${id} of ${JSON.stringify(payload)}: ${statuses[0]?.state ?? ''}`)
    return [...comments, ...deployments]
  }
}

/** Whether a comment says that there is nothing: it was removed, or never came to be. */
function isOver(body: string): boolean {
  return /: removed$/m.test(body) || (/: failed$/m.test(body) && !body.includes('Still answers'))
}

const QUIET: Visitor = { answers: () => 0, takeComplaints: () => [], stop: () => Promise.resolve() }

function newest({ commits, number }: PullRequest): Commit {
  const commit = commits.at(-1)
  if (commit === undefined) throw new Error(`Pull request ${number} was never opened.`)
  return commit
}
