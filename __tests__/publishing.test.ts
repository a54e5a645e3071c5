import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import {
  type ReleaseFiles,
  readReleaseFiles,
  releaseMistakes,
  statedVersions,
} from '../.github/scripts/check-release.ts'

const FAKE_GH = `
case "$*" in
  'release view v1.10.0 '*) [ -n "$DRAFT" ] && echo "$DRAFT" ;;
  'release list '*) [ -z "$RELEASES" ] || echo "$RELEASES" ;;
  'api repos/o/r/git/matching-refs/tags/v1.10.0 '*) [ -z "$TAGS" ] || echo "$TAGS" ;;
  'api repos/o/r/actions/workflows/ci.yml/runs?head_sha=c0ffee&event=push&status=success '*) echo "$PASSED" ;;
  'api --silent repos/o/r/git/ref/tags/v1') [ -n "$EXISTING" ] ;;
  'api --method '*) echo "$*" ;;
  *) echo "unexpected: gh $*" >&2; exit 1 ;;
esac`

const changelog = (heading: string, entry = '- A thing.') =>
  `# Changelog\n\n## [Unreleased]\n\n${heading}\n\n### Added\n\n${entry}\n\n## [1.3.0] - 2029-12-01\n\n- Another.\n`

const agreeing: ReleaseFiles = {
  'package.json': JSON.stringify({
    version: '1.4.0',
    repository: { url: 'git+https://github.com/someone/wsgi-lambda.git' },
  }),
  'src/version.ts': "/** Ours. */\nexport const VERSION = '1.4.0'\n",
  'runtime/pyproject.toml': '[project]\nname = "wsgi-lambda"\nversion = "1.4.0"\n',
  'runtime/wsgi_lambda/version.py': '"""Ours."""\n\nVERSION = "1.4.0"\n',
  'CHANGELOG.md': changelog('## [1.4.0] - 2030-01-31'),
}
const withText = (path: keyof ReleaseFiles, text: string) => ({ ...agreeing, [path]: text })
const withReplaced = (path: keyof ReleaseFiles, from: string, to: string) =>
  withText(path, agreeing[path].replace(from, to))

test('every file of this tree states one version', () => {
  expect([...new Set(Object.values(statedVersions(readReleaseFiles())))]).toEqual([
    expect.stringMatching(/^\d+\.\d+\.\d+$/),
  ])
})

test('a tree whose files agree may be released', () => {
  expect(releaseMistakes('1.4.0', 'someone/wsgi-lambda', agreeing)).toEqual([])
})

test.each<[string, ReleaseFiles, string]>([
  [
    'the version of package.json',
    withReplaced('package.json', '1.4.0', '1.3.0'),
    'package.json has version 1.3.0: make it 1.4.0.',
  ],
  ['the version of the programs', withReplaced('src/version.ts', '1.4.0', '1.4.1'), 'src/version.ts has version 1.4.1'],
  [
    'the version of the distribution',
    withReplaced('runtime/pyproject.toml', '1.4.0', '1.4.1'),
    'runtime/pyproject.toml has version 1.4.1',
  ],
  [
    'no version of the distribution',
    withText('runtime/pyproject.toml', '[tool.x]\n'),
    'runtime/pyproject.toml has version undefined',
  ],
  [
    'no version of the runtime',
    withText('runtime/wsgi_lambda/version.py', ''),
    'runtime/wsgi_lambda/version.py has version undefined',
  ],
  ['no section', withText('CHANGELOG.md', changelog('')), 'CHANGELOG.md has no "## [1.4.0]'],
  ['a section without a date', withText('CHANGELOG.md', changelog('## [1.4.0]')), 'CHANGELOG.md has no'],
  [
    'a section of a longer version',
    withText('CHANGELOG.md', changelog('## [1.4.01] - 2030-01-31')),
    'CHANGELOG.md has no',
  ],
  ['an empty section', withText('CHANGELOG.md', changelog('## [1.4.0] - 2030-01-31', '')), 'CHANGELOG.md has no'],
  [
    'no repository',
    withText('package.json', '{"version": "1.4.0"}'),
    'package.json has repository.url undefined: make it git+https:',
  ],
  [
    'the repository of somebody else',
    withReplaced('package.json', 'someone', 'SomeOne'),
    'package.json has repository.url git+https:',
  ],
])('%s stands in the way, alone', (_, files, mistake) => {
  const mistakes = releaseMistakes('1.4.0', 'someone/wsgi-lambda', files)
  expect(mistakes).toEqual([expect.stringContaining(mistake)])
})

test('every mistake is told at once', () => {
  expect(releaseMistakes('2.0.0', 'other/name', agreeing)).toHaveLength(6)
})

/** The scripts of release.yml, with a `gh` that answers from a folder of files, one for each question. */
describe('the release workflow', () => {
  const { jobs } = parse(readFileSync(new URL('../.github/workflows/release.yml', import.meta.url), 'utf8')) as {
    jobs: Record<string, { steps: readonly { name?: string; run?: string }[] }>
  }
  const folder = mkdtempSync(join(tmpdir(), 'wsgi-lambda-release-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const gh = join(folder, 'gh')
  writeFileSync(gh, `#!/usr/bin/env bash\n${FAKE_GH}`)
  chmodSync(gh, 0o755)

  const runJob = (name: string, environment: Record<string, string>) => {
    const output = join(folder, 'output')
    writeFileSync(output, '')
    const script = jobs[name]?.steps.find((step) => step.run)?.run ?? 'exit 99'
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
        GITHUB_OUTPUT: output,
        GH_REPO: 'o/r',
        ...environment,
      },
    })
    return { status, said: stdout + stderr, output: readFileSync(output, 'utf8') }
  }

  const ready = {
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: 'c0ffee',
    VERSION: '1.10.0',
    DRAFT: 'true c0ffee 42',
    TAGS: 'refs/tags/v1.10.0-rc.1',
    RELEASES: 'v1.9.0\nv1.2.0',
    PASSED: '1',
  }

  test('goes on with a draft of the commit that passed', () => {
    expect(runJob('check', ready)).toEqual({ status: 0, said: '', output: 'release-id=42\n' })
    expect(runJob('check', { ...ready, TAGS: '', RELEASES: '' })).toMatchObject({ status: 0 })
  })

  test.each([
    ['another branch', { GITHUB_REF: 'refs/heads/next' }, 'Releases are made from main'],
    ['a version with a "v"', { VERSION: 'v1.10.0' }, 'must be MAJOR.MINOR.PATCH'],
    ['a pre-release', { VERSION: '1.10.0-rc.1' }, 'must be MAJOR.MINOR.PATCH'],
    ['a leading zero', { VERSION: '1.010.0' }, 'must be MAJOR.MINOR.PATCH'],
    ['two lines', { VERSION: '1.10.0\n::warning::x' }, 'must be MAJOR.MINOR.PATCH'],
    ['no draft', { DRAFT: '' }, 'There is no release v1.10.0'],
    ['a published release', { DRAFT: 'false c0ffee 42' }, 'is published already'],
    ['a draft of another commit', { DRAFT: 'true beef 42' }, 'The draft is of beef, this run of c0ffee'],
    ['a draft of a branch', { DRAFT: 'true main 42' }, 'The draft is of main'],
    ['a tag that exists', { TAGS: 'refs/tags/v1.10.0' }, 'The tag v1.10.0 exists already'],
    ['a newer release', { RELEASES: 'v1.9.0\nv1.11.0' }, 'v1.10.0 is older than v1.11.0'],
    ['a commit that did not pass', { PASSED: '0' }, 'CI has not passed on c0ffee'],
  ])('stops at %s', (_, change, reason) => {
    const { status, said, output } = runJob('check', { ...ready, ...change })
    expect(said).toMatch(/^::error title=Not released::.*\n$/)
    expect(said).toContain(reason)
    expect({ status, output }).toEqual({ status: 1, output: '' })
  })

  test.each([
    [
      'moves the major tag',
      'v1',
      'api --method PATCH repos/o/r/git/refs/tags/v1 --raw-field sha=c0ffee --field force=true\n',
    ],
    [
      'makes it the first time',
      '',
      'api --method POST repos/o/r/git/refs --raw-field ref=refs/tags/v1 --raw-field sha=c0ffee\n',
    ],
  ])('%s', (_, existing, call) => {
    expect(runJob('major-tag', { ...ready, EXISTING: existing })).toMatchObject({ status: 0, said: call })
  })
})
