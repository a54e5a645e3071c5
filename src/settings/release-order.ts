import { trueOrFalse, wholeNumber } from './kinds.ts'

/** Settings of which release comes when, and of what is kept of those before. */
export const ORDER_SETTINGS = {
  'lock-wait': wholeNumber(0, 86_400, 'seconds', {
    description: 'How long to wait while another run deploys the same function.',
    example: '1800',
    default: 600,
    placeholder: 'SECONDS',
  }),
  'allow-older': trueOrFalse({
    description: 'Release although what is served comes from a later run of the workflow, or from a later commit.',
    example: 'true',
    default: false,
  }),
  'keep-versions': wholeNumber(0, 1000, 'versions', {
    description:
      'How many released versions are kept to go back to; 0 keeps all. None is removed that an alias points to, or served last.',
    example: '25',
    default: 10,
    placeholder: 'NUMBER',
  }),
} as const
