import { expect, test } from '@jest/globals'
import { identityOf } from '../../src/preview/identity.ts'
import { refuseOtherRole } from '../../src/preview/role.ts'
import { writeTags } from '../../src/preview/tags.ts'

const pull = { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' }
const here = identityOf('shop', pull, '123456789012/eu-west-1')
const there = identityOf('shop', pull, '123456789012/us-east-1')
const tagsOf = (identity: typeof here) =>
  writeTags({
    ...{
      ...identity,
      headSha: undefined,
      run: undefined,
      created: '',
      expires: '',
      database: 'none',
      static: undefined,
    },
    ...{ databaseAdmin: undefined, databaseAccess: undefined, role: 'shop-pr-7-role', logGroup: undefined },
    isSeeded: false,
  })
const makesRole = { createRole: true, previewRole: undefined }

test.each([
  ['none', undefined],
  ['one that was made for it', tagsOf(here)],
])('%s under the name of its role is fine', async (_, tags) => {
  await refuseOtherRole(makesRole, here, () => Promise.resolve(tags))
})

test.each([
  ['that of a preview in another region', tagsOf(there)],
  ['one of somebody else', {}],
])('%s is refused', async (_, tags) => {
  await expect(refuseOtherRole(makesRole, here, () => Promise.resolve(tags))).rejects.toMatchObject({
    title: 'The role shop-pr-7-role exists, and was not made for this preview',
    detail: 'Its tags do not say that it was made for shop-pr-7 in 123456789012/eu-west-1.',
  })
})

test.each([
  { createRole: false, previewRole: undefined },
  { createRole: true, previewRole: 'arn:aws:iam::123456789012:role/shop-preview' },
])('nobody is asked where none is made: %j', async (settings) => {
  await refuseOtherRole(settings, here, () => Promise.reject(new Error('asked')))
})
