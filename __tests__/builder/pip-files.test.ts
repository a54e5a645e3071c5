import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { withPipFiles } from '../../src/builder/pip-files.ts'
import { folderWith } from '../settings/project-folder.ts'

const [OWN, OTHER] = ['https://me:secret@own.example/simple', 'https://other.example/simple']

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['an index', `[global]\nindex-url = ${OWN}\n`, { PIP_INDEX_URL: OWN }],
  ['as old files write it', `[global]\nINDEX_URL: ${OWN}\n`, { PIP_INDEX_URL: OWN }],
  [
    'several, line by line',
    `[global]\nextra-index-url =\n    ${OWN}\n    # not that one\n    ${OTHER}\ntimeout = 5\n`,
    { PIP_EXTRA_INDEX_URL: `${OWN} ${OTHER}` },
  ],
  ['of the command that is run', `[download]\nindex-url=${OWN}\n[global]\nindex-url=${OTHER}`, { PIP_INDEX_URL: OWN }],
  ['of another command', `[install]\nindex-url = ${OWN}\n`, {}],
  ['none', '[global]\nindex-url =\n; index-url = x\n', {}],
])('%s', async (_, text, expected) => {
  const home = await folderWith({ 'pip.conf': text })
  const environment = { HOME: home, PIP_CONFIG_FILE: join(home, 'pip.conf') }
  expect(await withPipFiles(environment)).toEqual({ ...expected, ...environment })
})

test('a file that is named stands for the user’s, and a variable for both', async () => {
  const home = await folderWith({
    '.config/pip/pip.conf': `[global]\nindex-url = ${OWN}\nextra-index-url = ${OWN}\n`,
    'pip.conf': `[global]\nindex-url = ${OTHER}\n`,
  })
  const named = { HOME: home, PIP_CONFIG_FILE: join(home, 'pip.conf') }
  expect(await withPipFiles({ HOME: home })).toEqual({ HOME: home, PIP_INDEX_URL: OWN, PIP_EXTRA_INDEX_URL: OWN })
  expect(await withPipFiles(named)).toEqual({ ...named, PIP_INDEX_URL: OTHER })
  expect(await withPipFiles({ HOME: home, PIP_CONFIG_FILE: '/dev/null' })).not.toHaveProperty('PIP_INDEX_URL')
  expect(await withPipFiles({ ...named, PIP_INDEX_URL: 'x' })).toEqual({ ...named, PIP_INDEX_URL: 'x' })
})
