import { beforeEach, expect, test } from '@jest/globals'
import type { LogGroupApi } from '../../src/aws/log-groups.ts'
import type { Tags } from '../../src/aws/tags.ts'
import { identityOf } from '../../src/preview/identity.ts'
import { type PreviewTags, readTags, writeTags } from '../../src/preview/tags.ts'
import { leaveWitness, type WitnessCollaborators } from '../../src/preview/witness.ts'
import { latest } from '../release/releases.ts'

const PULL = { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' }
const TAGS: PreviewTags = {
  ...identityOf('shop', PULL, '123456789012/eu-west-1'),
  ...{ headSha: undefined, run: '1', created: '2026-11-23T10:00:00.000Z', expires: '2026-11-30T10:00:00.000Z' },
  ...{ database: 'command', databaseAdmin: undefined, databaseAccess: undefined, static: undefined },
  ...{ role: undefined, logGroup: '/aws/lambda/shop-pr-7', isSeeded: false },
}

let written: [string, Tags | undefined][] = []
/** Of the log group, where it is there. */
let existing: Tags | undefined
beforeEach(() => {
  written = []
  existing = undefined
})

const write = (name: string, tags?: Tags): Promise<void> => {
  written.push([name, tags])
  return Promise.resolve()
}
const logGroups: LogGroupApi = {
  find: () => Promise.resolve(undefined),
  create: async (...made) => {
    if (existing === undefined) await write(...made)
    return existing === undefined
  },
  addTags: async (name, tags, isTheirs) => {
    if (!isTheirs(existing ?? {})) await write(name, tags)
  },
  setRetention: () => Promise.resolve(),
}
const collaborators: WitnessCollaborators = {
  lambda: { getVersion: () => Promise.resolve(latest) },
  aside: { tags: { get: () => Promise.resolve({}), add: write }, openLogGroups: () => Promise.resolve(logGroups) },
}

test('before there is a function, its log group says what is made for it', async () => {
  await leaveWitness(TAGS, undefined, { team: 'shop' }, collaborators)
  expect(written).toEqual([['/aws/lambda/shop-pr-7', expect.objectContaining({ team: 'shop' })]])
  expect(readTags('shop-pr-7', written[0]?.[1] ?? {})).toEqual(TAGS)
})

test.each<[string, Tags]>([
  ['has no tags', {}],
  ['is left from an earlier run', writeTags({ ...TAGS, run: '0' })],
])('a log group that was there says so too where it %s', async (_, tags) => {
  existing = tags
  await leaveWitness(TAGS, undefined, {}, collaborators)
  expect(written).toEqual([['/aws/lambda/shop-pr-7', writeTags(TAGS)]])
})

test.each<[string, Tags]>([
  ['another program', { 'managed-by': 'terraform' }],
  ['another repository', writeTags({ ...TAGS, repositoryId: '43' })],
])('the log group of %s stays as it is', async (_, tags) => {
  existing = tags
  await leaveWitness(TAGS, undefined, {}, collaborators)
  expect(written).toEqual([])
})

test('a preview that has had no data says so by its function', async () => {
  await leaveWitness(TAGS, { ...TAGS, database: 'none' }, {}, collaborators)
  expect(written).toEqual([[latest.arn, { 'wsgi-lambda:database': 'command' }]])
})

test('one that has such data says so already', async () => {
  await leaveWitness(TAGS, TAGS, {}, collaborators)
  expect(written).toEqual([])
})
