import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { wait } from '../../../src/aws/wait.ts'
import type { GitHubApi } from '../../../src/github/api.ts'
import { openGitHub } from '../../../src/github/open.ts'
import { announceDeployment } from '../../../src/preview/announce/deployed.ts'
import { recordingReporter } from '../../report/recording.ts'
import { type FakeGitHub, startFakeGitHub } from '../../support/fake-github.ts'

let fake: FakeGitHub
let github: GitHubApi | undefined
beforeEach(async () => {
  fake = await startFakeGitHub()
  github = await openGitHub(fake.env, fake.token, { version: '1.2.3', wait, signal: new AbortController().signal })
  fake.pulls.set(7, { isOpen: false, headSha: 'a'.repeat(40), labels: [] })
  fake.pulls.set(8, { isOpen: true, headSha: 'b'.repeat(40), labels: [] })
})
afterEach(async () => {
  await fake[Symbol.asyncDispose]()
})

const where = { functionName: 'shop', alias: 'live', region: 'eu-west-1' }
const shop = { ...where, pull: undefined, commit: 'a'.repeat(40) }
const silent = { notice: () => undefined }

describe('a deployment', () => {
  test('is told to the pull request that its commit came with', async () => {
    await announceDeployment('It is there.', shop, github, silent)
    expect([fake.commentsOf(7), fake.commentsOf(8)]).toEqual([
      [expect.stringMatching(/^<!-- .* -->\nIt is there\.$/)],
      [],
    ])
  })

  test('is told to that of the event', async () => {
    await announceDeployment('It would be so.', { ...shop, pull: 8 }, github, silent)
    expect(fake.commentsOf(8)).toHaveLength(1)
  })

  test('is told in the same comment again, and that of another function is another', async () => {
    await announceDeployment('One.', shop, github, silent)
    await announceDeployment('Two.', shop, github, silent)
    await announceDeployment('Three.', { ...shop, functionName: 'bank' }, github, silent)
    expect(fake.commentsOf(7)).toEqual([expect.stringContaining('Two.'), expect.stringContaining('Three.')])
  })

  test('in another region has a comment of its own, and so has another alias', async () => {
    for (const text of ['One.', 'Two.']) {
      await announceDeployment(text, shop, github, silent)
      await announceDeployment(`${text} There.`, { ...shop, region: 'us-east-1' }, github, silent)
      await announceDeployment(`${text} Beta.`, { ...shop, alias: 'beta' }, github, silent)
    }
    expect(fake.commentsOf(7).map((body) => body.split('\n')[1])).toEqual(['Two.', 'Two. There.', 'Two. Beta.'])
  })

  test('of no pull request is told to nobody', async () => {
    await announceDeployment('One.', { ...shop, commit: 'c'.repeat(40) }, github, silent)
    expect(fake.comments).toEqual([])
  })

  test('that cannot be told is a notice', async () => {
    const report = recordingReporter()
    fake.permissions = { ...fake.permissions, 'pull-requests': 'read' }
    await announceDeployment('One.', shop, github, report)
    await announceDeployment('One.', shop, undefined, report)
    const text = report.lines.join('\n')
    expect(text).toContain('pull-requests: write')
    expect(text).toContain('comment is true, and GitHub cannot be asked')
  })
})
