import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { PinSource } from '../../src/requirements/pins.ts'
import { isPublicOnly, isPublicPin, isWithoutIndex } from '../../src/requirements/public-index.ts'
import { PUBLIC_FILES, PUBLIC_INDEX } from '../support/public-index.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
})
afterEach(async () => {
  await rm(home, { recursive: true })
})

const COMPANY = 'https://packages.example.org/simple'

test.each([
  ['nothing is set', {}, [], true],
  ['the public index by name', { PIP_INDEX_URL: `${PUBLIC_INDEX}/` }, [], true],
  ['an index of a company', { PIP_INDEX_URL: COMPANY }, [], false],
  ['an index beside the public one', { UV_INDEX: COMPANY, UV_DEFAULT_INDEX: PUBLIC_INDEX }, [], false],
  ['the second of two addresses', { PIP_EXTRA_INDEX_URL: `${PUBLIC_INDEX} ${COMPANY}` }, [], false],
  [
    'a host that begins like the public one',
    { PIP_INDEX_URL: PUBLIC_INDEX.replace('/simple', '.example.org/simple') },
    [],
    false,
  ],
  ['credentials in the public address', { PIP_INDEX_URL: PUBLIC_INDEX.replace('//', '//user:pw@') }, [], false],
  ['an option', {}, ['--extra-index-url', COMPANY], false],
  ['an option with its value', {}, [`--index-url=${COMPANY}`], false],
  ['a short option', {}, ['-i', COMPANY], false],
  ['a folder', {}, ['--find-links', 'wheels'], false],
  ['another option', {}, ['--no-binary', 'psycopg2'], true],
])('%s', async (_, variables, options, expected) => {
  expect(await isPublicOnly(options, { HOME: home, ...variables })).toBe(expected)
})

test.each([
  [`[global]\nindex-url = ${PUBLIC_INDEX}\n`, true],
  [`[global]\nindex-url = ${COMPANY}\n`, false],
  [`[global]\ntimeout = 5\nextra-index-url =\n    ${PUBLIC_INDEX}\n    ${COMPANY}\n`, false],
  [`[global]\ntrusted-host =\n    ${COMPANY}\n`, true],
])('pip’s own file: %j', async (text, expected) => {
  const file = join(home, 'pip.conf')
  await writeFile(file, text)
  expect(await isPublicOnly([], { HOME: home, PIP_CONFIG_FILE: file })).toBe(expected)
})

test.each<[PinSource, boolean]>([
  [{ kind: 'index' }, true],
  [{ kind: 'index', index: PUBLIC_INDEX }, true],
  [{ kind: 'index', index: COMPANY }, false],
  [{ kind: 'url', url: `${PUBLIC_FILES}/packages/a/b/c.whl` }, true],
  [{ kind: 'url', url: 'git+ssh://git@example.org/x.git@abc' }, false],
  [{ kind: 'local', path: '/project/lib', isEditable: false }, false],
])('a pin of %j', (source, expected) => {
  const pin = { name: 'a', version: '1', hashes: [], source, requiredBy: [], location: undefined }
  expect(isPublicPin(pin)).toBe(expected)
})

test.each([
  ['1', true],
  ['True', true],
  ['0', false],
  ['', false],
  [undefined, false],
])('PIP_NO_INDEX=%s: no index is asked: %s', (value, expected) => {
  expect(isWithoutIndex({ PIP_NO_INDEX: value })).toBe(expected)
})
