/**
 * Every call that a deployment makes × everything that can happen to it, on the local Lambda: afterwards the alias serves a
 * whole version that has proven itself, no command ran twice, and the next run finishes the job.
 *
 *     npm run test:faults                                 all combinations
 *     npm run test:faults -- --sample 60 --seed 1         so many of them, the same for the same seed
 *     npm run test:faults -- --only 'update.*UpdateAlias' those whose line matches
 *     npm run test:faults -- --only none --proofs 100     only what fails before traffic, so many times
 *     npm run test:faults -- --self-test                  takes one guard away at a time, which must be noticed; with `--only` those
 *                                                         whose name matches
 *
 *     --bundle DIR   the folder of the bundle under test (default: dist)
 *     --jobs N       how many at the same time (default: 2)
 *
 * Prints a line for each and, last, how many were survived.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CASES } from '../__tests__/faults/cases.ts'
import { kindOf, sample } from '../__tests__/faults/combinations.ts'
import { failProofs } from '../__tests__/faults/failing-proof.ts'
import { startGround } from '../__tests__/faults/ground.ts'
import { buildWithout, GUARDS } from '../__tests__/faults/guards.ts'
import { combinationsOf, lineOf, surviveAll } from '../__tests__/faults/matrix.ts'
import { REPOSITORY } from '../__tests__/support/world.ts'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string', default: join(REPOSITORY, 'dist') },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    proofs: { type: 'string', default: '20' },
    jobs: { type: 'string', default: '2' },
    'self-test': { type: 'boolean', default: false },
  },
})
const jobs = Number(values.jobs)

process.exitCode = (values['self-test'] ? await testItself() : await testAll()) ? 0 : 1

async function testAll(): Promise<boolean> {
  await using ground = await startGround(values.bundle)
  const all = (await combinationsOf(CASES, ground, jobs)).filter((each) => new RegExp(values.only).test(lineOf(each)))
  const chosen = values.sample === undefined ? all : sample(all, Number(values.sample), Number(values.seed), kindOf)
  console.log(`${chosen.length} of ${all.length} combinations`)
  const outcomes = await surviveAll(chosen, ground, jobs, console.log)
  const failed = outcomes.filter(({ problems }) => problems.length > 0)
  const proofs = await failProofs(ground, Number(values.proofs), console.log)
  if (failed.length > 0) console.log(`${failed.length} combinations were not survived`)
  console.log(`${outcomes.length - failed.length} combinations survived`)
  const isTried = values.only === 'none' ? Number(values.proofs) > 0 : outcomes.length > 0
  return failed.length === 0 && proofs.length === 0 && isTried
}

/** Each guard is taken away once: something must then go wrong. */
async function testItself(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-guards-'))
  try {
    const guards = GUARDS.filter(({ name }) => new RegExp(values.only).test(name))
    const missed: string[] = []
    for (const [index, guard] of guards.entries()) {
      const bundle = await buildWithout(guard, join(folder, String(index)))
      await using ground = await startGround(bundle)
      const all = await combinationsOf(
        CASES.filter(({ name }) => name === guard.case),
        ground,
        jobs,
      )
      const chosen = all.filter((each) => guard.combinations.test(lineOf(each)))
      const outcomes = await surviveAll(chosen, ground, jobs, console.log, ({ problems }) => problems.length > 0)
      const isNoticed = outcomes.some(({ problems }) => problems.length > 0)
      if (!isNoticed) missed.push(guard.name)
      console.log(`without the guard that it ${guard.name}: ${isNoticed ? 'noticed' : 'not noticed'}\n`)
    }
    console.log(`${guards.length - missed.length} of ${guards.length} missing guards were noticed`)
    return missed.length === 0 && guards.length > 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
