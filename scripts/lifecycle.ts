/**
 * The life of a repository on the local AWS, PostgreSQL and GitHub: pull requests are opened, pushed to, closed and opened again
 * in random order, runs are cancelled and killed, calls fail, previews expire, main is deployed in between and asked all the time.
 * At its end nothing may be left over, and nothing of others may have been touched.
 *
 * Some pull requests have a preview only as long as they have a label, which comes and goes.
 *
 * There are two functions: "shop" on PostgreSQL, and beside it "shop-reports", for some pull requests only, of a kind that the seed
 * chooses: databases of MariaDB, databases that a version of main's function makes, or schemas and a layer of dependencies.
 *
 *     npm run test:lifecycle
 *     npm run test:lifecycle -- --seed 7 --steps 200 --pulls 40
 *
 *     --second KIND   mysql, function or schema, whatever the seed says
 *     --action DIR    the folder of the action under test (default: this repository)
 *     --mishaps PART  how often something goes wrong, from 0 to 1 (default: 0.4)
 *
 * Prints a line for each step and, last, how many things were left over, and how many of others were touched.
 */
import { parseArgs } from 'node:util'
import { findMariadb } from './environment/mariadb.ts'
import { isKind, KINDS, kindOf, SHOP } from './lifecycle/apps.ts'
import { startGround } from './lifecycle/ground.ts'
import { playStory } from './lifecycle/story.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '70' },
    pulls: { type: 'string', default: '30' },
    mishaps: { type: 'string', default: '0.4' },
    second: { type: 'string' },
    action: { type: 'string' },
  },
})

const kind = values.second ?? kindOf(Number(values.seed), (await findMariadb()) !== undefined)
if (!isKind(kind)) throw new Error(`--second is one of ${Object.keys(KINDS).join(', ')}.`)
console.log(`beside shop: shop-reports, ${KINDS[kind].told}`)
await using ground = await startGround(values.action, [SHOP, KINDS[kind].app])
const { steps, runs, mishaps, leaks, foreign, problems, visits, measures } = await playStory(ground, {
  ...{ seed: Number(values.seed), steps: Number(values.steps), pulls: Number(values.pulls) },
  mishaps: Number(values.mishaps),
  say: console.log,
})
for (const [title, found] of Object.entries({ leak: leaks, foreign, problem: problems }))
  for (const each of found) console.log(`${title}: ${each}`)
for (const kind of new Set(measures.map((each) => each.kind))) {
  const own = measures.flatMap((each) => (each.kind === kind ? [each.own] : [])).toSorted((a, b) => a - b)
  const [least = NaN, median = NaN] = [own[0], own[Math.floor(own.length / 2)]]
  console.log(
    `${kind}: ${least.toFixed(0)} ms of our own at least, ${median.toFixed(0)} ms in the median of ${own.length}`,
  )
}
console.log(
  `seed ${values.seed}, ${runs} runs, ${mishaps} mishaps, main answered ${visits} times, ${problems.length} problems`,
)
console.log(`${steps} steps, ${leaks.length} leaks, ${foreign.length} foreign`)
process.exitCode = leaks.length + foreign.length + problems.length === 0 && steps > 0 ? 0 : 1
