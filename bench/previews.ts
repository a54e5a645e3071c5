/**
 * What a preview costs beside AWS, the database and the application: from the event of a pull request to the announced address,
 * with everything that does not change in the store, and from its end to the end of the preview.
 *
 *     npm run bench:previews
 *     npm run bench:previews -- --rounds 9 --record
 *
 * The action runs as on a runner, against the local AWS, PostgreSQL and GitHub of the tests. The time in which AWS, a function or
 * the database was asked is taken off; what is left is ours, with the start of Node. It ends with 1 where a bar is not met.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { REPOSITORY as ROOT } from '../__tests__/support/world.ts'
import { SHOP } from '../scripts/lifecycle/apps.ts'
import { type Ground, type Place, startGround } from '../scripts/lifecycle/ground.ts'
import { LABEL, needsLabel } from '../scripts/lifecycle/labels.ts'
import { clear } from '../scripts/lifecycle/mishaps.ts'
import { ownMilliseconds } from '../scripts/lifecycle/overhead.ts'
import {
  type Commit,
  createRepository,
  type PullAction,
  type PullRequest,
  pullEvent,
} from '../scripts/lifecycle/repository.ts'
import { runWorkflow } from '../scripts/lifecycle/workflow.ts'
import { outcomeOf, type Timed } from './previews/bars.ts'

const { values: options } = parseArgs({
  options: {
    action: { type: 'string' }, // the folder of action.yml
    rounds: { type: 'string', default: '7' },
    record: { type: 'boolean', default: false }, // write the result to bench/results/
  },
})

const ROWS = [
  { name: 'preview, the first', action: 'opened', isNewCode: true, bar: 2000 },
  { name: 'preview, a new commit', action: 'synchronize', isNewCode: true, bar: 2000 },
  { name: 'preview, nothing new', action: 'reopened', isNewCode: false, bar: 2000 },
  { name: 'closing', action: 'closed', isNewCode: false, bar: 1000 },
] as const satisfies readonly { action: PullAction; [key: string]: unknown }[]

await main()

async function main(): Promise<void> {
  await using ground = await startGround(options.action, [{ ...SHOP, hasStatics: false }])
  const [place] = ground.places
  if (place === undefined) throw new Error('There is no function.')
  const repository = createRepository(Number(options.rounds))
  const timed = new Map<string, Timed[]>(ROWS.map(({ name }) => [name, []]))
  let commit = repository.commit()
  for (const pull of repository.pulls) {
    for (const { name, action, isNewCode } of ROWS) {
      if (isNewCode) commit = await commitTo(place, repository.commit())
      timed.get(name)?.push(await measure(ground, place, pull, action, commit))
    }
  }
  const outcome = outcomeOf(ROWS, timed)
  const lines = reportOf(outcome.rows)
  console.log(lines.join('\n'))
  if (options.record) await record(lines)
  process.exitCode = outcome.exitCode
}

/** The application's code changes with each commit. */
async function commitTo({ projects }: Place, commit: Commit): Promise<Commit> {
  await writeFile(join(projects[commit.code], 'commit.py'), `SHA = "${commit.sha}"\n`)
  return commit
}

async function measure(
  ground: Ground,
  place: Place,
  pull: PullRequest,
  action: PullAction,
  commit: Commit,
): Promise<Timed> {
  if (needsLabel(pull)) pull.labels.add(LABEL)
  ground.github.pulls.set(pull.number, { isOpen: action !== 'closed', headSha: commit.sha, labels: [...pull.labels] })
  clear(ground)
  const { exitCode, log, milliseconds } = await runWorkflow(ground, pullEvent(pull, action, commit), {
    ...{ place, isBuilt: true },
  })
  // A run that found no reason to do anything would be fast too.
  if (exitCode !== 0 || /Skipped:|Nothing to do:/.test(log))
    throw new Error(`${action} ended with ${exitCode}:\n${log}`)
  return { own: ownMilliseconds(milliseconds, ground), whole: milliseconds }
}

function reportOf(rows: readonly string[]): string[] {
  return [
    `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), the least of ${options.rounds} runs, the median in brackets.`,
    '',
    '| of a pull request     | own time          | with AWS, database and application | bar     |',
    '| --------------------- | ----------------- | ---------------------------------- | ------- |',
    ...rows,
    '',
    'Own time is that of the process of the action, without the time in which AWS, a function or the database was asked; its own build',
    'and check of the application are in it. A preview has a database of its own with a migration, a comment and a deployment of GitHub.',
    'Bars: 2000 ms from the event to the announced address, 1000 ms for closing.',
  ]
}

async function record(lines: readonly string[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const head = ['# Previews', '', `Written by \`npm run bench:previews -- --record\` on ${date}.`, '']
  await mkdir(join(ROOT, 'bench/results'), { recursive: true })
  await writeFile(join(ROOT, 'bench/results/previews.md'), `${[...head, ...lines].join('\n')}\n`)
}
