import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { actionlint, ensureActionlint, ensureZizmor, zizmor } from '../../scripts/environment/linters.ts'
import { notTried } from '../support/optional.ts'
import { fencesIn, filesBelow } from '../support/pages.ts'

const EXAMPLES = filesBelow('examples/workflows', /(?<!gitlab-ci)\.yml$/)
const OWN = filesBelow('.github/workflows', /\.yml$/)

let folder: string
/** The snippets of the pages, each in a file that is named for its place. */
let snippets: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-snippets-'))
  await mkdir(join(folder, '.github/workflows'), { recursive: true })
  snippets = await Promise.all(
    fencesIn('yaml', 'yml').flatMap(([place, { text }]) => {
      const workflow = asWorkflow(text)
      if (workflow === undefined) return []
      const path = join(folder, '.github/workflows', `${place.replaceAll(/\W+/g, '-')}.yml`)
      return writeFile(path, workflow).then(() => path)
    }),
  )
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What is shown, within the workflow that its reader would put it into; undefined for what is for another program. */
function asWorkflow(text: string): string | undefined {
  const value: unknown = parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  if ('jobs' in value) return 'on' in value ? text : `on: push\npermissions: {}\n${text}`
  if (!Array.isArray(value) || !value.every((each) => 'uses' in each || 'run' in each)) return undefined
  const steps = text.replaceAll(/^/gm, '      ')
  const job = `jobs:\n  shown:\n    runs-on: ubuntu-latest\n    permissions: { contents: read }\n    steps:\n${steps}\n`
  return `on: push\npermissions: {}\n${job}`
}

test('pages show workflows', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(4)
})

test('actionlint finds nothing in the examples, the workflows of this repository and the snippets of the pages', async () => {
  const found = await ensureActionlint()
  if ('missing' in found) {
    notTried(found.missing)
    return
  }
  const wrong = join(folder, 'wrong.yml')
  await writeFile(
    wrong,
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.of }}\n',
  )
  expect(await actionlint(found.path, [wrong])).toContain('undefined variable "nothing"')
  expect(await actionlint(found.path, [...EXAMPLES, ...OWN])).toBe('')
  expect(await actionlint(found.path, snippets)).toBe('')
}, 300_000)

test('zizmor finds nothing in them, nor in action.yml', async () => {
  const found = await ensureZizmor()
  if ('missing' in found) {
    notTried(found.missing)
    return
  }
  const wrong = join(folder, 'wrong.yml')
  const unpinned =
    'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: other/action@v1\n'
  await writeFile(wrong, unpinned)
  expect(await zizmor(found.path, [wrong])).toContain('unpinned-uses')
  expect(await zizmor(found.path, [...EXAMPLES, ...OWN, 'action.yml'])).toBe('')
  expect(await zizmor(found.path, snippets)).toBe('')
}, 120_000)

test('zizmor takes the examples at its strictest', async () => {
  const found = await ensureZizmor()
  if ('missing' in found) {
    notTried(found.missing)
    return
  }
  expect(await zizmor(found.path, ['--pedantic', ...EXAMPLES])).toBe('')
}, 120_000)
