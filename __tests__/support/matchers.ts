import { expect } from '@jest/globals'

/** Jest's matchers where the compared object wants a text. */
export const containing = (text: string): string => expect.stringContaining(text) as unknown as string
export const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as unknown as string
