import type { ClientOptions } from './call.ts'
import { type CodeSigningApi, createCodeSigningApi } from './code-signing.ts'
import { createReservedConcurrencyApi, type ReservedConcurrencyApi } from './concurrency.ts'
import type { LogGroupApi } from './log-groups.ts'
import type { RoleApi } from './roles.ts'
import { createTagApi, type TagApi } from './tags.ts'

/** What a function has beside its versions. Clients of other services are loaded where they are opened. */
export interface AsideApis {
  readonly tags: TagApi
  readonly reservedConcurrency: ReservedConcurrencyApi
  readonly codeSigning: CodeSigningApi
  readonly openLogGroups: () => Promise<LogGroupApi>
  readonly openRoles: () => Promise<RoleApi>
  /** The account whose credentials are used. */
  readonly readAccount: () => Promise<string>
}

export function createAsideApis(options: ClientOptions): AsideApis {
  return {
    tags: createTagApi(options),
    reservedConcurrency: createReservedConcurrencyApi(options),
    codeSigning: createCodeSigningApi(options),
    openLogGroups: async () => (await import('./log-groups.ts')).createLogGroupApi(options),
    openRoles: async () => (await import('./roles.ts')).createRoleApi(options),
    readAccount: async () => (await import('./identity.ts')).readAccount(options),
  }
}
