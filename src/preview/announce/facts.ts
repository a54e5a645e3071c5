import type { Problem } from '../../errors.ts'
import type { NamedPreview } from '../identity.ts'

/** Where a preview is announced: the same during a run. */
export interface AnnouncePlace {
  readonly identity: NamedPreview
  /** The commit that this run is about. */
  readonly headSha: string | undefined
  /** Where its repository can be looked at: `https://github.com/OWNER/NAME`. */
  readonly repositoryUrl: string | undefined
  /** Of this run's log. */
  readonly runUrl: string | undefined
  /** Of GitHub's deployments; undefined for none. */
  readonly environment: string | undefined
  readonly hasComment: boolean
  /** GitHub masks them in a log, and nowhere else. */
  readonly secrets: readonly string[]
  readonly now: () => Date
}

/** What answers at the address of a preview, whatever becomes of the run. */
export interface Serving {
  readonly url: string
  readonly headSha: string | undefined
}

export interface StartedFacts {
  readonly serving: Serving | undefined
}

export interface ReadyFacts {
  readonly url: string | undefined
  /** Whether the run could ask it, or had not to: else nobody knows whether it answers. */
  readonly isReached: boolean
  /** For people, whom it lets in; undefined for everybody. */
  readonly access: string | undefined
  readonly zipBytes: number
  readonly unzippedBytes: number
  /** Of what was served before. */
  readonly zipBytesBefore: number | undefined
  readonly coldStartMs: number | undefined
  readonly seconds: number
  /** For people: `PostgreSQL, database shop_pr_7`. */
  readonly database: string | undefined
  /** ISO 8601. */
  readonly expires: string | undefined
}

export interface FailedFacts {
  readonly problems: readonly Problem[]
  readonly serving: Serving | undefined
  /** Whether the new version serves all the same: its address does not answer as it should. */
  readonly isReleased?: boolean
}

export interface DestroyedFacts {
  /** For people: `closed`, `expired`. */
  readonly why: string | undefined
  /** For people, each as `function shop-pr-7`. */
  readonly removed: readonly string[]
  /** Why something is still there. */
  readonly problems: readonly Problem[]
}

export type Announcement =
  | ({ readonly status: 'deploying' } & StartedFacts)
  | ({ readonly status: 'ready' } & ReadyFacts)
  | ({ readonly status: 'failed' } & FailedFacts)
  | ({ readonly status: 'removed' } & DestroyedFacts)
