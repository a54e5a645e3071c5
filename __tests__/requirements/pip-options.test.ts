import { describe, expect, test } from '@jest/globals'
import { withoutCredentials } from '../../src/requirements/credentials.ts'
import { downloadOptions, readPipArgs, uvOptions } from '../../src/requirements/pip-options.ts'
import { shellWords } from '../../src/requirements/shell-words.ts'

test.each<[string, readonly string[] | undefined]>([
  ['', []],
  ['  a  b\tc\n', ['a', 'b', 'c']],
  [`'a b' "c d"`, ['a b', 'c d']],
  [`a'b'"c"d`, ['abcd']],
  [String.raw`a\ b "c\"d" 'e\f' "g\h"`, ['a b', 'c"d', String.raw`e\f`, String.raw`g\h`]],
  [`"" ''`, ['', '']],
  [`"it's"`, ["it's"]],
  ['$HOME', ['$HOME']],
  [`'open`, undefined],
])('%j is split as a shell does', (text, words) => {
  expect(shellWords(text)).toEqual(words)
})

describe('pip-args', () => {
  test.each<[string, string[]]>([
    ['--index-url https://x.example/simple', ['--index-url', 'https://x.example/simple']],
    ['-i https://x.example/simple', ['--index-url', 'https://x.example/simple']],
    ['--index-url=https://x.example/simple', ['--index-url', 'https://x.example/simple']],
    ['-ihttps://x.example/simple', ['--index-url', 'https://x.example/simple']],
    ['--no-index -f wheels', ['--no-index', '--find-links', '/srv/app/wheels']],
    ["-f '/opt/my wheels'", ['--find-links', '/opt/my wheels']],
    ['--extra-index-url ${PRIVATE_INDEX}', ['--extra-index-url', '${PRIVATE_INDEX}']],
    ['--no-binary psycopg2,lxml --only-binary :all:', ['--no-binary', 'psycopg2,lxml', '--only-binary', ':all:']],
    ['--pre --no-deps --prefer-binary', ['--prefer-binary']],
    ['-c limits.txt --trusted-host x.example', ['--trusted-host', 'x.example']],
  ])('%s reaches downloading', (pipArgs, options) => {
    expect(downloadOptions(readPipArgs(pipArgs, '/srv/app'))).toEqual(options)
  })

  test('reach uv in its own words', () => {
    const given =
      '--pre --trusted-host x.example --no-deps --no-binary a,b --prefer-binary -i https://x.example --no-index'
    expect(uvOptions(readPipArgs(given, '/srv/app'))).toEqual({
      lines: ['--index-url https://x.example', '--no-index'],
      words: [
        ...['--prerelease', 'allow', '--allow-insecure-host', 'x.example', '--no-deps'],
        ...['--no-binary', 'a', '--no-binary', 'b'],
      ],
    })
  })

  test.each<[string, string, RegExp]>([
    ['--target lib', 'pip-args: --target cannot be used here', /where the distributions are installed/],
    ['--platform=any', 'pip-args: --platform cannot be used here', /runtime and architecture/],
    ['--user', 'pip-args: --user cannot be used here', /Leave it out/],
    ['-r more.txt', 'pip-args: -r cannot be used here', /Set requirements/],
    ['-U', 'pip-args: -U cannot be used here', /resolved anew/],
    ['--cert ca.pem', 'pip-args: --cert cannot be used here', /ca-file/],
    ['--unknown', 'pip-args: --unknown cannot be used here', /--index-url/],
    ['--pre=yes', 'pip-args: --pre cannot be used here', /no value/],
    ['--index-url', 'pip-args: --index-url cannot be used here', /needs a value/],
    ['secret', 'pip-args has a word that is no option', /--index-url/],
    ["'open", 'pip-args: a quote is not closed', /Quote/],
  ])('%s is refused', (pipArgs, title, hint) => {
    expect(() => readPipArgs(pipArgs, '/srv/app')).toThrow(
      expect.objectContaining({ title, hint: expect.stringMatching(hint), exitCode: 2 }),
    )
  })
})

test.each([
  ['https://user:pw@x.example/simple', 'https://x.example/simple'],
  ['https://token@x.example/simple', 'https://x.example/simple'],
  ['https://user:p@w@x.example/simple', 'https://x.example/simple'],
  ['https://${USER}:${PASSWORD}@x.example/simple', 'https://x.example/simple'],
  ['git+https://token@x.example/a.git@main', 'git+https://x.example/a.git@main'],
  ['git+ssh://git@x.example/a.git@main', 'git+ssh://git@x.example/a.git@main'],
  ['git+ssh://git:pw@x.example/a.git', 'git+ssh://x.example/a.git'],
  ['https://x.example/a@1.0/b', 'https://x.example/a@1.0/b'],
  ['two: https://a:b@x.example and https://c:d@y.example.', 'two: https://x.example and https://y.example.'],
])('%s without credentials', (text, expected) => {
  expect(withoutCredentials(text)).toBe(expected)
})
