import { expect, test } from '@jest/globals'
import { canonicalSpecifier, exactVersion, fromPoetry, satisfies } from '../../src/requirements/versions.ts'

test.each([
  ['^1.2.3', '>=1.2.3,<2'],
  ['^1', '>=1,<2'],
  ['^0.2.3', '>=0.2.3,<0.3'],
  ['^0.0.3', '>=0.0.3,<0.0.4'],
  ['^0.0', '>=0.0,<0.1'],
  ['^0', '>=0,<1'],
  ['~1.2.3', '>=1.2.3,<1.3'],
  ['~1.2', '>=1.2,<1.3'],
  ['~1', '>=1,<2'],
  ['~=1.2', '~=1.2'],
  ['1.2.*', '==1.2.*'],
  ['*', ''],
  ['1.2.3', '==1.2.3'],
  ['=1.2.3', '==1.2.3'],
  ['>=1.2,<2', '>=1.2,<2'],
  ['>= 1.2, != 1.3', '>=1.2,!=1.3'],
  ['>=1.2 <2', '>=1.2,<2'],
  ['^2.0 || ^3.0', '>=2.0,<3 || >=3.0,<4'],
  ['>=3.7,!=3.8.*', '>=3.7,!=3.8.*'],
])('Poetry writes %s for %s', (constraint, specifier) => {
  expect(fromPoetry(constraint)).toBe(specifier)
})

test.each([
  ['5.1.15', '>=5.1,<5.2', true],
  ['5.2', '>=5.1,<5.2', false],
  ['5.2', '', true],
  ['5.2', '*', true],
  ['6.0rc1', '>=5', true],
  ['3.1', '>=2.0,<3 || >=3.0,<4', true],
  ['4.0', '>=2.0,<3 || >=3.0,<4', false],
  ['2.5.0+cpu', '===2.5.0+cpu', true],
  ['2.5.0', '===2.5.0+cpu', false],
])('%s satisfies %s: %p', (version, specifier, expected) => {
  expect(satisfies(version, specifier)).toBe(expected)
})

test.each([
  ['==1.2', '1.2'],
  ['=== 1.2', '1.2'],
  ['==1.*', undefined],
  ['>=1.2', undefined],
  ['==1.2,!=1.3', undefined],
  ['', undefined],
])('%s pins %p', (specifier, version) => {
  expect(exactVersion(specifier)).toBe(version)
})

test.each([
  ['< 5.2, >= 5.1', '>=5.1,<5.2', true],
  ['>=1.0-beta', '>=1.0b0', true],
  ['>=5.1', '>=5.2', false],
])('%s and %s are the same: %p', (one, other, expected) => {
  expect(canonicalSpecifier(one) === canonicalSpecifier(other)).toBe(expected)
})
