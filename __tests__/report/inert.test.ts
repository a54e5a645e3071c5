import { describe, expect, test } from '@jest/globals'
import { inert, inertJson, linesOf } from '../../src/report/inert.ts'
import { PLANTED } from './planted.ts'

test('the corpus is worth its name', () => {
  expect(new Set(PLANTED).size).toBe(PLANTED.length)
  expect(PLANTED.length).toBeGreaterThanOrEqual(60)
})

describe('inert', () => {
  test.each(PLANTED.map((line) => [JSON.stringify(line), line]))('%s', (_, line) => {
    const text = inert(line)
    // Category Cc but tabs; then what TR9 calls explicit formatting, and the marks.
    expect(text).not.toMatch(/[^\P{Cc}\t]/u)
    expect(text).not.toMatch(/\p{Bidi_Control}/u)
    expect(text).not.toMatch(/[\p{Zl}\p{Zp}]/u)
    expect(inert(text)).toBe(text)
  })

  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[38;5;196;48;2;1;2;3mcolours', 'colours'],
    ['\u001b]0;a title\u0007text', 'text'],
    ['\u001b]2;a title\u001b\\text', 'text'],
    ['\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007', 'click'],
    ['\u001b(0line drawing', 'line drawing'],
    ['\u001b7saved\u001b8', 'saved'],
    ['over\rwritten', 'overwritten'],
    ['first\nsecond', 'firstsecond'],
    ['user\u202e admin', 'user admin'],
    ['Invalid URL: https://me:canary@x.example:99999/simple', 'Invalid URL: https://me:****@x.example:99999/simple'],
    [
      'could not connect to "postgres://shop:can@ry@db.example/shop"',
      'could not connect to "postgres://shop:****@db.example/shop"',
    ],
    ['as in postgresql://USER:PASSWORD@HOST/DATABASE.', 'as in postgresql://USER:PASSWORD@HOST/DATABASE.'],
    ['postgresql://shop:PASSWORD@db.example/shop', 'postgresql://shop:****@db.example/shop'],
    ['redis://:canary@cache.example:6379/0 refused', 'redis://:****@cache.example:6379/0 refused'],
    ['git+https://canary@x.example/a.git', 'git+https://****@x.example/a.git'],
  ])('%j becomes %j', (line, text) => {
    expect(inert(line)).toBe(text)
  })

  test.each([
    'plain',
    'tab\there',
    'äöü ß',
    '日本語',
    'עברית',
    'العربية',
    '👩‍💻 🇪🇺',
    '— “quoted” …',
    '',
    '[31m',
    '::',
    '│',
    'git+ssh://git@github.com/octocat/shop.git',
    'https://x.example:8080/@scope/name and mail@x.example',
    'http://127.0.0.1:4566/_aws/lambda-url/abc',
  ])('%j stays as it is', (line) => {
    expect(inert(line)).toBe(line)
  })

  test('takes no time for a long line that is made to take long', () => {
    const lines = [
      '\u001b['.repeat(50_000),
      `\u001b]${'x'.repeat(100_000)}`,
      '\u001b]'.repeat(50_000),
      'a://'.repeat(50_000),
      'a://b:'.repeat(50_000),
    ]
    const started = performance.now()
    for (const line of lines) inert(line)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

test.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\n\n', ['a', '']],
  ['a\r\nb\nc', ['a', 'b', 'c']],
  ['\n', ['']],
])('the lines of %j', (text, lines) => {
  expect(linesOf(text)).toEqual(lines)
})

test.each(PLANTED.map((line) => [JSON.stringify(line), line]))('%s as JSON', (_, line) => {
  const text = inertJson({ line })
  expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Bidi_Control}\p{Zl}\p{Zp}]|##\[/u)
  expect(JSON.parse(text)).toEqual({ line })
})
