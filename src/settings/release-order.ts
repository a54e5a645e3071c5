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
} as const
