import { commentBody } from '../../src/preview/announce/comment.ts'
import type { Announcement, AnnouncePlace } from '../../src/preview/announce/facts.ts'
import type { State } from './facts.ts'

const URL = 'https://abc.lambda-url.eu-west-1.on.aws/'
const SHA = '0123456789abcdef0123456789abcdef01234567'
const COMMIT = `https://github.com/owner/name/commit/${SHA}`
const RUN = 'https://github.com/owner/name/actions/runs/42'

const place = (line: string): AnnouncePlace => ({
  identity: { functionName: line, base: line, pull: 7, repository: 'owner/name', region: line },
  ...{ headSha: SHA, repositoryUrl: 'https://github.com/owner/name', runUrl: RUN },
  ...{ environment: undefined, hasComment: true, secrets: [], now: () => new Date('2026-11-23T13:05:00Z') },
})

const announcements = {
  deploying: () => ({ status: 'deploying', serving: { url: URL, headSha: SHA } }),
  ready: (line) => ({
    ...{
      status: 'ready',
      url: URL,
      isReached: true,
      zipBytes: 26_200_000,
      zipBytesBefore: 26_100_000,
      unzippedBytes: 80_100_000,
    },
    ...{ coldStartMs: 917, seconds: 41.3, database: line, access: undefined, expires: '2026-11-30T13:05:00Z' },
  }),
  failed: (line) => ({
    ...{ status: 'failed', problems: [{ title: line, detail: line, hint: line }] },
    serving: { url: URL, headSha: SHA },
  }),
  removed: (line) => ({ status: 'removed', why: line, removed: [line, line], problems: [{ title: line, hint: line }] }),
} satisfies Record<Announcement['status'], (line: string) => Announcement>

const LINKS = {
  deploying: [COMMIT, URL, COMMIT, RUN],
  ready: [URL, COMMIT, RUN],
  failed: [COMMIT, URL, COMMIT, RUN],
  removed: [COMMIT, RUN],
} as const

/** The comments on pull requests. */
export const PREVIEW_STATES: Readonly<Record<string, State>> = Object.fromEntries(
  Object.entries(announcements).map(([status, announcement]) => [
    `preview-${status}`,
    {
      markdown: (line: string) => commentBody(place(line), announcement(line)),
      links: LINKS[status as Announcement['status']],
    },
  ]),
)

/** The same with what is usual. */
export const PREVIEW_EXAMPLES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PREVIEW_STATES).map(([name, { markdown }]) => [name, markdown('shop')]),
)
