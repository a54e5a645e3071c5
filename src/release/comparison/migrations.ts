import { posix } from 'node:path'
import type { MigrationRemark, NewMigration } from '../../report/plan-facts.ts'
import { sourceOf } from '../../wheels/metadata.ts'
import { bracketed, codeOnly, lineAt } from './python-text.ts'

/** A migration file by its source's path, whether or not its source is there. */
export interface FoundMigration {
  readonly path: string
  readonly tool: NewMigration['tool']
  readonly hasSource: boolean
}

/** The migrations that an artifact has and the one that is served has not. */
export function newMigrations(paths: readonly string[], served: readonly string[]): FoundMigration[] {
  const before = new Set(migrationsOf(served).map(({ path }) => path))
  return migrationsOf(paths).filter(({ path }) => !before.has(path))
}

/** Django's by their folder and number; Alembic's where the folder `versions` stands beside `env.py`. Sorted by path. */
function migrationsOf(paths: readonly string[]): FoundMigration[] {
  const present = new Set(paths)
  const sources = new Set(paths.map(sourcePath))
  return [...sources].toSorted().flatMap((path): FoundMigration[] => {
    const tool = toolOf(path, sources)
    return tool ? [{ path, tool, hasSource: present.has(path) }] : []
  })
}

/** Of bytecode, the path of what it was compiled from; it stands in the source's place where the sources are left out. */
function sourcePath(path: string): string {
  return sourceOf(path).replace(/\.pyc$/, '.py')
}

function toolOf(path: string, sources: ReadonlySet<string>): FoundMigration['tool'] | undefined {
  if (/(?:^|\/)migrations\/\d{4,}_\w+\.py$/.test(path)) return 'django'
  const environment = posix.join(posix.dirname(posix.dirname(path)), 'env.py')
  return /(?:^|\/)versions\/[^/]+\.py$/.test(path) && sources.has(environment) ? 'alembic' : undefined
}

/** Why an operation matters: migrations run while the version before still serves. */
const REASONS = {
  dropColumn: 'the version that still serves reads and writes this column',
  dropTable: 'the version that still serves uses this table',
  rename: 'the version that still serves knows only the old name',
  alter: 'the version that still serves works with the old type and rules',
  unguarded: 'the version that still serves may rely on it, and a failure half way may leave it removed',
  custom: 'it can do anything: look at it',
} as const

const DJANGO: Readonly<Record<string, string>> = {
  RemoveField: REASONS.dropColumn,
  DeleteModel: REASONS.dropTable,
  RenameField: REASONS.rename,
  RenameModel: REASONS.rename,
  AlterModelTable: REASONS.rename,
  AlterField: REASONS.alter,
  AlterUniqueTogether: REASONS.alter,
  AlterOrderWithRespectTo: REASONS.alter,
  RemoveConstraint: REASONS.unguarded,
  RemoveIndex: REASONS.unguarded,
  RunSQL: REASONS.custom,
  RunPython: REASONS.custom,
}

const ALEMBIC: Readonly<Record<string, string>> = {
  drop_column: REASONS.dropColumn,
  drop_table: REASONS.dropTable,
  rename_table: REASONS.rename,
  alter_column: REASONS.alter,
  drop_constraint: REASONS.unguarded,
  drop_index: REASONS.unguarded,
  execute: REASONS.custom,
}

/** The operations of a migration's source that remove or rename, or may. */
export function remarksOn(source: string, tool: FoundMigration['tool']): MigrationRemark[] {
  return tool === 'django' ? djangoRemarks(codeOnly(source)) : alembicRemarks(codeOnly(source))
}

function djangoRemarks(code: string): MigrationRemark[] {
  return [...code.matchAll(/\b(\w+)\s*\(/g)].flatMap((found) => {
    const [, operation = ''] = found
    const reason = Object.hasOwn(DJANGO, operation) ? DJANGO[operation] : undefined
    const isDefinition = /(?:\bclass|\bdef)\s+$/.test(code.slice(0, found.index))
    return reason === undefined || isDefinition ? [] : [{ line: lineAt(code, found.index), operation, reason }]
  })
}

function alembicRemarks(code: string): MigrationRemark[] {
  return [...code.matchAll(/\b(\w*op)\.(\w+)\s*(?=\()/g)].flatMap((found) => {
    const [whole, , operation = ''] = found
    if (!isUpgrade(code, found.index)) return []
    const reason = alembicReason(operation, bracketed(code, found.index + whole.length))
    return reason === undefined ? [] : [{ line: lineAt(code, found.index), operation: `op.${operation}`, reason }]
  })
}

function alembicReason(operation: string, given: string): string | undefined {
  if (operation === 'alter_column' && /\bnew_column_name\s*=/.test(given)) return REASONS.rename
  // Whatever else is altered: a default alone is nobody's harm.
  if (operation === 'alter_column' && !/\b(?:type_|nullable)\s*=/.test(given)) return undefined
  return Object.hasOwn(ALEMBIC, operation) ? ALEMBIC[operation] : undefined
}

/** What takes a migration back drops what it made, and does not run here. */
function isUpgrade(code: string, index: number): boolean {
  const functions = [...code.slice(0, index).matchAll(/^(?:async\s+)?def\s+(\w+)/gm)]
  return !(functions.at(-1)?.[1] ?? '').startsWith('downgrade')
}
