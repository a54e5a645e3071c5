/**
 * What a deployment changes, against what is served. It is printed as text, as Markdown and as JSON, so nothing in it is the
 * value of a variable: of those it has names.
 */
export interface PlanFacts {
  /** The version that the alias serves; undefined where it serves none yet. */
  readonly served: string | undefined
  /** How long the first start of that version took, where its release has seen it. */
  readonly servedColdStartMs?: number | undefined
  readonly configuration: readonly SettingChange[]
  readonly environment: VariableChanges
  /** Undefined where the served version has this code. */
  readonly code: CodeChange | undefined
  /** Undefined where they are not known: nothing is served yet, or its files could not be read. */
  readonly migrations: readonly NewMigration[] | undefined
  /** What the credentials need for the steps. */
  readonly permissions: readonly NeededPermission[]
}

export interface NeededPermission {
  /** In a few words. */
  readonly why: string
  readonly actions: readonly string[]
  /** ARNs, where `*` stands for anything. */
  readonly resources: readonly string[]
}

/** Of one setting of the function, as JSON shows it; undefined where there is none. */
export interface SettingChange {
  readonly setting: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Names of environment variables. */
export interface VariableChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export interface CodeChange {
  /** Base64; undefined where there is none yet. */
  readonly before: string | undefined
  /** Base64. */
  readonly after: string
  readonly zipBytes: number
  readonly unzippedBytes: number
  /** Undefined where the files of the served version are not known. */
  readonly contents: ContentChanges | undefined
}

export interface ContentChanges {
  /** Changes of the whole, in bytes. */
  readonly zipBytes: number
  readonly unzippedBytes: number
  /** Those whose version or size changes. */
  readonly packages: readonly PackageChange[]
  /** By path. */
  readonly files: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly changed: readonly string[]
  }
}

export interface PackageChange {
  readonly name: string
  /** Versions; undefined where it is not there. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** Changes, in bytes. */
  readonly zipBytes: number
  readonly unzippedBytes: number
}

/** A migration file that the served version has not. */
export interface NewMigration {
  readonly path: string
  readonly tool: 'django' | 'alembic'
  /** Whether only its bytecode is there, in which nothing is looked for. */
  readonly isBytecodeOnly: boolean
  readonly remarks: readonly MigrationRemark[]
}

/** An operation that the version which still serves may not survive. */
export interface MigrationRemark {
  readonly line: number
  /** As in `RemoveField`, or `op.drop_column`. */
  readonly operation: string
  readonly reason: string
}
