import { expect } from '@jest/globals'
import type { ReleasedCode } from '../../src/release/desired/desired.ts'
import type { FunctionSettings } from '../../src/settings/settings.ts'
import { checkValues } from '../../src/settings/values.ts'

/** Settings of the function `shop`, as a user writes them. */
export function settings(given: Readonly<Record<string, unknown>> = {}): FunctionSettings {
  const { values, problems } = checkValues([{ given, nameOf: String }])
  expect(problems).toEqual([])
  return {
    ...values,
    functionName: 'shop',
    project: '/project',
    stage: undefined,
    region: undefined,
    found: [],
  }
}

export const CODE: ReleasedCode = {
  codeSha256: 'new',
  runtime: 'python3.13',
  architecture: 'arm64',
  streaming: false,
  upload: undefined,
  layer: undefined,
}
