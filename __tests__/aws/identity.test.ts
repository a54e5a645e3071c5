import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { readRegion } from '../../src/aws/identity.ts'

const variables = { ...process.env }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-profile-'))
  await writeFile(join(folder, 'config'), '[profile shop]\nregion = ap-southeast-2\n')
})
beforeEach(() => {
  const other = Object.entries(variables).filter(([name]) => !name.startsWith('AWS_'))
  const files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  process.env = { ...Object.fromEntries(other), ...files }
})
afterAll(async () => {
  process.env = variables
  await rm(folder, { recursive: true })
})

test.each([
  ['that of the variable', { AWS_REGION: 'us-east-1', AWS_PROFILE: 'shop' }, 'us-east-1'],
  ['that of the profile', { AWS_PROFILE: 'shop' }, 'ap-southeast-2'],
  [
    'that of the profile, whatever other programs take',
    { AWS_PROFILE: 'shop', AWS_DEFAULT_REGION: 'us-east-1' },
    'ap-southeast-2',
  ],
  ['not known where nobody says', {}, undefined],
  ['not known where it is none', { AWS_REGION: '' }, undefined],
])('the region is %s', async (_, given, region) => {
  Object.assign(process.env, given)
  expect(await readRegion({ version: '1' })).toBe(region)
})
