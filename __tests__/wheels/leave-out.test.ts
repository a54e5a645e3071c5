import { expect, test } from '@jest/globals'
import type { Pin } from '../../src/requirements/pins.ts'
import { withoutDistributions, withoutRuntimeSdk } from '../../src/wheels/leave-out.ts'

/** `'six < python-dateutil, '` says that python-dateutil and the project need six; without `<` nobody knows. */
function pinned(...lines: readonly string[]): Pin[] {
  return lines.map((line) => {
    const [name = '', requiredBy] = line.split(' < ')
    return {
      name,
      version: '1.0',
      hashes: [],
      source: { kind: 'index' },
      requiredBy:
        requiredBy === undefined ? [] : requiredBy.split(', ').map((other) => (other === 'project' ? '' : other)),
      location: undefined,
    }
  })
}

const SDK = [
  'boto3 < project',
  'botocore < boto3, s3transfer',
  's3transfer < boto3',
  'jmespath < boto3, botocore',
  'python-dateutil < botocore',
  'six < python-dateutil',
]

test.each([
  [
    'the project alone needs it',
    [...SDK, 'urllib3 < botocore'],
    ['boto3', 'botocore', 's3transfer', 'jmespath', 'python-dateutil', 'six', 'urllib3'],
  ],
  [
    'another needs a part',
    [...SDK, 'urllib3 < botocore, requests', 'requests < project'],
    ['boto3', 'botocore', 's3transfer', 'jmespath', 'python-dateutil', 'six'],
  ],
  [
    'the project needs a part that others use too',
    [...SDK, 'urllib3 < botocore, project'],
    ['boto3', 'botocore', 's3transfer', 'jmespath', 'python-dateutil', 'six'],
  ],
  [
    'another insists on a part, and that part needs others',
    [
      ...SDK.filter((line) => !line.startsWith('botocore')),
      'botocore < boto3, s3transfer, aiobotocore',
      'urllib3 < botocore',
      'aiobotocore < project',
    ],
    ['boto3', 's3transfer'],
  ],
  [
    'nobody tells who needs what',
    ['boto3', 'botocore', 'jmespath', 's3transfer', 'six', 'urllib3', 'requests'],
    ['boto3', 'botocore', 'jmespath', 's3transfer'],
  ],
  ['it is not there', ['django < project', 'six < project'], []],
])('the SDK is left to the runtime: %s', (_, lines, leftOut) => {
  const pins = pinned(...lines)
  const shortened = withoutRuntimeSdk(pins)
  expect(shortened.leftOut.toSorted()).toEqual(leftOut.toSorted())
  expect(shortened.pins).toEqual(pins.filter(({ name }) => !leftOut.includes(name)))
})

test.each([
  [
    'one that nothing else needs',
    ['django < project', 'gunicorn < project', 'packaging < gunicorn'],
    ['gunicorn'],
    ['gunicorn', 'packaging'],
  ],
  ['whatever way its name is written', ['zope-interface < project'], ['Zope.Interface'], ['zope-interface']],
  [
    'what another needs too stays',
    ['black < project', 'gunicorn < project', 'packaging < gunicorn, black'],
    ['gunicorn'],
    ['gunicorn'],
  ],
  [
    'what the project needs too stays',
    ['gunicorn < project', 'packaging < gunicorn, project'],
    ['gunicorn'],
    ['gunicorn'],
  ],
  ['one that another needs goes nevertheless', ['django < project', 'sqlparse < django'], ['sqlparse'], ['sqlparse']],
  ['down to the last', ['a < project', 'b < a', 'c < b', 'd < c, project'], ['a'], ['a', 'b', 'c']],
  ['those that need each other', ['a < project', 'b < a, c', 'c < b'], ['a'], ['a', 'b', 'c']],
  [
    'those that need each other and that somebody needs',
    ['a < project', 'b < a, c', 'c < b, d', 'd < project'],
    ['a'],
    ['a'],
  ],
  ['what nobody is known to need stays', ['a < project', 'b', 'c < b'], ['a'], ['a']],
  ['what somebody needs who is not on the list stays', ['a < project', 'b < a, elsewhere'], ['a'], ['a']],
  ['what was in a circle of its own before stays', ['a < project', 'b < c', 'c < b'], ['a'], ['a']],
  ['a name that is not on the list', ['a < project'], ['z'], []],
  ['two of them', ['a < project', 'b < project', 'c < a, b'], ['a', 'b'], ['a', 'b', 'c']],
])('left out: %s', (_, lines, names, leftOut) => {
  const pins = pinned(...lines)
  const shortened = withoutDistributions(pins, names)
  expect(shortened.leftOut).toEqual(leftOut)
  expect(shortened.pins).toEqual(pins.filter(({ name }) => !leftOut.includes(name)))
})
