import { describe, expect, test } from '@jest/globals'
import { identityOf, previewName } from '../../src/preview/identity.ts'
import { isSamePreview, type PreviewTags, readTags, SEEDED_TAG, searchTags, writeTags } from '../../src/preview/tags.ts'

const LONG = 'x'.repeat(70)
const pull = { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' }
const PLACE = '123456789012/eu-west-1'

describe('the name of a preview', () => {
  test.each([
    ['shop', 7, 'shop-pr-7'],
    ['x'.repeat(59), 7, `${'x'.repeat(59)}-pr-7`],
  ])('%s, %s', (base, number, name) => {
    expect(previewName(base, number)).toBe(name)
  })

  test('is shortened where it must be, and never in its number', () => {
    for (const number of [1, 123, 9_007_199_254_740_991]) {
      const name = previewName(LONG, number)
      expect(name).toHaveLength(64)
      expect(name).toMatch(new RegExp(`^x+-[0-9a-f]{8}-pr-${number}$`))
    }
  })

  test('stays another for another function, however long they are', () => {
    expect(previewName(`${LONG}a`, 7)).not.toBe(previewName(`${LONG}b`, 7))
  })
})

describe('tags', () => {
  const tags: PreviewTags = {
    ...identityOf('shop', pull, PLACE),
    headSha: 'a'.repeat(40),
    run: '123',
    created: '2026-11-23T12:00:00.000Z',
    expires: '2026-11-30T12:00:00.000Z',
    database: 'postgresql/database/shop_pr_7/shop_pr_7',
    databaseAdmin: 'secretsmanager:shop/preview#url',
    databaseAccess: 'runner',
    static: 's3://static/shop-pr-7',
    role: 'shop-pr-7-role',
    logGroup: '/aws/lambda/shop-pr-7',
    isSeeded: false,
  }
  const least: PreviewTags = {
    ...tags,
    ...{ headSha: undefined, run: undefined, database: 'none', databaseAdmin: undefined, databaseAccess: undefined },
    ...{ static: undefined, role: undefined, logGroup: undefined },
  }

  test.each([
    ['all', tags],
    ['the least', least],
    ['seeded', { ...tags, isSeeded: true }],
  ])('are read as they were written: %s', (_, written) => {
    expect(readTags('shop-pr-7', writeTags(written))).toEqual(written)
  })

  test('hold what AWS takes', () => {
    // Lambda developer guide, "Use tags on Lambda functions".
    for (const [key, value] of Object.entries(writeTags({ ...tags, repository: 'octo/shöp’s!' }))) {
      expect(key.length).toBeLessThanOrEqual(128)
      expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u)
    }
  })

  test('find what they are written for', () => {
    const all = writeTags(tags)
    for (const [key, value] of Object.entries(searchTags(pull, 7))) expect(all[key]).toBe(value)
    expect(Object.keys(searchTags(pull))).toEqual(['managed-by', 'wsgi-lambda:host', 'wsgi-lambda:repository'])
  })

  test('add that the database was filled', () => {
    expect(readTags('shop-pr-7', { ...writeTags(tags), ...SEEDED_TAG })?.isSeeded).toBe(true)
  })

  const written = writeTags(tags)
  test.each([
    ['another name', 'shop-pr-8', written],
    ['nothing', 'shop-pr-7', {}],
    ['another manager', 'shop-pr-7', { ...written, 'managed-by': 'terraform' }],
    ['no repository', 'shop-pr-7', { ...written, 'wsgi-lambda:repository': 'octo' }],
    ['no host', 'shop-pr-7', { ...written, 'wsgi-lambda:host': '' }],
    ['no place', 'shop-pr-7', { ...written, 'wsgi-lambda:place': '' }],
    ['no number', 'shop-pr-7', { ...written, 'wsgi-lambda:pr': '7; 8' }],
    ['a number that is written otherwise', 'shop-pr-7', { ...written, 'wsgi-lambda:pr': '07' }],
    ['another function', 'shop-pr-7', { ...written, 'wsgi-lambda:preview': 'bank' }],
  ])('that prove nothing are no tags: %s', (_, name, found) => {
    expect(readTags(name, found)).toBeUndefined()
  })

  test.each([
    ['the same', { ...pull }, PLACE, true],
    ['renamed', { ...pull, repository: 'octo/store' }, PLACE, true],
    ['another repository', { ...pull, repositoryId: '43' }, PLACE, false],
    ['that of another host with the same number', { ...pull, host: 'git.example.com' }, PLACE, false],
    ['another region', pull, '123456789012/us-east-1', false],
    ['another account', pull, '210987654321/eu-west-1', false],
  ])('tell one preview from another: %s', (_, other, place, isSame) => {
    expect(isSamePreview(tags, identityOf('shop', other, place))).toBe(isSame)
  })
})
