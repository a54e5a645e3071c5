import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { SettingsError, UserError } from '../../src/errors.ts'
import type { PullState } from '../../src/github/api.ts'
import { createPreviewWorld, SHA } from './preview-world.ts'

let shop: Awaited<ReturnType<typeof createPreviewWorld>>
beforeEach(async () => {
  shop = await createPreviewWorld()
})
afterEach(() => shop[Symbol.asyncDispose]())

const state: PullState = { number: 7, isOpen: true, headSha: SHA, labels: [] }

describe('a preview', () => {
  test('is told of when it begins, and when it answers', async () => {
    expect((await shop.run()).skipped).toBeUndefined()
    const story = shop.story()
    expect(story.filter((line) => !line.startsWith('tells deployment'))).toEqual([
      'tells deploying …',
      'createFunction shop-pr-7',
      'updateAlias live → 1 (wsgi-lambda)',
      'tells ready',
    ])
    expect(story.indexOf('tells deployment success')).toBeGreaterThan(
      story.indexOf('updateAlias live → 1 (wsgi-lambda)'),
    )
    expect(shop.told()).toContain('https://abc.lambda-url.eu-west-1.on.aws/')
  })

  test('is told of as failed by what failed, with what still answers', async () => {
    await shop.run()
    shop.states = [{ ...state, headSha: 'b'.repeat(40) }]
    shop.lambda.failAt(/^updateConfiguration/, new UserError({ title: 'Lambda says no', hint: 'Ask again.' }))
    const pull = { headSha: 'b'.repeat(40) }
    await expect(shop.run({ pull, settings: { memory: '1024' } })).rejects.toThrow('Lambda says no')
    expect(shop.told()).toMatch(/: failed[^]*bbbbbbb[^]*Still answers[^]*Lambda says no\nAsk again\./)
  })

  test('of a dry run is told of to nobody, and is not made', async () => {
    expect((await shop.run({ settings: { 'dry-run': 'true' } })).skipped).toBeUndefined()
    expect([shop.story(), shop.lambda.writes()]).toEqual([[], []])
  })

  test('is made without a token too', async () => {
    shop.hasToken = false
    await shop.run()
    expect(shop.story()).toEqual(['createFunction shop-pr-7', 'updateAlias live → 1 (wsgi-lambda)'])
  })

  test('that would be one more than there may be is refused, and that is told', async () => {
    shop.previews = 20
    await expect(shop.run()).rejects.toThrow('There are 20 previews of shop already')
    expect(shop.told()).toMatch(/: failed[^]*preview-limit is 20/)
    expect(shop.lambda.writes()).toEqual([])
  })

  test("does not take a function that is somebody else's", async () => {
    shop.setTags('shop-pr-7', { owner: 'somebody' })
    await expect(shop.run()).rejects.toThrow('shop-pr-7')
    expect(shop.told()).toContain('failed')
    expect(shop.lambda.writes()).toEqual([])
  })
})

describe('its address is asked before it is announced', () => {
  async function atAddress(status: number, body: string): Promise<Readonly<Record<string, string>>> {
    const server = createServer((_, outgoing) => {
      asked += 1
      outgoing.writeHead(status).end(body)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    return { 'function-url': 'public', 'url-origin': `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }
  let asked = 0
  const servers: Server[] = []
  beforeEach(() => {
    asked = 0
  })
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  test('once, also where there was nothing to do', async () => {
    const settings = await atAddress(200, 'hello')
    for (const times of [1, 2]) {
      await shop.run({ settings })
      expect([asked, shop.told()]).toEqual([times, expect.stringContaining(': ready')])
    }
  })

  test('and told of as failed where Lambda answers in its place, whatever answered before', async () => {
    await shop.run({ settings: await atAddress(200, 'hello') })
    const settings = await atAddress(502, 'Internal Server Error')
    await expect(shop.run({ settings: { ...settings, memory: '1024' } })).rejects.toThrow('Lambda answers 502')
    expect(shop.told()).toMatch(/: failed[^]*Lambda answers 502 in place of shop-pr-7/)
    expect(shop.told()).not.toContain('Still answers')
  })

  test('and not called ready where the run does not reach it', async () => {
    const settings = { 'function-url': 'public', 'url-origin': 'http://127.0.0.1:1' }
    expect((await shop.run({ settings })).skipped).toBeUndefined()
    expect(shop.told()).toContain('released, and not reached by the run')
  })
})

describe('what fails before anything is begun is told too', () => {
  test('every mistake in the settings', async () => {
    const wrong = { memory: 'much', 'preview-limit': 'none', smok: '/' }
    await expect(shop.run({ settings: wrong })).rejects.toThrow(SettingsError)
    expect(shop.story().filter((line) => !/in_progress|in preview/.test(line))).toEqual([
      'tells failed',
      'tells deployment failure',
    ])
    for (const name of Object.keys(wrong)) expect(shop.told()).toContain(`input ${name} is not`)
  })

  test('a pyproject.toml that cannot be read', async () => {
    await writeFile(join(shop.project, 'pyproject.toml'), '[tool.wsgi-lambda\n')
    await expect(shop.run()).rejects.toThrow('pyproject.toml')
    expect(shop.told()).toContain('pyproject.toml')
  })

  test('missing credentials', async () => {
    shop.closedDoor = new UserError({ title: 'No AWS credentials were found', hint: 'Sign in first.' })
    await expect(shop.run()).rejects.toThrow('No AWS credentials')
    expect(shop.told()).toMatch(/: failed[^]*No AWS credentials were found\nSign in first\./)
  })

  test('that the run was cancelled, and not what failed by that', async () => {
    shop.closedDoor = new UserError({ title: 'The request was aborted' })
    shop.controller.abort()
    await expect(shop.run()).rejects.toThrow('aborted')
    expect(shop.told()).toContain('The run was cancelled')
    expect(shop.told()).not.toContain('aborted')
  })

  test.each([
    ['of a fork beside secrets', 'pull_request_target', { headRepository: 'stranger/shop' }, undefined],
    ['of a fork that a comment names', 'issue_comment', {}, true],
  ])('code %s', async (_, name, pull, isForeign) => {
    shop.states = [{ ...state, ...(isForeign !== undefined && { isForeign }) }]
    // The project is the stranger's.
    await writeFile(join(shop.project, 'pyproject.toml'), '[tool.wsgi-lambda]\ngithub-environment = "production"\n')
    await expect(shop.run({ event: { name }, pull })).rejects.toThrow('This run has secrets')
    expect(shop.story()).toEqual(['tells failed'])
    expect(shop.told()).toContain('This run has secrets')
  })

  test('but not where comments are off, or nobody knows of which function', async () => {
    const off = { comment: 'false', 'github-environment': 'none', memory: 'much' }
    await expect(shop.run({ settings: off })).rejects.toThrow(SettingsError)
    await expect(shop.run({ settings: { 'function-name': 'no name' } })).rejects.toThrow(SettingsError)
    await writeFile(join(shop.project, 'pyproject.toml'), '[tool.wsgi-lambda]\nfunction-name = "other"\n')
    await expect(shop.run({ settings: { 'function-name': 'no name' } })).rejects.toThrow(SettingsError)
    await expect(shop.run({ settings: { 'dry-run': 'true', memory: 'much' } })).rejects.toThrow(SettingsError)
    expect(shop.comments).toEqual([])
  })
})

describe('a run that has nothing to do tells nobody, and opens nothing', () => {
  const wrong = { memory: 'much' }
  test.each<[string, Parameters<typeof shop.run>[0], Partial<typeof state>, string]>([
    ...[{}, { isOpen: false }].map((now): [string, Parameters<typeof shop.run>[0], typeof now, string] => [
      `for a fork without credentials ${JSON.stringify(now)}`,
      { pull: { headRepository: 'stranger/shop' }, environment: { AWS_ACCESS_KEY_ID: '' } },
      now,
      'Skipped: a run for a fork (stranger/shop) has no credentials',
    ]),
    [
      'of an older commit',
      { settings: wrong },
      { headSha: 'c'.repeat(40) },
      `Skipped: pull request 7 has a newer commit (${'c'.repeat(12)})`,
    ],
    [
      'without the label',
      { settings: { ...wrong, 'preview-label': 'preview' } },
      {},
      'Skipped: pull request 7 has no label "preview"',
    ],
    [
      'of a draft, where drafts get none',
      { settings: { ...wrong, 'preview-drafts': 'false' } },
      { isDraft: true },
      'Skipped: pull request 7 is a draft',
    ],
    [
      'for another label, where the pull request has not the one',
      { event: { action: 'labeled', label: 'bug' }, settings: { 'preview-label': 'preview' } },
      { labels: ['bug'] },
      'Skipped: pull request 7 has no label "preview"',
    ],
  ])('%s', async (_, given, now, title) => {
    shop.closedDoor = new Error('nothing is to be opened')
    shop.states = [{ ...state, ...now }]
    expect((await shop.run(given)).skipped?.title).toBe(title)
    expect([shop.story(), shop.lambda.calls]).toEqual([[], []])
  })
})

test('a draft gets a preview once it is ready, which stays when it is a draft again', async () => {
  const settings = { 'preview-drafts': 'false' }
  shop.states = [{ ...state, isDraft: true }]
  expect((await shop.run({ settings })).skipped).toBeDefined()
  shop.states = [{ ...state, isDraft: false }]
  expect((await shop.run({ event: { action: 'ready_for_review' }, settings })).skipped).toBeUndefined()
  shop.states = [{ ...state, isDraft: true }]
  expect((await shop.run({ event: { action: 'synchronize' }, settings })).skipped?.title).toBe(
    'Skipped: pull request 7 is a draft',
  )
  expect(shop.exists('shop-pr-7')).toBe(true)
})

test('a draft gets a preview where nobody says anything of drafts', async () => {
  shop.states = [{ ...state, isDraft: true }]
  expect((await shop.run()).skipped).toBeUndefined()
})

describe('a label', () => {
  const LABEL = { 'preview-label': 'preview' }
  const labeled = (label: string) => ({ event: { action: 'labeled', label } })
  const unlabeled = (label: string) => ({ event: { action: 'unlabeled', label } })
  const NOTHING = 'Nothing to do: the preview of pull request 7 has its newest commit'

  test('that is asked for makes a preview', async () => {
    shop.states = [{ ...state, labels: ['preview'] }]
    expect((await shop.run({ ...labeled('preview'), settings: LABEL })).skipped).toBeUndefined()
    expect(shop.exists('shop-pr-7')).toBe(true)
  })

  test.each([
    ['where none is asked for', {}, []],
    ['where another one is asked for', LABEL, ['preview', 'bug']],
  ])('changes nothing of a preview of the newest commit, %s', async (_, settings, labels) => {
    shop.states = [{ ...state, labels }]
    await shop.run({ settings })
    for (const given of [labeled('bug'), unlabeled('bug')])
      expect((await shop.run({ ...given, settings })).skipped?.title).toBe(NOTHING)
    expect(shop.lambda.writes()).toEqual([])
  })

  test('makes the preview of a commit whose own run gave way to this one', async () => {
    await shop.run()
    const headSha = 'b'.repeat(40)
    shop.states = [{ ...state, headSha }]
    expect((await shop.run({ ...labeled('bug'), pull: { headSha } })).skipped).toBeUndefined()
    expect(shop.told()).toMatch(/: ready[^]*bbbbbbb/)
  })

  test('says nothing where somebody has named the command', async () => {
    await shop.run()
    expect((await shop.run({ ...labeled('bug'), isAuto: false })).skipped).toBeUndefined()
  })

  test('that is taken away takes the preview with it', async () => {
    shop.states = [{ ...state, labels: ['preview'] }]
    await shop.run({ settings: LABEL })
    shop.states = [state]
    const gone = await shop.run({ ...unlabeled('preview'), settings: LABEL })
    expect(gone).toMatchObject({
      skipped: { title: 'Pull request 7 has no label "preview" any more: its preview is removed' },
      removal: { previews: [{ functionName: 'shop-pr-7', outcome: 'removed' }] },
    })
    expect(shop.exists('shop-pr-7')).toBe(false)
    expect(shop.told()).toMatch(/: removed[^]*label "preview" taken away/)
    expect(await shop.run({ ...unlabeled('preview'), settings: LABEL })).toMatchObject({
      skipped: { title: 'Pull request 7 has no label "preview" any more: there is no preview to remove' },
      removal: { previews: [{ outcome: 'missing' }] },
    })
  })

  test('that is gone takes the preview with it by the next commit too, whose run took the place of its own', async () => {
    shop.states = [{ ...state, labels: ['preview'] }]
    await shop.run({ settings: LABEL })
    const headSha = 'b'.repeat(40)
    shop.states = [{ ...state, headSha }]
    const pushed = { pull: { headSha, labels: ['preview'] }, settings: LABEL }
    const skipped = 'Skipped: pull request 7 has no label "preview"'
    expect((await shop.run({ ...pushed, environment: { AWS_ACCESS_KEY_ID: '' } })).skipped?.title).toBe(skipped)
    expect(shop.exists('shop-pr-7')).toBe(true)
    expect(await shop.run(pushed)).toMatchObject({
      skipped: { title: 'Pull request 7 has no label "preview" any more: its preview is removed' },
      removal: { previews: [{ functionName: 'shop-pr-7', outcome: 'removed' }] },
    })
    expect(shop.exists('shop-pr-7')).toBe(false)
    expect(shop.told()).toMatch(/: removed[^]*label "preview" taken away/)
    expect((await shop.run(pushed)).skipped?.title).toBe(skipped)
    shop.setTags('shop-pr-7', { owner: 'somebody' })
    expect((await shop.run(pushed)).skipped?.title).toBe(skipped)
    expect(shop.exists('shop-pr-7')).toBe(true)
  })

  test('that is taken away takes the preview with it whatever is wrong with the settings of previews', async () => {
    shop.states = [{ ...state, labels: ['preview'] }]
    await shop.run({ settings: LABEL })
    shop.states = [state]
    await writeFile(join(shop.project, 'pyproject.toml'), '[tool.wsgi-lambda]\nsmoke = 7\nbefore-destroy = "exec 1"\n')
    const settings = { ...LABEL, memory: 'much', 'preview-environment': 'KEY=hidden', artifact: undefined }
    expect((await shop.run({ ...unlabeled('preview'), settings })).skipped?.title).toMatch(/its preview is removed$/)
    expect([shop.exists('shop-pr-7'), shop.masked]).toEqual([false, expect.arrayContaining(['hidden'])])
  })

  test('leaves the preview where what is wrong is about its removal, and that is told', async () => {
    shop.states = [{ ...state, labels: ['preview'] }]
    await shop.run({ settings: LABEL })
    shop.states = [state]
    const settings = { ...LABEL, 'allowed-account-ids': '12' }
    await expect(shop.run({ ...unlabeled('preview'), settings })).rejects.toThrow(SettingsError)
    expect(shop.exists('shop-pr-7')).toBe(true)
    expect(shop.told()).toMatch(/: failed[^]*allowed-account-ids/)
  })

  test('that is back again takes nothing away', async () => {
    shop.states = [{ ...state, labels: ['preview'] }]
    await shop.run({ settings: LABEL })
    expect((await shop.run({ ...unlabeled('preview'), settings: LABEL })).skipped?.title).toBe(NOTHING)
    expect(shop.exists('shop-pr-7')).toBe(true)
  })
})

const closed = { ...state, isOpen: false }

describe('a run that took the place of the one for closing', () => {
  const IS_REMOVED = 'Pull request 7 is closed: its preview is removed'

  test.each<[string, Parameters<typeof shop.run>[0], Partial<typeof state>]>([
    ['a label', { event: { action: 'labeled', label: 'released' } }, { labels: ['released'] }],
    ['a label that was taken away', { event: { action: 'unlabeled', label: 'automerge' } }, {}],
    ['a commit', { event: { action: 'synchronize' }, pull: { headSha: 'b'.repeat(40) } }, { headSha: 'b'.repeat(40) }],
    ['a commit that is no longer the newest', { pull: { headSha: 'b'.repeat(40) } }, {}],
    ['without the label that is asked for', { settings: { 'preview-label': 'preview' } }, {}],
    ['with settings that are wrong elsewhere', { settings: { memory: 'much', artifact: undefined } }, {}],
    ['where the command is named', { isAuto: false }, {}],
  ])('removes the preview: %s', async (_, given, now) => {
    await shop.run()
    shop.states = [{ ...closed, ...now }]
    const began = shop.report.lines.length
    expect(await shop.run(given)).toMatchObject({
      skipped: { title: IS_REMOVED },
      removal: { previews: [{ functionName: 'shop-pr-7', outcome: 'removed' }] },
    })
    expect(shop.report.lines[began]).toBe(
      'info: Pull request 7 is closed: this run makes no preview, and removes what there is of one',
    )
    expect([shop.exists('shop-pr-7'), shop.asked()]).toEqual([false, 1])
    expect(shop.told()).toMatch(/: removed[^]*closed/)
  })

  test('says so where nothing was ever made, and tells nobody', async () => {
    shop.states = [closed]
    expect((await shop.run()).skipped?.title).toBe('Pull request 7 is closed: there is no preview to remove')
    expect([shop.story(), shop.lambda.writes()]).toEqual([[], []])
  })

  test('only tells what it would do in a dry run', async () => {
    await shop.run()
    shop.states = [closed]
    const { skipped } = await shop.run({ settings: { 'dry-run': 'true' } })
    expect(skipped?.title).toBe('Pull request 7 is closed: a preview of it would be removed')
    expect([shop.exists('shop-pr-7'), shop.story()]).toEqual([true, []])
  })

  test('fails where what there is is not ours', async () => {
    shop.setTags('shop-pr-7', { owner: 'somebody' })
    shop.states = [closed]
    await expect(shop.run()).rejects.toThrow(/shop-pr-7/)
    expect(shop.exists('shop-pr-7')).toBe(true)
  })

  test('is looked for also once a label had nothing new to say', async () => {
    await shop.run()
    shop.states = [state, closed]
    const { skipped } = await shop.run({ event: { action: 'labeled', label: 'merging' } })
    expect([skipped?.title, shop.exists('shop-pr-7')]).toEqual([
      'Pull request 7 was closed meanwhile: its preview is removed',
      false,
    ])
  })

  test('costs a preview that is made no further question', async () => {
    await shop.run()
    expect(shop.asked()).toBe(2)
  })
})

describe('closed while the preview is made', () => {
  test('the run removes what it has made, and says so', async () => {
    shop.states = [state, closed]
    expect(await shop.run()).toMatchObject({
      skipped: { title: 'Pull request 7 was closed meanwhile: its preview is removed' },
      removal: { previews: [{ functionName: 'shop-pr-7', outcome: 'removed' }] },
    })
    expect(shop.story().at(-1)).toBe('tells removed')
    expect(shop.exists('shop-pr-7')).toBe(false)
  })

  test('also where it has failed', async () => {
    shop.states = [state, closed]
    shop.lambda.failAt(/^publish/, new UserError({ title: 'Lambda says no' }))
    await expect(shop.run()).rejects.toThrow('Lambda says no')
    expect(shop.exists('shop-pr-7')).toBe(false)
    expect(shop.told()).toContain('removed')
  })
})
