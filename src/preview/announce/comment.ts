import type { Problem } from '../../errors.ts'
import { address, code, details, fence, table } from '../../report/markdown.ts'
import { accessRows, dataRows, timeText } from '../../report/preview-rows.ts'
import { inRegion } from '../../report/region.ts'
import { withoutSecrets } from '../../report/secrets.ts'
import { megabytes, signedSize } from '../../report/size.ts'
import type { Announcement, AnnouncePlace, Serving } from './facts.ts'
import { markerOf } from './marker.ts'

/** GitHub counts characters; a character of two code units as one. */
export const LONGEST_BODY = 65_536
/** Of what others say, in characters. It is halved until the comment is short enough. */
const LONGEST_TEXT = 16_000
const SHOWN_OF_SHA = 7

/** What stands where a text of others may be active: nothing but links, and code, in which GitHub looks for no mention. */
export function commentBody(place: AnnouncePlace, announcement: Announcement): string {
  for (let longest = LONGEST_TEXT; ; longest = Math.floor(longest / 2)) {
    const body = bodyWithin(place, announcement, longest)
    if (body.length <= LONGEST_BODY) return body
  }
}

function bodyWithin(place: AnnouncePlace, announcement: Announcement, longest: number): string {
  const shown = (text: string): string => trimmed(withoutSecrets(text, place.secrets), longest)
  const { identity, runUrl, now } = place
  return [
    markerOf(identity),
    `### Preview of ${nameOf(identity, shown)}: ${outcomeOf(announcement)}`,
    table(['', ''], rowsOf(place, announcement, shown)),
    ...sectionsOf(announcement, shown),
    [
      `Updated ${timeText(now().toISOString())}`,
      ...(runUrl === undefined ? [] : [link('log of the run', runUrl)]),
    ].join(' · '),
  ].join('\n\n')
}

function outcomeOf(announcement: Announcement): string {
  switch (announcement.status) {
    case 'deploying':
      return 'deploying …'
    case 'ready':
      return announcement.isReached ? 'ready' : 'released, and not reached by the run'
    case 'failed':
      return 'failed'
    case 'removed':
      return announcement.problems.length > 0 ? 'not removed completely' : 'removed'
  }
}

/** Of each region there is a comment of its own. */
function nameOf({ base, region }: AnnouncePlace['identity'], shown: Shown): string {
  return inRegion(code(shown(base)), region && shown(region))
}

type Shown = (text: string) => string
type Row = readonly [string, string]

function rowsOf(place: AnnouncePlace, announcement: Announcement, shown: Shown): Row[] {
  const commit = row('Commit', place.headSha && commitText(place, place.headSha))
  switch (announcement.status) {
    case 'ready': {
      const { url, access, zipBytes, zipBytesBefore, unzippedBytes, coldStartMs, seconds, database, expires } =
        announcement
      const difference = zipBytesBefore === undefined ? '' : `${signedSize(zipBytes - zipBytesBefore)}, `
      return [
        ...row('Address', url && link(url, url)),
        ...accessRows({ access: access && shown(access) }),
        ...commit,
        ...row('Size', `${megabytes(zipBytes)} (${difference}${megabytes(unzippedBytes)} unzipped)`),
        ...row('Cold start', coldStartMs === undefined ? undefined : `${Math.round(coldStartMs)} ms`),
        ...row('Took', `${seconds.toFixed(1)} s`),
        ...dataRows({ database: database && shown(database), expires }),
      ]
    }
    case 'deploying':
    case 'failed':
      return [...commit, ...servingRows(place, announcement.serving)]
    case 'removed':
      return [...row('Why', announcement.why && code(shown(announcement.why))), ...commit]
  }
}

/** What answers meanwhile, or still. */
function servingRows(place: AnnouncePlace, serving: Serving | undefined): Row[] {
  if (!serving) return []
  const of = serving.headSha === undefined ? '' : ` (${commitText(place, serving.headSha)})`
  return [['Still answers', link(serving.url, serving.url) + of]]
}

function sectionsOf(announcement: Announcement, shown: Shown): string[] {
  switch (announcement.status) {
    case 'deploying':
    case 'ready':
      return []
    case 'failed':
      return problemSections(announcement.problems, shown)
    case 'removed': {
      const { removed, problems } = announcement
      return [
        ...(removed.length === 0
          ? []
          : [details(`What was removed (${removed.length})`, fence(shown(removed.join('\n'))))]),
        ...problemSections(problems, shown),
      ]
    }
  }
}

/** Of each what failed and what to do. Why it did may be anything that a program printed: the log has that, masked. */
function problemSections(problems: readonly Problem[], shown: Shown): string[] {
  if (problems.length === 0) return []
  const texts = problems.map(({ title, hint }) => [title, hint].filter(Boolean).join('\n'))
  return [fence(shown(texts.join('\n\n')))]
}

function row(name: string, value: string | undefined): Row[] {
  return value === undefined || value === '' ? [] : [[name, value]]
}

function commitText({ repositoryUrl }: AnnouncePlace, sha: string): string {
  const isSha = /^[0-9a-f]{40,64}$/.test(sha)
  const short = code(sha.slice(0, isSha ? SHOWN_OF_SHA : LONGEST_NAME))
  return isSha && repositoryUrl !== undefined && isPlainAddress(repositoryUrl)
    ? `[${short}](${repositoryUrl}/commit/${sha})`
    : short
}

const LONGEST_NAME = 100

/** What is no plain address is shown as it is, and cannot be followed. */
function link(text: string, url: string): string {
  if (!isPlainAddress(url)) return code(url.slice(0, LONGEST_NAME))
  return text === url ? address(url) : `[${text}](${url})`
}

function isPlainAddress(url: string): boolean {
  return url.length <= 2000 && /^https?:\/\/[\w.:/-]+$/.test(url)
}

function trimmed(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()} […]`
}
