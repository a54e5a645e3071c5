import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { findViolations } from '../scripts/check-imports.ts'

const violations = (files: Readonly<Record<string, string>>): string[] => findViolations(new Map(Object.entries(files)))

describe('imports run downwards', () => {
  test.each([
    ['a front door knows everything', 'src/cli-run.ts', './commands/deploy.ts'],
    ['the doors know each other', 'src/cli.ts', './cli-run.ts'],
    ['a use case plans a release', 'src/commands/deploy.ts', '../release/plan.ts'],
    ['clients translate errors', 'src/aws/errors.ts', '../errors.ts'],
    ['clients report', 'src/aws/lambda.ts', '../report/reporter.ts'],
    ['a folder knows itself', 'src/release/apply.ts', './plan.ts'],
    ['a nested folder belongs to its place', 'src/report/html/page.ts', '../console.ts'],
  ])('%s', (_, from, to) => {
    expect(violations({ [from]: `import { x } from '${to}'` })).toEqual([])
  })

  test.each([
    ['src/platform/target.ts', '../settings/schema.ts', 'platform does not know settings, which is above it.'],
    ['src/errors.ts', './report/problem.ts', 'errors.ts does not know report, which is above it.'],
    ['src/commands/deploy.ts', '../cli.ts', 'commands does not know cli.ts, which is above it.'],
    ['src/aws/lambda.ts', '../github/cache.ts', 'aws does not know github, which is beside it.'],
    ['src/errors.ts', './version.ts', 'errors.ts does not know version.ts, which is beside it.'],
    ['src/builder/uv.ts', '../wheels/store.ts', 'builder does not know wheels, which is above it.'],
  ])('%s may not import %s', (from, to, sentence) => {
    expect(violations({ [from]: `\n\nimport { x } from '${to}'` })).toEqual([`${from}:3: ${sentence}`])
  })

  test.each([
    ['a type', "import type { Settings } from '../settings/schema.ts'"],
    ['a type among values', "import { type Settings } from '../settings/schema.ts'"],
    ['an effect', "import '../settings/schema.ts'"],
    ['what is loaded later', "export const x = await import('../settings/schema.ts')"],
    ['the type of an import', "export type X = import('../settings/schema.ts').Settings"],
    ['what is passed on', "export { x } from '../settings/schema.ts'"],
    ['all that is passed on', "export * from '../settings/schema.ts'"],
    ['a type that is passed on', "export type { Settings } from '../settings/schema.ts'"],
  ])('%s counts', (_, line) => {
    expect(violations({ 'src/platform/target.ts': line })).toEqual([
      'src/platform/target.ts:1: platform does not know settings, which is above it.',
    ])
  })

  test('what only looks like an import does not count', () => {
    const source = "// import { x } from '../settings/schema.ts'\nexport const y = `import '../settings/schema.ts'`\n"
    expect(violations({ 'src/platform/target.ts': source })).toEqual([])
  })

  test('the line of an import over several lines is the one that names the file', () => {
    const source = "import {\n  a,\n  b,\n} from '../settings/schema.ts'\n"
    expect(violations({ 'src/platform/target.ts': source })).toEqual([
      'src/platform/target.ts:4: platform does not know settings, which is above it.',
    ])
  })

  test('nothing outside of src/ is imported', () => {
    expect(violations({ 'src/version.ts': "import { version } from '../package.json'" })).toEqual([
      'src/version.ts:1: ../package.json leaves src/.',
    ])
  })

  test('a folder that has no place in the order is named', () => {
    expect(violations({ 'src/helpers/text.ts': '' })).toEqual([
      'src/helpers/text.ts:1: src/helpers is not in the order of layers: add it to scripts/check-imports.ts.',
    ])
  })
})

describe('imports never run in a circle', () => {
  test('two files of one folder', () => {
    const files = { 'src/aws/a.ts': "import './b.ts'", 'src/aws/b.ts': "\nimport type { A } from './a.ts'" }
    expect(violations(files)).toEqual([
      'src/aws/b.ts:2: imports run in a circle: src/aws/a.ts → src/aws/b.ts → src/aws/a.ts.',
    ])
  })

  test('a file and itself', () => {
    expect(violations({ 'src/aws/a.ts': "import './a.ts'" })).toEqual([
      'src/aws/a.ts:1: imports run in a circle: src/aws/a.ts → src/aws/a.ts.',
    ])
  })

  test('each circle is named once, however it is reached', () => {
    const files = {
      'src/aws/entry.ts': "import './b.ts'\nimport './a.ts'",
      'src/aws/a.ts': "import './b.ts'",
      'src/aws/b.ts': "import './c.ts'",
      'src/aws/c.ts': "import './a.ts'",
    }
    expect(violations(files)).toEqual([
      'src/aws/a.ts:1: imports run in a circle: src/aws/b.ts → src/aws/c.ts → src/aws/a.ts → src/aws/b.ts.',
    ])
  })

  test('two ways to one file are no circle', () => {
    const files = {
      'src/aws/a.ts': "import './b.ts'\nimport './c.ts'",
      'src/aws/b.ts': "import './d.ts'",
      'src/aws/c.ts': "import './d.ts'",
      'src/aws/d.ts': '',
    }
    expect(violations(files)).toEqual([])
  })
})

describe('only some files know some packages', () => {
  test.each([
    ['src/action.ts', '@actions/core'],
    ['src/action-wiring.ts', '@actions/core'],
    ['src/report/actions.ts', '@actions/core'],
    ['src/builder/process.ts', '@actions/exec'],
    ['src/store/cache-task.ts', '@actions/cache'],
    ['src/builder/docker.ts', 'dockerode'],
    ['src/builder/docker-engine.ts', 'dockerode'],
    ['src/aws/lambda.ts', '@aws-sdk/client-lambda'],
    ['src/remote/command.ts', 'node:fs'],
    ['src/settings/schema.ts', 'valibot'],
  ])('%s may import %s', (from, name) => {
    expect(violations({ [from]: `import '${name}'` })).toEqual([])
  })

  test.each([
    ['src/cli-run.ts', '@actions/core'],
    ['src/action-commands.ts', '@actions/core'],
    ['src/report/summary.ts', '@actions/core'],
    ['src/builder/host.ts', '@actions/exec'],
    ['src/store/cache.ts', '@actions/cache'],
    ['src/builder/host.ts', 'dockerode'],
    ['src/action.ts', 'dockerode'],
    ['src/commands/deploy.ts', '@aws-sdk/client-lambda'],
    ['src/release/apply.ts', '@smithy/types'],
  ])('%s may not import %s', (from, name) => {
    expect(violations({ [from]: `export const load = () => import('${name}')` })).toEqual([
      `${from}:1: ${name} is not for this file.`,
    ])
  })
})

test('the rules see the imports of a real file', () => {
  const text = readFileSync(new URL('../src/commands/deploy.ts', import.meta.url), 'utf8')
  // The same file, as if it stood at the bottom of the house.
  expect(violations({ 'src/report/deploy.ts': text })).toEqual(
    expect.arrayContaining([expect.stringMatching(/^src\/report\/deploy\.ts:\d+: report does not know release/)]),
  )
})
