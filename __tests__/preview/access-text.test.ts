import { expect, test } from '@jest/globals'
import { accessText } from '../../src/preview/access-text.ts'

test.each([
  [{ functionUrl: undefined, basicAuth: undefined }, undefined],
  [{ functionUrl: 'public', basicAuth: 'none' }, undefined],
  [{ functionUrl: 'public', basicAuth: 'team:correct-horse' }, 'Asks for a user and a password'],
  [{ functionUrl: 'iam', basicAuth: undefined }, 'Takes signed requests only (IAM), which a browser does not send'],
] as const)('whom a preview with %j lets in', (settings, text) => {
  expect(accessText(settings)).toBe(text)
})
