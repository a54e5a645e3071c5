import type { AnnouncePlace, ReadyFacts } from '../../../src/preview/announce/facts.ts'

export const SHA = '0123456789abcdef0123456789abcdef01234567'
export const URL_OF_PREVIEW = 'https://abc.lambda-url.eu-west-1.on.aws/'

/** A preview of pull request 7 of the function shop. */
export const PLACE: AnnouncePlace = {
  identity: { functionName: 'shop-pr-7', base: 'shop', pull: 7, repository: 'owner/name', region: 'eu-west-1' },
  headSha: SHA,
  repositoryUrl: 'https://github.com/owner/name',
  runUrl: 'https://github.com/owner/name/actions/runs/99',
  environment: 'preview',
  hasComment: true,
  secrets: [],
  now: () => new Date('2026-11-23T13:05:59.123Z'),
}

export const READY: ReadyFacts = {
  url: URL_OF_PREVIEW,
  isReached: true,
  access: undefined,
  zipBytes: 26_200_000,
  unzippedBytes: 80_100_000,
  zipBytesBefore: 26_198_800,
  coldStartMs: 916.81,
  seconds: 41.26,
  database: 'PostgreSQL, database shop_pr_7',
  expires: '2026-11-30T13:05:00.000Z',
}
