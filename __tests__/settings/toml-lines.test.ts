import { expect, test } from '@jest/globals'
import { lineOfKey } from '../../src/settings/toml-lines.ts'

const TEXT = `[project]
memory = "not this one"

[ tool.wsgi-lambda ] # ours
memory = 1
"function-name" = "shop"
timeout.seconds = 5

[tool.wsgi-lambda.environment]
KEY = "x"

[tool.'wsgi-lambda'.stages.production]
memory = 2
tool.wsgi-lambda.alias = "no"
`

test.each<[string, readonly string[], string, number | undefined]>([
  ['with a value', [], 'memory', 5],
  ['in quotes', [], 'function-name', 6],
  ['as the beginning of a dotted key', [], 'timeout', 7],
  ['as a table', [], 'environment', 9],
  ['of a stage', ['stages', 'production'], 'memory', 13],
  ['that is not there', [], 'alias', undefined],
])('a key %s', (_, table, key, line) => {
  expect(lineOfKey(TEXT, ['tool', 'wsgi-lambda', ...table], key)).toBe(line)
})

test('in a table within the line of its key nothing is found', () => {
  expect(lineOfKey('tool = { wsgi-lambda = { memory = 1 } }', ['tool', 'wsgi-lambda'], 'memory')).toBeUndefined()
})
