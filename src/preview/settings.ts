import { previewUploads } from '../aws/bucket-address.ts'
import type { Table } from '../settings/kinds.ts'
import { shortened } from '../settings/names.ts'
import type { DeploySettings } from '../settings/settings.ts'
import type { PreviewIdentity } from './identity.ts'
import { type PreviewTags, writeTags } from './tags.ts'

/** What a preview's release gets that is decided while it goes on. */
export interface PreviewAdditions {
  readonly tags: PreviewTags
  /** Variables of its own, such as the address of its database. */
  readonly environment: Table
  /** Whether the commands of `preview-seed` are still to be run. */
  readonly isToBeSeeded: boolean
}

const DEFAULT_RETENTION = '7'
/** Of a preview nobody goes back far. */
const KEPT_VERSIONS = 3

/**
 * The settings of a preview's own function. It has the code, the sizes and the plain variables of the function that it is a
 * preview of; never its role, its secrets, or what its commands have for themselves.
 */
export function settingsOfPreview(
  settings: DeploySettings,
  identity: PreviewIdentity,
  { tags, environment, isToBeSeeded }: PreviewAdditions,
): DeploySettings {
  const fill = (table: Table): Table => filled(table, identity)
  const own: Partial<DeploySettings> = {
    functionName: identity.functionName,
    description: `Preview of pull request ${identity.pull} of ${identity.repository}`.slice(0, 256),
    role: settings.previewRole,
    environment: { ...settings.environment, ...fill(settings.previewEnvironment), ...environment },
    environmentStrategy: 'replace',
    secrets: fill(settings.previewSecrets),
    commandRole: undefined,
    databaseRole: undefined,
    commandEnvironment: {},
    tags: { ...settings.tags, ...writeTags(tags) },
    manage: 'all',
    functionUrl: settings.functionUrl ?? 'public',
    reservedConcurrency: settings.previewConcurrency === 'none' ? undefined : settings.previewConcurrency,
    provisionedConcurrency: undefined,
    // Of production, as its role is.
    ...{ fileSystems: undefined, kmsKey: undefined, deadLetterTarget: undefined },
    logGroup: undefined,
    logRetention: settings.logRetention ?? DEFAULT_RETENTION,
    traffic: undefined,
    trafficAlarms: [],
    keepVersions: Math.min(settings.keepVersions || KEPT_VERSIONS, KEPT_VERSIONS),
    static: tags.static,
    uploadBucket: settings.uploadBucket && previewUploads(settings.uploadBucket, identity.base),
    // A new database gets all of them: nobody reads that list.
    migratePlan: false,
    beforeTraffic: [...settings.beforeTraffic, ...(isToBeSeeded ? settings.previewSeed : [])],
  }
  return { ...settings, ...own }
}

/** Whether the data of a preview has not been seeded. A file of SQLite is new with each version, whose environments are its own. */
export function hasNewData({ database, isSeeded }: Pick<PreviewTags, 'database' | 'isSeeded'>): boolean {
  return database === 'sqlite' || !isSeeded
}

/** A prefix of its own beside that of the function: `s3://BUCKET/PREFIX-pr-7`, which nothing else begins with. */
export function staticAddressOf(
  address: string | undefined,
  { pull }: Pick<PreviewIdentity, 'pull'>,
): string | undefined {
  if (address === undefined) return undefined
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/.exec(address) ?? []
  return `s3://${bucket}/${prefix === '' ? '' : shortened(prefix, '-', LONGEST_PREFIX)}pr-${pull}`
}

/** With the longest name of a bucket and the longest number a tag keeps the whole address. Without it: by that all are found. */
const LONGEST_PREFIX = 170

function filled(table: Table, { functionName, pull }: PreviewIdentity): Table {
  const fill = (text: string): string => text.replaceAll('{{pr}}', String(pull)).replaceAll('{{preview}}', functionName)
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [fill(name), fill(value)]))
}
