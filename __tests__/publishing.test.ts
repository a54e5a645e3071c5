import { expect, test } from '@jest/globals'
import { type ReleaseFiles, releaseMistakes } from '../.github/scripts/check-release.ts'

const changelog = (heading: string, entry = '- A thing.') =>
  `# Changelog\n\n## [Unreleased]\n\n${heading}\n\n### Added\n\n${entry}\n\n## [1.3.0] - 2029-12-01\n\n- Another.\n`

const agreeing: ReleaseFiles = {
  packageJson: JSON.stringify({
    version: '1.4.0',
    repository: { url: 'git+https://github.com/someone/wsgi-lambda.git' },
  }),
  pyproject: '[project]\nname = "wsgi-lambda"\nversion = "1.4.0"\n',
  changelog: changelog('## [1.4.0] - 2030-01-31'),
}

test('a tree whose files agree may be released', () => {
  expect(releaseMistakes('1.4.0', 'someone/wsgi-lambda', agreeing)).toEqual([])
})

test.each<[string, Partial<ReleaseFiles>, RegExp]>([
  [
    'the version of package.json',
    { packageJson: agreeing.packageJson.replace('1.4.0', '1.3.0') },
    /^package.json has version 1\.3\.0/,
  ],
  [
    'the version of the runtime',
    { pyproject: '[project]\nversion = "1.4.1"\n' },
    /^runtime\/pyproject.toml has version 1\.4\.1/,
  ],
  ['no version of the runtime', { pyproject: '[tool.x]\n' }, /^runtime\/pyproject.toml has version undefined/],
  ['no section', { changelog: changelog('') }, /^CHANGELOG.md has no "## \[1\.4\.0\]/],
  ['a section without a date', { changelog: changelog('## [1.4.0]') }, /^CHANGELOG.md has no/],
  ['a section of a longer version', { changelog: changelog('## [1.4.01] - 2030-01-31') }, /^CHANGELOG.md has no/],
  ['an empty section', { changelog: changelog('## [1.4.0] - 2030-01-31', '') }, /^CHANGELOG.md has no/],
  [
    'no repository',
    { packageJson: '{"version": "1.4.0"}' },
    /^package.json has repository.url undefined: make it git\+https:/,
  ],
  [
    'the repository of somebody else',
    { packageJson: agreeing.packageJson.replace('someone', 'SomeOne') },
    /^package.json has repository.url/,
  ],
])('%s stands in the way, alone', (_, change, mistake) => {
  const mistakes = releaseMistakes('1.4.0', 'someone/wsgi-lambda', { ...agreeing, ...change })
  expect(mistakes).toEqual([expect.stringMatching(mistake)])
})

test('every mistake is told at once', () => {
  expect(releaseMistakes('2.0.0', 'other/name', agreeing)).toHaveLength(4)
})
