import { describe, expect, test } from '@jest/globals'
import { identityOf } from '../../src/preview/identity.ts'
import { refuseUnkept } from '../../src/preview/kept.ts'
import { type PreviewTags, readTags, writeTags } from '../../src/preview/tags.ts'

const PULL = { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' }
const TAGS: PreviewTags = {
  ...identityOf('shop', PULL, '123456789012/eu-west-1'),
  ...{ headSha: 'a'.repeat(40), run: '1', created: '2026-11-23T10:00:00.000Z', expires: '2026-11-30T10:00:00.000Z' },
  ...{ database: 'postgresql/database/shop_pr_7/shop_pr_7', databaseAccess: 'runner' },
  ...{ databaseAdmin: 'secretsmanager:shop/admin', static: 's3://bucket/shop-pr-7' },
  ...{ role: 'shop-pr-7-role', logGroup: '/aws/lambda/shop-pr-7', isSeeded: false },
}
const arn = (length: number): string => 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:'.padEnd(length, 'a')

describe('what a removal goes by is read back as it was', () => {
  test.each<Partial<PreviewTags>>([
    {},
    { databaseAdmin: undefined, static: undefined },
    { databaseAdmin: 'given' },
    { databaseAdmin: 'ssm:/shop/preview/admin#url' },
    { databaseAdmin: 'secretsmanager:shop/admin_+=.@-1#DATABASE_URL' },
    { databaseAdmin: arn(256) },
    { databaseAdmin: `${arn(252)}#key` },
    { database: 'command' },
  ])('%j', (part) => {
    const tags = { ...TAGS, ...part }
    refuseUnkept(tags)
    expect(readTags('shop-pr-7', writeTags(tags))).toEqual(tags)
  })
})

describe('what would be read back as something else is refused', () => {
  test.each<[string, Partial<PreviewTags>]>([
    ['preview-database-admin', { databaseAdmin: arn(257) }],
    ['preview-database-admin', { databaseAdmin: `${arn(253)}#key` }],
    ['preview-database-admin', { databaseAdmin: 'secretsmanager:shop/admin#db!url' }],
    ['preview-database-admin', { databaseAdmin: 'secretsmanager:rds!db-1' }],
    ['preview-database-admin', { databaseAdmin: 'ssm:/shop/admin#a#b"c' }],
    ['static', { static: `s3://bucket/${'a'.repeat(250)}-pr-7` }],
    ['static', { static: 's3://bucket/a*b-pr-7' }],
  ])('%s: %j', (setting, part) => {
    const [text = ''] = Object.values(part)
    expect(() => {
      refuseUnkept({ ...TAGS, ...part })
    }).toThrow(
      expect.objectContaining({
        title: `${setting} cannot be kept in a tag`,
        detail: expect.stringMatching(/256 characters/),
        hint: expect.stringMatching(
          setting === 'static' ? /^Give static a shorter value/ : /the secret that preview-database-admin names/,
        ),
      }),
    )
    expect(readTags('shop-pr-7', writeTags({ ...TAGS, ...part }))).not.toEqual({ ...TAGS, ...part })
    expect(text).not.toBe('')
  })
})
