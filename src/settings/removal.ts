import type { CamelCase, SettingName, Values } from './schema.ts'

/** What the removal of previews obeys. Nothing else that a workflow gives keeps it from its work. */
export const REMOVAL_SETTINGS = [
  'function-name',
  'alias',
  'before-destroy',
  'static',
  'preview-database-admin',
  'preview-database-access',
  'preview-database-delete',
  'comment',
  'github-environment',
  'lock-wait',
  'allowed-account-ids',
  'dry-run',
] as const satisfies readonly SettingName[]

/** For what removes previews. */
export interface RemovalSettings extends Pick<Values, CamelCase<(typeof REMOVAL_SETTINGS)[number]>> {
  /** Of the function that they are previews of; undefined for any. */
  readonly functionName: string | undefined
  readonly region: string | undefined
}
