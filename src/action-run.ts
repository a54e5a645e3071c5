import type { AwsApis } from './aws/apis.ts'
import type { ClientOptions } from './aws/call.ts'
import type { RunProcess } from './builder/process.ts'
import type { BuildCollaborators } from './commands/build.ts'
import type { DeployCollaborators } from './commands/deploy.ts'
import type { Problem } from './errors.ts'
import type { RunEvent } from './preview/pull.ts'
import type { Order } from './release/order/order.ts'
import type { Reporter } from './report/reporter.ts'
import type { ActionOutputs } from './settings/action-contract.ts'
import type { BuildSettings, FunctionSettings, SettingsOrigin } from './settings/settings.ts'

/** What each command of the action has at hand. */
export interface ActionRun {
  /** As in `rollback`, or `plan`. */
  readonly command: string
  /** Whether the event has decided on it. */
  readonly isAuto: boolean
  readonly event: RunEvent
  readonly origin: SettingsOrigin
  readonly environment: Readonly<Record<string, string>>
  readonly report: Reporter
  readonly signal: AbortSignal
  readonly clock: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  /** An input that is no setting; undefined where it is empty. */
  readonly input: (name: string) => string | undefined
  /** From here on these variables' secrets are shown as asterisks. */
  readonly mask: (variables: Readonly<Record<string, string>>) => void
  /** All that is masked so far. */
  readonly secrets: () => readonly string[]
  readonly setOutputs: (outputs: ActionOutputs) => void
  readonly writeSummary: (markdown: string) => Promise<void>
  readonly annotate: (problem: Problem) => void
  /** What the step ends with. */
  readonly setExitCode: (code: number) => void
  /** The store that GitHub's cache has, for a build. */
  readonly restore: (settings: BuildSettings) => Promise<void>
  readonly building: BuildCollaborators
  readonly clientOptions: ClientOptions
  readonly run: RunProcess
  readonly order: Order
  /** Checked to be in an account that the settings allow. */
  readonly openAws: (settings: Pick<FunctionSettings, 'allowedAccountIds'>) => Promise<AwsApis>
  readonly releasing: (settings: FunctionSettings) => Promise<DeployCollaborators>
}
