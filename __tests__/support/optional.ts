import { expect } from '@jest/globals'

/**
 * For a test whose real part this machine lacks: says so and why, which is no failure on a laptop. In CI every part has
 * to be there.
 */
export function notTried(reason: string): void {
  process.stderr.write(`Not tried: ${reason}\n`)
  expect(process.env['CI']).toBeUndefined()
}
