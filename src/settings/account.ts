import { lines } from './kinds.ts'

/** Settings of where a release may go. */
export const ACCOUNT_SETTINGS = {
  'allowed-account-ids': lines({
    description: 'The AWS accounts that may be worked in. With credentials of another one, nothing is done.',
    format: 'one a line, of 12 digits',
    each: /^\d{12}$/,
    example: '123456789012',
    default: [],
    placeholder: 'IDS',
  }),
} as const
