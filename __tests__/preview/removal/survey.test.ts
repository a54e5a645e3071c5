import { expect, test } from '@jest/globals'
import type { PreviewApi } from '../../../src/aws/previews.ts'
import { identityOf } from '../../../src/preview/identity.ts'
import { survey } from '../../../src/preview/removal/survey.ts'
import { writeTags } from '../../../src/preview/tags.ts'
import { recordingReporter } from '../../report/recording.ts'

const PLACE = '123456789012/eu-west-1'
const PULL = { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' }
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:shop-pr-7'
const TAGS = writeTags({
  ...identityOf('shop', PULL, PLACE),
  ...{ headSha: undefined, run: undefined, isSeeded: false, created: '', expires: '', database: 'none' },
  ...{ databaseAdmin: undefined, databaseAccess: undefined, static: 's3://odd/shop-pr-7' },
  ...{ role: undefined, logGroup: undefined },
})
const unneeded = (): Promise<never> => Promise.reject(new Error('not needed'))
const nothing = {
  ...{ list: () => Promise.resolve([]), names: () => Promise.resolve([]) },
  ...{ tags: unneeded, remove: unneeded },
}

async function surveyWith(failure: Error) {
  const report = recordingReporter()
  const previews: PreviewApi = {
    readPlace: unneeded,
    readFunction: unneeded,
    removeFunction: unneeded,
    openLogGroups: unneeded,
    findTagged: (type) => Promise.resolve(type === 'lambda:function' ? [{ arn: ARN, tags: TAGS }] : []),
    openRoles: () => Promise.resolve(nothing),
    openLayers: () => Promise.resolve(nothing),
    openStatics: () => Promise.reject(failure),
  }
  const found = await survey({ ...PULL, place: PLACE }, { static: undefined }, { previews, report })
  return { found, report }
}

const named = (name: string): Error => Object.assign(new Error('no'), { name })

test.each(['SlowDown', 'IllegalLocationConstraintException'])(
  'static files that cannot be looked for (%s) are a problem, and keep nothing else from being found',
  async (name) => {
    const { found } = await surveyWith(named(name))
    expect(found.previews).toMatchObject([{ functionName: 'shop-pr-7' }])
    expect(found.problems).toMatchObject([
      { title: expect.stringContaining('Static files that are left over were not looked for: ') },
    ])
  },
)

test.each([
  ['NoSuchBucket', 0],
  ['AccessDenied', 1],
])('static files are no problem where S3 says %s', async (name, notices) => {
  const { found, report } = await surveyWith(named(name))
  expect([found.previews.length, found.problems, report.problems.length]).toEqual([1, [], notices])
})
