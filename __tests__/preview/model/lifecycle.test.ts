import { expect, test } from '@jest/globals'
import { numbersFrom, oneOf, weighted } from '../../../scripts/environment/random.ts'
import { databaseNames } from '../../../src/preview/database/names.ts'
import { decide } from '../../../src/preview/decide.ts'
import { identityOf, type PreviewIdentity, previewName } from '../../../src/preview/identity.ts'
import type { RunEvent } from '../../../src/preview/pull.ts'
import { writeTags } from '../../../src/preview/tags.ts'
import { roleNameOf } from '../../../src/release/current-aside.ts'
import { type Account, createAccount, type Kind, PLACE } from './account.ts'
import { createProcesses, DAY_MS } from './processes.ts'

const STEPS = 1000
const PULLS = 30
/** One is shortened, and the names of the two begin alike. */
const BASES = ['shop', `shop-${'with-a-very-long-name-'.repeat(4)}`] as const
const REPOSITORY = { host: 'github.com', repositoryId: '42', repository: 'octo/shop' } as const
const PAST = '2020-01-01T00:00:00.000Z'

/** What the model says of a preview. */
type State =
  | { readonly name: 'none' }
  /** A run was killed or has failed: any of its parts may be there, its function too. */
  | { readonly name: 'partly' }
  | { readonly name: 'there'; readonly expires: number }

const NONE: State = { name: 'none' }
const PARTLY: State = { name: 'partly' }

interface Pull {
  readonly number: number
  isOpen: boolean
  readonly states: Map<string, State>
}

const partsOf = (identity: PreviewIdentity): string[] => [
  `role ${roleNameOf(identity.functionName)}`,
  `log group /aws/lambda/${identity.functionName}`,
  `function ${identity.functionName}`,
  `database ${databaseNames(identity).name}`,
]

/** What of others has the name of a preview already, by the last digit of the pull request. */
const TAKEN = { function: 3, functionOfOthers: 5, role: 7, functionOfNobody: 9 } as const

/** Things of others, named like ours, with no tags or with those of another repository, or another name in them. */
async function plant({ put }: Account): Promise<void> {
  const tagsOf = (repositoryId: string, pull: number) =>
    writeTags({
      ...identityOf('shop', { ...REPOSITORY, number: pull, repositoryId, repository: 'somebody/else' }, PLACE),
      ...{ headSha: 'f00', run: '1', created: PAST, expires: PAST, database: 'none', isSeeded: false },
      ...{
        databaseAdmin: undefined,
        databaseAccess: undefined,
        static: undefined,
        role: undefined,
        logGroup: undefined,
      },
    })
  for (let ten = 0; ten < PULLS; ten += 10) {
    const { functionOfOthers: others, functionOfNobody: nobody } = TAKEN
    const ofNobody = { ...tagsOf(REPOSITORY.repositoryId, ten + nobody), 'managed-by': 'somebody' }
    await put('function', `shop-pr-${ten + TAKEN.function}`, {})
    await put('function', `shop-pr-${ten + others}`, { tags: tagsOf('777', ten + others) })
    await put('function', `shop-pr-${ten + nobody}`, { tags: ofNobody })
    await put('role', roleNameOf(`shop-pr-${ten + TAKEN.role}`), {})
  }
  for (const kind of ['function', 'log group', 'role', 'database'] satisfies Kind[]) {
    const nameOf = (pull: number): string =>
      ({
        function: `shop-pr-${pull}`,
        'log group': `/aws/lambda/shop-pr-${pull}`,
        role: `shop-pr-${pull}-role`,
        database: `shop_pr_${pull}`,
      })[kind]
    await put(kind, nameOf(1000), {})
    await put(kind, nameOf(1001), { tags: tagsOf('777', 1001) })
    // Its tags are ours, its name is that of another pull request.
    await put(kind, nameOf(1002), { tags: tagsOf('42', 1003) })
    await put(kind, nameOf(1004), { tags: { 'managed-by': 'terraform' } })
  }
}

const eventOf = (name: string, action?: string): RunEvent => ({
  ...{ name, action, isDeletion: false, inputs: {}, pull: undefined },
})

test(`after ${STEPS} random steps nothing is left over, and nothing of others was touched`, async () => {
  const random = numbersFrom(7)
  const account = createAccount()
  await plant(account)
  const before = account.inventory()
  let now = Date.parse('2026-11-23T10:00:00Z')
  const pulls = Array.from(
    { length: PULLS },
    (_, index): Pull => ({
      ...{ number: index + 1, isOpen: false },
      states: new Map(BASES.map((base) => [base, NONE])),
    }),
  )
  const pullOf = (number: number): Pull | undefined => pulls.find((pull) => pull.number === number)
  const isOpen = (number: number): boolean => pullOf(number)?.isOpen ?? false
  const processes = createProcesses({ account, repository: REPOSITORY, now: () => now, isOpen })
  const counts = new Map<string, number>()
  const foreign: string[] = []

  const isTaken = ({ number }: Pull, base: string): boolean =>
    base === 'shop' && (Object.values(TAKEN) as number[]).includes(number % 10)
  const identity = (pull: Pull, base: string): PreviewIdentity =>
    identityOf(base, { ...REPOSITORY, number: pull.number }, PLACE)

  async function preview(pull: Pull): Promise<void> {
    pull.isOpen = true
    const base = oneOf(BASES, random)
    const came = await processes.preview(identity(pull, base), 'abc')
    const expected = isTaken(pull, base) ? ['refused', 'broken off'] : ['ready', 'broken off']
    expect(expected).toContain(came)
    if (came === 'ready') pull.states.set(base, { name: 'there', expires: now + 7 * DAY_MS })
    if (came === 'broken off') pull.states.set(base, PARTLY)
  }

  async function destroy(pull: Pull, isBroken: boolean): Promise<void> {
    pull.isOpen = false
    const base = random() < 0.5 ? oneOf(BASES, random) : undefined
    const came = await processes.destroy({ ...REPOSITORY, number: pull.number }, base)
    const isRefused = base === 'shop' && isTaken(pull, base) && pull.number % 10 !== TAKEN.role
    if (isRefused && !isBroken) expect(came).toContain(`${previewName(base, pull.number)} is no preview of`)
    for (const each of base === undefined ? BASES : [base]) {
      if (came === 'done') pull.states.set(each, left(pull, each, base === undefined))
      else if (isBroken && pull.states.get(each) !== NONE) pull.states.set(each, PARTLY)
    }
    if (!isBroken && !isRefused) expect(came).toBe('done')
  }

  /** A search by tags finds no role whose function never came: only the name leads to it. */
  function left(pull: Pull, base: string, isByTags: boolean): State {
    const isPart = account.inventory().has(`role ${roleNameOf(previewName(base, pull.number))}`)
    return isByTags && isPart && pull.states.get(base)?.name === 'partly' ? PARTLY : NONE
  }

  async function sweep(isBroken: boolean, isGitHubThere: boolean): Promise<void> {
    const came = await processes.sweep(isGitHubThere)
    if (!isBroken) expect(came).toBe('done')
    for (const pull of pulls) {
      for (const base of BASES) {
        const state = pull.states.get(base) ?? NONE
        const isDue = (isGitHubThere && !pull.isOpen) || (state.name === 'there' && state.expires <= now)
        if (state.name === 'none') continue
        if (isBroken) pull.states.set(base, state.name === 'there' && !isDue ? state : PARTLY)
        else if (isDue) pull.states.set(base, NONE)
        // How old its parts are is not in the model: all of it may be gone, or none.
        else if (state.name === 'partly') pull.states.set(base, state)
      }
    }
  }

  /**
   * What there is has to be what the model says, and what others have has to be as it was. A function goes last.
   * @param earlier what there was before the step
   */
  function compare(earlier: ReadonlyMap<string, string>): void {
    const things = account.inventory()
    const expected = new Set(before.keys())
    for (const pull of pulls) {
      for (const base of BASES) {
        const state = pull.states.get(base) ?? NONE
        const parts = partsOf(identity(pull, base))
        if (state.name === 'there') expect(parts.filter((part) => !things.has(part))).toEqual([])
        const name = `function ${previewName(base, pull.number)}`
        const isGone = earlier.has(name) && !things.has(name)
        if (isGone) expect(parts.filter((part) => things.has(part) && !before.has(part))).toEqual([])
        if (state.name !== 'none') for (const part of parts) expected.add(part)
      }
    }
    expect([...things.keys()].filter((name) => !expected.has(name))).toEqual([])
    foreign.push(...[...before].filter(([name, state]) => things.get(name) !== state).map(([name]) => name))
  }

  for (let step = 0; step < STEPS; step++) {
    const pull = oneOf(pulls, random)
    const event = weighted(
      [
        { weight: 8, what: eventOf('pull_request', oneOf(['opened', 'synchronize', 'reopened', 'labeled'], random)) },
        { weight: 5, what: eventOf('pull_request', 'closed') },
        { weight: 2, what: eventOf('schedule') },
        { weight: 1, what: eventOf('push') },
      ],
      random,
    )
    const { command } = decide(event, [])
    const earlier = account.inventory()
    const isBroken = random() < 0.35
    const changes = Math.floor(random() * 5)
    if (isBroken && random() < 0.6) account.killAfter(changes)
    else if (isBroken) account.failAfter(changes)
    if (command === 'preview') await preview(pull)
    if (command === 'destroy') await destroy(pull, isBroken)
    if (command === 'sweep') await sweep(isBroken, random() < 0.8)
    account.revive()
    compare(earlier)
    const outcome = `${command}${isBroken ? ', broken off' : ''}`
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    if (random() < 0.2) now += Math.floor(random() * 3 * DAY_MS)
  }

  for (const pull of pulls) pull.isOpen = false
  expect(await processes.sweep(true)).toBe('done')
  const leaks = [...account.inventory().keys()].filter((name) => !before.has(name))
  const counted = [...counts].toSorted().map(([outcome, count]) => `${count} × ${outcome}`)
  process.stdout.write(`${STEPS} steps (${counted.join('; ')}), ${leaks.length} leaks, ${foreign.length} foreign\n`)
  expect({ leaks, foreign }).toEqual({ leaks: [], foreign: [] })
}, 60_000)
