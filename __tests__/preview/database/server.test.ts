import { beforeEach, describe, expect, test } from '@jest/globals'
import type { DatabaseServer } from '../../../src/databases/server.ts'
import { adminTag } from '../../../src/preview/database/open.ts'
import {
  type DatabaseCollaborators,
  type DatabaseSettings,
  preparePreviewDatabase,
} from '../../../src/preview/database/prepare.ts'
import { removePreviewDatabase } from '../../../src/preview/database/remove.ts'
import { identityOf } from '../../../src/preview/identity.ts'
import { readTags, writeTags } from '../../../src/preview/tags.ts'
import { silentReporter } from './silent.ts'

/** What is asked of a server of databases, and when; the servers themselves are in __tests__/e2e/preview-databases.test.ts. */

const IDENTITY = identityOf(
  'shop',
  { number: 7, host: 'github.com', repositoryId: '42', repository: 'o/shop' },
  '123456789012/eu-west-1',
)
const OWN = {
  ...{ engine: 'postgresql', scope: 'database', name: 'shop_pr_7', user: 'shop_pr_7' },
  mark: { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '123456789012/eu-west-1' },
} as const
const SETTINGS: DatabaseSettings = {
  previewDatabase: undefined,
  previewDatabaseAdmin: 'secretsmanager:shop/admin#url',
  previewDatabaseAccess: 'function',
  previewDatabaseVariable: 'DATABASE_URL',
  previewDatabaseTemplate: undefined,
  previewDatabaseCreate: undefined,
  previewDatabaseDelete: undefined,
  dryRun: false,
}

let asked: (readonly [string, unknown, unknown?])[] = []
let masked: string[] = []
let noticed: string[] = []
let read: string[] = []
beforeEach(() => {
  asked = []
  masked = []
  noticed = []
  read = []
})

const server: DatabaseServer = {
  place: { engine: 'postgresql', host: 'db', port: 5432, database: 'app', sslMode: undefined },
  prepare: (database, options) => {
    asked.push(['prepare', database, options])
    return Promise.resolve('created')
  },
  remove: (database) => {
    asked.push(['remove', database])
    return Promise.resolve('removed')
  },
  list: () => Promise.resolve([]),
  close: () => {
    asked.push(['close', undefined])
    return Promise.resolve()
  },
}
const collaborators: DatabaseCollaborators = {
  secrets: {
    read: (reference) => {
      read.push(reference)
      return Promise.resolve('postgresql://admin:hush-hush%21@127.0.0.1:1/app')
    },
  },
  mask: (variables) => masked.push(...Object.values(variables)),
  byFunction: (base) => {
    asked.push(['open', base])
    return Promise.resolve(server)
  },
  run: (command) => Promise.resolve({ exitCode: 0, stdout: `ran\n${command.join(' ')}\n`, stderr: '' }),
  cwd: '/',
  environment: {},
  report: { ...silentReporter, notice: ({ title }) => noticed.push(title) },
}
const kindsAsked = (): string[] => asked.map(([kind]) => kind)
const tagsWith = (tags: { database: string; databaseAdmin?: string; databaseAccess?: 'runner' | 'function' }) => ({
  ...IDENTITY,
  ...{ headSha: undefined, run: undefined, created: 'x', expires: 'x', static: undefined, role: undefined },
  ...{ logGroup: undefined, isSeeded: false, databaseAdmin: undefined, databaseAccess: undefined },
  ...tags,
})

describe('before the preview is there', () => {
  test('the server has to answer, and nothing is made', async () => {
    const data = await preparePreviewDatabase(SETTINGS, IDENTITY, undefined, collaborators)
    expect(kindsAsked()).toEqual(['open', 'close'])
    expect(data.tags).toEqual({
      database: 'postgresql/database/shop_pr_7/shop_pr_7',
      databaseAdmin: 'secretsmanager:shop/admin#url',
      databaseAccess: 'function',
    })
    expect(data.preparation?.what).toBe('the database shop_pr_7 (postgresql)')
    const address = (await data.environment())['DATABASE_URL'] ?? ''
    expect(address).toMatch(/^postgresql:\/\/shop_pr_7:[A-Za-z\d]{40}@db:5432\/shop_pr_7$/)
    expect(masked).toEqual([new URL(address).password])
  })

  test('the database is made with the password of that address', async () => {
    const data = await preparePreviewDatabase(SETTINGS, IDENTITY, undefined, collaborators)
    const { password } = new URL((await data.environment())['DATABASE_URL'] ?? '')
    await data.preparation?.carryOut()
    expect(kindsAsked()).toEqual(['open', 'close', 'open', 'prepare', 'close'])
    expect(asked[3]).toEqual(['prepare', OWN, { password, template: undefined }])
  })

  test('tags of an earlier run, a schema, a template and another variable are passed on', async () => {
    const settings: DatabaseSettings = {
      ...SETTINGS,
      previewDatabase: 'schema',
      previewDatabaseVariable: 'DB',
      previewDatabaseTemplate: 't',
    }
    const there = tagsWith({ database: 'postgresql/schema/shop_pr_7/shop_pr_7' })
    const data = await preparePreviewDatabase(settings, IDENTITY, there, collaborators)
    await data.preparation?.carryOut()
    expect((await data.environment())['DB']).toContain('options=-csearch_path%3Dshop_pr_7')
    expect(asked[3]).toMatchObject(['prepare', { scope: 'schema' }, { template: 't' }])
  })
})

describe('a preview that has data already', () => {
  const line = 'touch made; echo postgresql://u:p@h/d'
  const none = { ...SETTINGS, previewDatabaseAdmin: undefined }

  test.each<[string, DatabaseSettings]>([
    ['postgresql/schema/shop_pr_7/shop_pr_7', SETTINGS],
    ['mysql/database/shop_pr_7/shop_pr_7', SETTINGS],
    ['postgresql/database/shop_pr_7/shop_pr_7', none],
    ['postgresql/database/shop_pr_7/shop_pr_7', { ...none, previewDatabaseCreate: line }],
    ['command', SETTINGS],
  ])('keeps it: %s is not forgotten for another kind', async (database, settings) => {
    const run = () => Promise.reject(new Error('a line of shell was run'))
    const prepared = preparePreviewDatabase(settings, IDENTITY, tagsWith({ database }), { ...collaborators, run })
    await expect(prepared).rejects.toMatchObject({
      title: expect.stringContaining(`shop-pr-7 has the database ${database}, and the settings now ask for `),
      hint: expect.stringContaining('wsgi-lambda destroy --pr 7'),
    })
    expect(kindsAsked()).not.toContain('prepare')
  })

  test.each(['none', 'sqlite', 'postgresql/database/shop_pr_7/shop_pr_7'])('%s may become a database', async (was) => {
    const data = await preparePreviewDatabase(SETTINGS, IDENTITY, tagsWith({ database: was }), collaborators)
    expect(data.tags.database).toBe('postgresql/database/shop_pr_7/shop_pr_7')
  })
})

test('what is still served gets its password back, and nothing else does', async () => {
  const data = await preparePreviewDatabase(SETTINGS, IDENTITY, undefined, collaborators)
  asked = []
  await data.preparation?.giveBack({})
  await data.preparation?.giveBack({ DATABASE_URL: 'postgresql://somebody:theirs@db/app' })
  expect(asked).toEqual([])
  await data.preparation?.giveBack({ DATABASE_URL: 'postgresql://shop_pr_7:before@db:5432/shop_pr_7' })
  expect(asked[1]).toMatchObject(['prepare', OWN, { password: 'before' }])
})

describe('by this machine', () => {
  test('the secret is masked whole and in its parts before anything can fail', async () => {
    const settings = { ...SETTINGS, previewDatabaseAccess: 'runner' } as const
    await expect(preparePreviewDatabase(settings, IDENTITY, undefined, collaborators)).rejects.toMatchObject({
      title: 'The database server 127.0.0.1:1 cannot be reached from here',
    })
    expect(read).toEqual(['secretsmanager:shop/admin#url'])
    expect(masked).toEqual(['postgresql://admin:hush-hush%21@127.0.0.1:1/app', 'hush-hush!', 'hush-hush!'])
  })

  test('an address is taken as it is', async () => {
    const previewDatabaseAdmin = 'mysql://admin:hush-hush@127.0.0.1:1/'
    const settings = { ...SETTINGS, previewDatabaseAdmin, previewDatabaseAccess: 'runner' } as const
    await expect(preparePreviewDatabase(settings, IDENTITY, undefined, collaborators)).rejects.toMatchObject({
      title: 'The database server 127.0.0.1:1 cannot be reached from here',
    })
    expect(read).toEqual([])
  })

  test('without a function that does it, access by function is refused', async () => {
    const alone = { ...collaborators, byFunction: undefined }
    await expect(preparePreviewDatabase(SETTINGS, IDENTITY, undefined, alone)).rejects.toMatchObject({
      hint: 'Set database-role, and deploy the main function first.',
    })
  })
})

describe('without a server', () => {
  const settings = { ...SETTINGS, previewDatabaseAdmin: undefined }

  test('there is nothing', async () => {
    const data = await preparePreviewDatabase(settings, IDENTITY, undefined, collaborators)
    expect([data.tags.database, await data.environment(), data.preparation]).toEqual(['none', {}, undefined])
  })

  test('there is a file in each environment, which is told', async () => {
    const sqlite = { ...settings, previewDatabase: 'sqlite' } as const
    const data = await preparePreviewDatabase(sqlite, IDENTITY, undefined, collaborators)
    expect([data.tags.database, await data.environment()]).toEqual([
      'sqlite',
      { DATABASE_URL: 'sqlite:////tmp/preview.sqlite3' },
    ])
    expect(noticed).toEqual([expect.stringContaining('each environment of the function has a file of its own')])
  })

  test('there is what a line of shell says, unless nothing is to happen', async () => {
    const command = { ...settings, previewDatabaseCreate: 'postgresql://u:p@h/d', previewDatabaseDelete: 'rm branch' }
    const lines: (string | undefined)[] = []
    const run: DatabaseCollaborators['run'] = ([, , line]) => {
      lines.push(line)
      return Promise.resolve({ exitCode: 0, stdout: line ?? '', stderr: '' })
    }
    const data = await preparePreviewDatabase(command, IDENTITY, undefined, { ...collaborators, run })
    expect([data.isMadeByAsking, lines]).toEqual([true, []])
    expect([data.tags.database, await data.environment()]).toEqual([
      'command',
      { DATABASE_URL: 'postgresql://u:p@h/d' },
    ])
    await data.discard?.()
    expect(lines).toEqual(['postgresql://u:p@h/d', 'rm branch'])
    const planned = await preparePreviewDatabase({ ...command, dryRun: true }, IDENTITY, undefined, collaborators)
    expect(planned.isMadeByAsking).toBe(false)
    expect([await planned.environment(), planned.discard]).toEqual([{}, undefined])
  })
})

describe('a removal', () => {
  const nothing = { previewDatabaseAdmin: undefined, previewDatabaseDelete: undefined }
  const database = 'postgresql/database/shop_pr_7/shop_pr_7'

  test.each(['none', 'sqlite'])('of %s asks nobody', async (kind) => {
    expect(await removePreviewDatabase(tagsWith({ database: kind }), nothing, collaborators)).toBe('missing')
    expect(asked).toEqual([])
  })

  test('goes by what the tags say', async () => {
    const tags = tagsWith({ database, databaseAdmin: 'ssm:/admin', databaseAccess: 'function' })
    expect(await removePreviewDatabase(tags, nothing, collaborators)).toBe('removed')
    expect(asked).toEqual([
      ['open', 'shop'],
      ['remove', OWN],
      ['close', undefined],
    ])
  })

  test('goes by what tags say that were written and read', async () => {
    const data = await preparePreviewDatabase(SETTINGS, IDENTITY, undefined, collaborators)
    const tags = readTags(IDENTITY.functionName, writeTags({ ...tagsWith({ database }), ...data.tags }))
    if (tags === undefined) throw new Error('the tags are none of a preview')
    asked = []
    await removePreviewDatabase(tags, nothing, collaborators)
    expect(asked[1]).toEqual(['remove', OWN])
  })

  test('is refused on a server of another kind', async () => {
    const tags = tagsWith({
      database: 'mysql/database/shop_pr_7/shop_pr_7',
      databaseAdmin: 'ssm:/admin',
      databaseAccess: 'function',
    })
    await expect(removePreviewDatabase(tags, nothing, collaborators)).rejects.toMatchObject({
      title: 'The database of shop-pr-7 is one of mysql, and the server is one of postgresql',
    })
    expect(kindsAsked()).toEqual(['open', 'close'])
  })

  test('says what the tags cannot know', async () => {
    const given = tagsWith({ database, databaseAdmin: 'given', databaseAccess: 'runner' })
    await expect(removePreviewDatabase(given, nothing, collaborators)).rejects.toMatchObject({
      hint: 'Give preview-database-admin to this command too.',
    })
    const command = tagsWith({ database: 'command' })
    await expect(removePreviewDatabase(command, nothing, collaborators)).rejects.toMatchObject({
      hint: 'Give preview-database-delete to this command too.',
    })
    expect(await removePreviewDatabase(command, { ...nothing, previewDatabaseDelete: './delete' }, collaborators)).toBe(
      'removed',
    )
  })
})

test.each([
  ['secretsmanager:shop/admin#url', 'secretsmanager:shop/admin#url'],
  ['postgresql://admin:hush@db/x', 'given'],
  ['POSTGRES://admin:hush@db/x', 'given'],
  ['mysql+pymysql://admin:hush@db/x', 'given'],
  ['mariadb://admin:hush@db/x', 'given'],
])('a tag keeps of %s: %s', (admin, tag) => {
  expect(adminTag(admin)).toBe(tag)
})
