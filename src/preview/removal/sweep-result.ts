import type { Problem } from '../../errors.ts'
import { previewName } from '../identity.ts'
import type { PullKnown, Reason } from './choose.ts'

/** What became of one thing that sweep has looked at. */
export interface SweepItem {
  readonly kind: 'preview' | 'log group' | 'role' | 'layer' | 'static files' | 'database' | 'schema'
  readonly name: string
  /** The function that it is of a preview of. */
  readonly base: string
  /** 0 where nobody knows. */
  readonly pull: number
  /** Of the pull request. */
  readonly state: PullKnown
  /** ISO 8601. */
  readonly expires: string | undefined
  /** Undefined where it stays. */
  readonly reason: Reason | undefined
  readonly outcome: 'removed' | 'missing' | 'kept' | 'would be removed' | 'failed'
  /** Why it was kept. */
  readonly note?: string | undefined
  readonly problems: readonly Problem[]
  readonly seconds: number
}

/** What `sweep --json` prints. */
export interface SweepResult {
  readonly repository: string
  readonly isDryRun: boolean
  readonly items: readonly SweepItem[]
  readonly problems: readonly Problem[]
  readonly exitCode: 0 | 1
  readonly seconds: number
}

/** The functions of previews of which something was removed, and nothing stays: their own function, or what was left without it. */
export function sweptNames({ items }: Pick<SweepResult, 'items'>): readonly string[] {
  const namesOf = (...outcomes: readonly SweepItem['outcome'][]): ReadonlySet<string> =>
    new Set(items.filter(({ outcome }) => outcomes.includes(outcome)).map(functionOf))
  const staying = namesOf('failed', 'kept')
  return [...namesOf('removed')].filter((name) => !staying.has(name))
}

function functionOf({ kind, name, base, pull }: SweepItem): string {
  return kind === 'preview' ? name : previewName(base, pull)
}
