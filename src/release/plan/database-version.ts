import type { FunctionConfiguration } from '../../aws/lambda.ts'
import { DATABASES_VARIABLE, TEMPLATE_VARIABLE } from '../../settings/databases.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'
import { MARK_VARIABLE } from './command-version.ts'
import { matches } from './difference.ts'

/** A version of the same code that only makes and removes databases of previews, with a role of its own. */
export interface DatabaseVersionStep {
  readonly kind: 'publish-databases'
}

type DatabaseSettings = Pick<FunctionSettings, 'databaseRole' | 'previewDatabaseAdmin' | 'previewDatabaseTemplate'>

/** A copy of a template may take minutes. */
const SECONDS = 300

/** The alias that names the version for databases which belongs to what another alias serves. */
export function databasesAlias(alias: string): string {
  return `${alias}-databases`
}

export function hasDatabaseVersion({ databaseRole }: Pick<DatabaseSettings, 'databaseRole'>): boolean {
  return databaseRole !== undefined
}

/** The application's variables are none of its business: what it may do goes by one reference alone. */
export function databaseConfiguration(
  { databaseRole, previewDatabaseAdmin, previewDatabaseTemplate: template }: DatabaseSettings,
  configuration: FunctionConfiguration,
): FunctionConfiguration | undefined {
  if (databaseRole === undefined || previewDatabaseAdmin === undefined) return undefined
  return {
    ...configuration,
    role: databaseRole,
    timeout: Math.max(configuration.timeout, SECONDS),
    environment: {
      [DATABASES_VARIABLE]: previewDatabaseAdmin,
      ...(template !== undefined && { [TEMPLATE_VARIABLE]: template }),
      [MARK_VARIABLE]: 'databases',
    },
    options:
      configuration.options.snapStart === true ? { ...configuration.options, snapStart: false } : configuration.options,
  }
}

/** Last of all, since no request meets it: it proves nothing, and what fails of it takes no release back. */
export function databaseSteps(
  { databases: current }: CurrentRelease,
  desired: DesiredRelease,
): readonly DatabaseVersionStep[] {
  const { databases: wanted } = desired
  if (wanted === undefined || (current !== undefined && matches(current, wanted, desired))) return []
  return [{ kind: 'publish-databases' }]
}
