import { expect, test } from '@jest/globals'
import { identityOf } from '../../src/preview/identity.ts'
import { hasNewData, settingsOfPreview, staticAddressOf } from '../../src/preview/settings.ts'
import type { PreviewTags } from '../../src/preview/tags.ts'
import { type DeploySettings, loadDeploySettings } from '../../src/settings/settings.ts'
import { folderWith } from '../settings/project-folder.ts'

const IDENTITY = identityOf(
  'shop',
  { number: 7, host: 'github.com', repositoryId: '4711', repository: 'octocat/shop' },
  '123456789012/eu-west-1',
)
const TAGS: PreviewTags = {
  ...IDENTITY,
  ...{ headSha: undefined, run: undefined, created: '', expires: '', database: 'none', databaseAdmin: undefined },
  ...{ databaseAccess: undefined, static: undefined, role: undefined, logGroup: undefined, isSeeded: false },
}

async function previewOf(given: Readonly<Record<string, string>>): Promise<DeploySettings> {
  const project = await folderWith({ 'app.py': 'app = object\n', 'requirements.txt': '' })
  const explicit = { given: { 'function-name': 'shop', ...given }, nameOf: String }
  const settings = await loadDeploySettings({ project, stage: undefined, environment: {}, explicit })
  return settingsOfPreview(settings, IDENTITY, {
    tags: TAGS,
    environment: { DATABASE_URL: 'postgresql://own' },
    isToBeSeeded: true,
  })
}

test('nothing that only production may reach is left to a preview', async () => {
  const settings = await previewOf({
    role: 'arn:aws:iam::123456789012:role/production',
    'command-role': 'arn:aws:iam::123456789012:role/production-migrations',
    secrets: 'KEY=ssm:/production/key',
    'command-environment': 'PASSWORD=of-production',
    'log-group': '/production/log',
    'kms-key': 'arn:aws:kms:eu-west-1:123456789012:key/production',
    'dead-letter-target': 'arn:aws:sqs:eu-west-1:123456789012:production',
    'provisioned-concurrency': '2',
    'vpc-subnets': 'subnet-0a1b2c3d',
    'vpc-security-groups': 'sg-0a1b2c3d',
    'file-systems': '/mnt/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d',
  })
  const own = { ...settings, build: undefined }
  expect(JSON.stringify(own)).not.toMatch(/production\b(?!Concurrency)|access-point/)
  expect(own.provisionedConcurrency).toBeUndefined()
})

test.each([
  ['s3://uploads/production', 's3://uploads/production/previews'],
  ['auto', 'auto-previews/shop'],
])('uploads to %s: not where those of the function lie', async (uploadBucket, expected) => {
  expect((await previewOf({ 'upload-bucket': uploadBucket })).uploadBucket).toBe(expected)
  expect((await previewOf({})).uploadBucket).toBeUndefined()
})

test('what a preview has of its own', async () => {
  const settings = await previewOf({
    'preview-role': 'arn:aws:iam::123456789012:role/previews',
    'preview-secrets': 'KEY=ssm:/previews/{{pr}}/key',
    environment: 'DATABASE_URL=shared\nDEBUG=0',
    'preview-environment': 'CACHE_PREFIX={{preview}}',
    'preview-seed': 'manage loaddata demo',
    'before-traffic': 'manage check',
    'preview-concurrency': '2',
  })
  expect(settings).toMatchObject({
    functionName: 'shop-pr-7',
    role: 'arn:aws:iam::123456789012:role/previews',
    secrets: { KEY: 'ssm:/previews/7/key' },
    environment: { DATABASE_URL: 'postgresql://own', DEBUG: '0', CACHE_PREFIX: 'shop-pr-7' },
    beforeTraffic: ['manage check', 'manage loaddata demo'],
    functionUrl: 'public',
    logRetention: '7',
    tags: { 'managed-by': 'wsgi-lambda', 'wsgi-lambda:pr': '7' },
  })
  expect(String(settings.reservedConcurrency)).toBe('2')
})

test.each([
  [undefined, undefined],
  ['s3://files', 's3://files/pr-7'],
  ['s3://files/shop/', 's3://files/shop-pr-7'],
])('static files of %s: %s', (address, expected) => {
  expect(staticAddressOf(address, IDENTITY)).toBe(expected)
})

test.each([
  ['a new database', 'postgresql/database/shop_pr_7/shop_pr_7', false, true],
  ['one that was seeded', 'postgresql/database/shop_pr_7/shop_pr_7', true, false],
  ['a file of SQLite, which each version has anew', 'sqlite', true, true],
])('seeded is %s', (_, database, isSeeded, expected) => {
  expect(hasNewData({ database, isSeeded })).toBe(expected)
})

test.each([160, 165, 166, 170, 180, 400])('a prefix of %d characters: the same place whatever the number', (length) => {
  const address = `s3://${'b'.repeat(63)}/${'p'.repeat(length)}`
  const addresses = [1, 12, 9_999_999_999].map((pull) => staticAddressOf(address, { pull }) ?? '')
  expect(new Set(addresses.map((each) => each.replace(/\d+$/, ''))).size).toBe(1)
  // Lambda developer guide, "Use tags on Lambda functions".
  for (const each of addresses) expect(each.length).toBeLessThanOrEqual(256)
})
