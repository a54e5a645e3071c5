import { expect, test } from '@jest/globals'
import { importTimesOf } from '../../src/artifact/import-times.ts'
import { PLANTED } from '../report/planted.ts'

const IMAGE = 'public.ecr.aws/lambda/python:3.13'
const timesOf = (given: unknown) => importTimesOf(given, IMAGE)

test('what the check prints has names', () => {
  const packages = [
    ['django', 0.2, 0.25],
    ['', 0.1, 0.1],
    ['wsgi_lambda', 0.01, 0.4],
    ['größe', 0.01, 0.01],
  ]
  expect(timesOf({ seconds: 0.4, packages })).toEqual({
    measuredOn: IMAGE,
    seconds: 0.4,
    packages: [
      { package: 'django', selfSeconds: 0.2, cumulativeSeconds: 0.25 },
      { package: '(Python itself)', selfSeconds: 0.1, cumulativeSeconds: 0.1 },
      { package: '(runtime)', selfSeconds: 0.01, cumulativeSeconds: 0.4 },
      { package: 'größe', selfSeconds: 0.01, cumulativeSeconds: 0.01 },
    ],
  })
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'imports'],
  ['no packages', { seconds: 1 }],
  ['no time', { packages: [] }],
  ['a time that is none', { seconds: -1, packages: [] }],
  ['a row that is none', { seconds: 1, packages: ['django'] }],
  ['too short a row', { seconds: 1, packages: [['django', 1]] }],
  ['a name that is a number', { seconds: 1, packages: [[1, 1, 1]] }],
  ['a time that is a text', { seconds: 1, packages: [['django', '1', 1]] }],
])('%s is no picture', (_, given) => {
  expect(timesOf(given)).toBeUndefined()
})

test.each([
  ['that no package has', '::add-mask::x'],
  ['of a module that is imported by its file', 'settings-of-shop'],
  ['of two lines', 'a\nb'],
  ['that is longer than any', 'a'.repeat(101)],
])('a name %s has no row, and the others have', (_, name) => {
  expect(
    timesOf({
      seconds: 2,
      packages: [
        ['django', 1, 1],
        [name, 1, 1],
      ],
    }),
  ).toMatchObject({ seconds: 2, packages: [{ package: 'django' }] })
})

test('what an application might plant as the name of a module is none', () => {
  const taken = PLANTED.filter((text) => timesOf({ seconds: 1, packages: [[text, 1, 1]] })?.packages.length !== 0)
  expect(taken).toEqual([])
})
