/**
 * Every call that a deployment makes × everything that can happen to it, on the local Lambda: afterwards the alias serves a
 * whole version that has proven itself, no command ran twice, and the next run finishes the job.
 *
 *     npm run test:faults                                 all combinations
 *     npm run test:faults -- --sample 60 --seed 1         so many of them, the same for the same seed
 *     npm run test:faults -- --only 'update.*UpdateAlias' those whose line matches
 *     npm run test:faults -- --self-test                  takes one guard away at a time, which must be noticed
 *
 *     --bundle DIR   the folder of the bundle under test (default: dist)
 *     --jobs N       how many at the same time (default: 2)
 *
 * Prints a line for each and, last, how many were survived.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CASES } from '../__tests__/faults/cases.ts'
import { sample } from '../__tests__/faults/combinations.ts'
import { startGround } from '../__tests__/faults/ground.ts'
import { combinationsOf, lineOf, surviveAll } from '../__tests__/faults/matrix.ts'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))

const { values } = parseArgs({
  options: {
    bundle: { type: 'string', default: DIST },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
  },
})

await using ground = await startGround(values.bundle)
const all = (await combinationsOf(CASES, ground)).filter((each) => new RegExp(values.only).test(lineOf(each)))
const chosen = values.sample === undefined ? all : sample(all, Number(values.sample), Number(values.seed))
console.log(`${chosen.length} of ${all.length} combinations`)
const outcomes = await surviveAll(chosen, ground, Number(values.jobs), console.log)
const failed = outcomes.filter(({ problems }) => problems.length > 0)
if (failed.length > 0) console.log(`${failed.length} combinations were not survived`)
console.log(`${outcomes.length - failed.length} combinations survived`)
process.exitCode = failed.length > 0 || outcomes.length === 0 ? 1 : 0
