import { setTimeout as sleep } from 'node:timers/promises'
import { previewName } from '../../src/preview/identity.ts'
import { SHARED } from './apps.ts'
import { missingStatics, problemsOfPreview, problemsOfRun, problemsOfSkipped } from './checks.ts'
import { isTaken } from './foreign.ts'
import type { Ground, Place } from './ground.ts'
import { isForNothing, isWanted, LABEL } from './labels.ts'
import { anyOf, type IsMine, ofMain, ofPreview } from './owners.ts'
import {
  type Commit,
  newest,
  type PullAction,
  type PullRequest,
  pullEvent,
  pushEvent,
  type Repository,
  scheduleEvent,
} from './repository.ts'
import type { Run, RunKind, Runs } from './runs.ts'
import type { Watch } from './watch.ts'
import type { Ended } from './workflow.ts'

/** Who plays, and what is known of them: runs of the workflow, each with a look at what it has done. */
export interface SceneOptions {
  readonly ground: Ground
  readonly repository: Repository
  readonly runs: Runs
  readonly watch: Watch
  readonly random: () => number
}

type Ends = readonly Ended[]

/** Time for what a killed process has sent. */
const SETTLING_MILLISECONDS = 200

export class Scene {
  readonly expired = new Set<PullRequest>()
  /** Closed, but the run for that has not ended well. */
  readonly unfinished = new Set<PullRequest>()
  /** Without the label, but what was there may not be gone. */
  readonly lingering = new Set<PullRequest>()
  readonly problems: string[] = []
  readonly foreign: string[] = []
  readonly ground: Ground
  readonly random: () => number
  readonly watch: Watch
  /** By the names of previews, the commits that they were said to be ready with. */
  private readonly ready = new Map<string, string>()
  private readonly repository: Repository
  private readonly runs: Runs

  constructor({ ground, repository, runs, watch, random }: SceneOptions) {
    this.ground = ground
    this.repository = repository
    this.runs = runs
    this.watch = watch
    this.random = random
  }

  // ---- people

  push(pull: PullRequest): Commit {
    const commit = this.repository.commit()
    pull.commits.push(commit)
    pull.isOpen = true
    if (this.unfinished.delete(pull)) this.lingering.add(pull)
    this.tellGitHub(pull)
    return commit
  }

  /** @param has whether it has the label from now on */
  tag(pull: PullRequest, label: string, has: boolean): void {
    if (has) pull.labels.add(label)
    else pull.labels.delete(label)
    this.tellGitHub(pull)
  }

  shut(pull: PullRequest): void {
    pull.isOpen = false
    this.tellGitHub(pull)
  }

  private tellGitHub(pull: PullRequest): void {
    const { isOpen, number, labels } = pull
    this.ground.github.pulls.set(number, { isOpen, headSha: newest(pull).sha, labels: [...labels] })
  }

  // ---- runs

  /** The functions that a pull request has previews of. */
  placesOf(pull: PullRequest): readonly Place[] {
    return this.ground.places.filter(({ app }) => app.isChangedBy(pull))
  }

  async alone(run: Run): Promise<Ended> {
    const ended = await this.runs.alone(run)
    await this.look([run], [ended])
    return ended
  }

  async together(runs: readonly Run[]): Promise<Ends> {
    const ended = await this.runs.together(runs)
    await this.look(runs, ended)
    return ended
  }

  private async look(runs: readonly Run[], ended: Ends): Promise<void> {
    const isSettled = ended.every(({ exitCode }) => exitCode >= 0)
    if (!isSettled) await sleep(SETTLING_MILLISECONDS)
    await this.lookWith(anyOf(runs.flatMap((run) => this.mayTouch(run))), isSettled)
  }

  /** After something has happened to the previews of a pull request without a run. */
  async lookBeside(pull: PullRequest): Promise<void> {
    await this.lookWith(anyOf(this.placesOf(pull).map(({ app }) => ofPreview(app, pull.number))), true)
  }

  private async lookWith(isMine: IsMine, isSettled: boolean): Promise<void> {
    const touched = await this.watch.look(isMine, isSettled)
    this.foreign.push(...touched.filter((thing) => !this.foreign.includes(thing)))
  }

  private mayTouch({ event, place }: Run) {
    const { name, pull } = event
    const places = place ? [place] : this.ground.places
    if (isForNothing(event) && !(pull && this.lingering.has(pull))) return []
    if (name === 'push') return places.map(({ app }) => ofMain(app))
    const pulls = pull ? [pull] : this.due()
    return places.flatMap(({ app }) => pulls.map(({ number }) => ofPreview(app, number)))
  }

  /** What a sweep has to remove. */
  due(): readonly PullRequest[] {
    return this.repository.pulls.filter((pull) => this.expired.has(pull) || (!pull.isOpen && pull.commits.length > 0))
  }

  // ---- runs with what is expected of them

  /** For each function that the pull request changes. */
  async preview(pull: PullRequest, action: Exclude<PullAction, 'closed'>, label?: string): Promise<Ends> {
    const isFirst = action === 'opened' || action === 'reopened' || label === LABEL
    const kind: RunKind = isFirst ? 'first preview' : 'preview'
    const commit = newest(pull)
    return await this.each(this.placesOf(pull), async (place) => {
      const isReady = this.ready.get(previewName(place.app.name, pull.number)) === commit.sha
      const ended = await this.alone({ event: pullEvent(pull, action, commit, { label }), place, kind })
      const isForOther = label !== undefined && label !== LABEL
      if (isForOther && isReady && isWanted(pull)) await this.checkSame(pull, place, commit, ended)
      else await this.checkPreview(pull, place, commit, ended)
      return ended
    })
  }

  async checkPreview(pull: PullRequest, place: Place, commit: Commit, ended: Ended): Promise<void> {
    if (!isWanted(pull)) {
      this.problems.push(...problemsOfSkipped(place, pull, ended))
      if (!this.lingering.has(pull)) this.checkGone([pull], [place])
      return
    }
    const isThere = ended.exitCode === 0 && ended.outputs['skipped'] !== 'true'
    const name = previewName(place.app.name, pull.number)
    this.ready.delete(name)
    this.problems.push(...problemsOfRun(place, pull, ended))
    if (!isThere || isTaken(place.app, pull)) return
    this.ready.set(name, commit.sha)
    this.expired.delete(pull)
    this.problems.push(...missingStatics(place.app, pull, commit, this.watch.now()))
    this.problems.push(...(await problemsOfPreview(this.ground, place, pull, commit)))
  }

  /** The preview of this commit was there, and a label that came or went says nothing. */
  private async checkSame(pull: PullRequest, place: Place, commit: Commit, ended: Ended): Promise<void> {
    this.problems.push(...problemsOfSkipped(place, pull, ended))
    this.problems.push(...(await problemsOfPreview(this.ground, place, pull, commit)))
  }

  /** By name, a run for each function; else one that finds all by their tags. */
  closingRuns(pull: PullRequest, kind: RunKind | undefined): readonly Run[] {
    const commit = newest(pull)
    const places = commit.run % 2 === 0 ? this.placesOf(pull) : [undefined]
    return places.map((place) => ({ event: pullEvent(pull, 'closed', commit), place, kind }))
  }

  async close(pull: PullRequest): Promise<Ends> {
    this.shut(pull)
    const runs = this.closingRuns(pull, 'destroy')
    const ended = await this.each(runs, (run) => this.alone(run))
    this.checkClosed(pull, runs, ended)
    return ended
  }

  /** @param ended of each of the runs that were to remove it */
  checkClosed(pull: PullRequest, runs: readonly Run[], ended: Ends): void {
    if (this.checkRemoved(pull, runs, ended)) {
      for (const state of [this.expired, this.unfinished, this.lingering]) state.delete(pull)
    } else this.unfinished.add(pull)
  }

  /** @returns whether all have ended well, and told the pull request */
  checkRemoved(pull: PullRequest, runs: readonly Run[], ended: Ends): boolean {
    const areAllGone = ended.every(({ exitCode }) => exitCode === 0)
    runs.forEach(({ place }, index) => {
      const { exitCode = -1, mishap } = ended[index] ?? {}
      const places = place ? [place] : this.placesOf(pull)
      if (exitCode === 0) this.checkGone([pull], places, areAllGone)
      else if (mishap === undefined && !places.some(({ app }) => isTaken(app, pull)))
        this.problems.push(`#${pull.number} could not be removed: exit code ${exitCode}`)
    })
    return areAllGone && !ended.some(({ mishap }) => mishap?.includes('GitHub'))
  }

  /** @param areAllGone where false, another function's preview needs what they share */
  private checkGone(pulls: readonly PullRequest[], places: readonly Place[], areAllGone = true): void {
    const isGone = anyOf(places.flatMap(({ app }) => pulls.map(({ number }) => ofPreview(app, number))))
    const left = this.watch
      .left(isGone)
      .filter((thing) => !/^(?:comment|deployment) of /.test(thing) && (areAllGone || !thing.endsWith(SHARED)))
    this.problems.push(...left.map((thing) => `${thing} is still there`))
  }

  async pushMain(): Promise<Ends> {
    const commit = this.repository.commit()
    return await this.each(this.ground.places, async (place) => {
      const ended = await this.alone({ event: pushEvent(commit), place, kind: 'deploy' })
      const { exitCode, mishap } = ended
      if (exitCode === 0) this.problems.push(...missingStatics(place.app, undefined, commit, this.watch.now()))
      else if (mishap === undefined)
        this.problems.push(`${place.app.name} could not be deployed: exit code ${exitCode}\n${ended.log}`)
      return ended
    })
  }

  async sweep(): Promise<Ends> {
    for (const { number } of this.due())
      for (const { app } of this.ground.places) this.ready.delete(previewName(app.name, number))
    const ended = await this.alone({ event: scheduleEvent(this.repository.commit()), place: undefined, kind: 'sweep' })
    // Where GitHub does not answer, only what has expired is due.
    if (ended.exitCode === 0 && !(ended.mishap?.includes('GitHub') ?? false)) {
      this.checkGone(this.due(), this.ground.places)
      this.expired.clear()
    } else if (ended.mishap === undefined) this.problems.push(`sweep ended with exit code ${ended.exitCode}`)
    return [ended]
  }

  /** One after the other. */
  async each<T>(all: readonly T[], play: (one: T) => Promise<Ended>): Promise<Ends> {
    const ended: Ended[] = []
    for (const one of all) ended.push(await play(one))
    return ended
  }
}
