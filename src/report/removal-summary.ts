import type { Problem } from '../errors.ts'
import { inert, withoutCommand } from './inert.ts'
import { code, details, escape, fence, table } from './markdown.ts'
import { inRegion } from './region.ts'
import { alignedLines } from './table.ts'

/** What a removal says of the previews of a pull request. */
export interface DestroyFacts {
  readonly pull: number
  readonly region?: string | undefined
  readonly previews: readonly {
    readonly functionName: string
    readonly outcome: string
    readonly parts: readonly {
      readonly what: string
      readonly outcome: string
      readonly problem?: Problem | undefined
    }[]
  }[]
  readonly problems: readonly Problem[]
}

export interface SweepFacts {
  readonly repository: string
  readonly region?: string | undefined
  readonly isDryRun: boolean
  readonly items: readonly SweptFacts[]
  readonly problems: readonly Problem[]
}

interface SweptFacts {
  readonly kind: string
  readonly name: string
  readonly pull: number
  readonly state: string
  readonly expires: string | undefined
  readonly reason: string | undefined
  readonly outcome: string
  readonly note?: string | undefined
}

/** GitHub-flavoured Markdown. Text of others is escaped or stands in a fence that it cannot close. */
export function destroySummary({ pull, region, previews, problems }: DestroyFacts): string {
  const isFailed = problems.length > 0
  const nothing = previews.every(({ outcome }) => outcome === 'missing' || outcome === 'refused')
  const isPlanned = previews.some((preview) => preview.outcome === 'would be removed')
  const done = isPlanned ? 'what destroy would remove' : 'removed'
  const outcome = isFailed ? 'not all could be removed' : nothing ? 'nothing was there' : done
  return [
    `### ${inRegion(`Previews of pull request ${pull}`, region)}: ${outcome}`,
    ...previews
      .filter(({ parts }) => parts.length > 0)
      .map(({ functionName, parts }) =>
        [
          code(functionName),
          table(
            ['Part', 'Outcome'],
            parts.map((part) => [escape(part.what), escape(part.outcome)]),
          ),
        ].join('\n\n'),
      ),
    ...problems.map(problemText),
  ].join('\n\n')
}

const SWEEP_HEAD = ['Preview', 'Pull request', 'Expires', 'Outcome'] as const

export function sweepSummary({ repository, region, isDryRun, items, problems }: SweepFacts): string {
  const changed = items.filter(({ outcome }) => outcome !== 'kept')
  const kept = items.filter(({ outcome }) => outcome === 'kept')
  const rows = (some: readonly SweptFacts[]): string =>
    table(
      SWEEP_HEAD,
      some.map((item) => {
        const [name, ...rest] = cellsOf(item)
        return [code(name ?? ''), ...rest.map(escape)]
      }),
    )
  const title = isDryRun ? 'what sweep would remove' : 'sweep'
  return [
    `### ${inRegion(`Previews of ${code(repository)}`, region)}: ${title}`,
    changed.length === 0 ? 'Nothing to remove.' : rows(changed),
    kept.length === 0 ? '' : details(`Kept (${kept.length})`, rows(kept)),
    ...problems.map(problemText),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** For a console. */
export function sweepText({ items }: SweepFacts): string {
  if (items.length === 0) return 'There are no previews.\n'
  // Names of databases and of functions are what whoever may make them chose.
  const rows = [SWEEP_HEAD, ...items.map(cellsOf)].map((row) => row.map((cell) => withoutCommand(inert(cell))))
  return `${alignedLines(rows, ['left', 'left', 'left', 'left']).join('\n')}\n`
}

function cellsOf({ kind, name, pull, state, expires, reason, outcome, note }: SweptFacts): readonly string[] {
  const why = reason ?? note
  return [
    kind === 'preview' ? name : `${kind} ${name}`,
    pull === 0 ? '' : `${pull}${state === 'unknown' ? '' : ` (${state})`}`,
    (expires ?? '').slice(0, 16).replace('T', ' '),
    why === undefined ? outcome : `${outcome}: ${why}`,
  ]
}

function problemText({ title, detail, hint }: Problem): string {
  return fence([title, detail, hint].filter(Boolean).join('\n\n'))
}
