import type { BootstrapArguments } from './commands/bootstrap.ts'
import type { InspectArguments } from './commands/inspect.ts'
import type { LogsArguments } from './commands/logs.ts'
import type { RemoteArguments } from './commands/remote.ts'

export interface CommonFlags {
  readonly project?: string
  readonly stage?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color?: boolean
  readonly qualifier?: string
  readonly follow?: boolean
}

/** One parsed command line. */
export type Invocation = {
  readonly flags: CommonFlags
  /** Settings by their kebab-case names, as they were written. */
  readonly given: Readonly<Record<string, unknown>>
} & (
  | { readonly command: 'build' | 'deploy' | 'versions' | 'sweep' }
  | { readonly command: 'permissions'; readonly previews: boolean }
  | { readonly command: 'rollback'; readonly to: string | undefined }
  | { readonly command: 'preview' | 'destroy'; readonly pull: number | undefined }
  | { readonly command: 'plan'; readonly isDetailed: boolean }
  | {
      readonly command: 'bootstrap'
      readonly bootstrap: BootstrapArguments
      /** The file that the template is written into; undefined for standard output. */
      readonly output: string | undefined
    }
  | { readonly command: 'inspect'; readonly inspect: InspectArguments }
  | { readonly command: 'logs'; readonly logs: LogsArguments }
  | { readonly command: 'remote'; readonly remote: RemoteArguments }
)
