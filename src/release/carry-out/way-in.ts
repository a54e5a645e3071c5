import { NO_CORS } from '../../aws/cors.ts'
import { aliasDescription, NOT_RELEASED } from '../order/alias-mark.ts'
import { missingStatements, type WayInStep } from '../plan/way-in.ts'
import type { Executors } from '../releasing.ts'
import { pointAlias } from './alias.ts'

/** An answer can get lost, and a client repeats what is done already then: what is made counts as made where it is there. */
export const wayInExecutors: Executors<WayInStep> = {
  'create-alias': async (_, releasing) => {
    const { progress } = releasing
    const target = { version: progress.version, description: aliasDescription(NOT_RELEASED) }
    progress.alias = await pointAlias(target, releasing)
  },
  'create-url': async (
    { invokeMode },
    { desired: { functionName, alias, access, cors = NO_CORS }, progress, with: { urls, report } },
  ) => {
    const authType = access === 'iam' ? 'AWS_IAM' : 'NONE'
    try {
      progress.url = await urls.create(functionName, alias, { authType, invokeMode, cors })
    } catch (error) {
      const there = await urls.get(functionName, alias).catch(() => undefined)
      if (there?.authType !== authType || there.invokeMode !== invokeMode) throw error
      progress.url = there
    }
    report.info(progress.url.address)
  },
  'update-url': async (_, { desired: { functionName, alias, access }, progress, with: { urls } }) => {
    progress.mayHaveOpenedUrl = access === 'public'
    progress.url = await urls.update(functionName, alias, { authType: access === 'iam' ? 'AWS_IAM' : 'NONE' })
  },
  'change-mode': async ({ invokeMode }, { desired: { functionName, alias }, progress, with: { urls } }) => {
    progress.mayHaveChangedMode = true
    progress.url = await urls.update(functionName, alias, { invokeMode })
  },
  'set-cors': async (_, { desired: { functionName, alias, cors = NO_CORS }, progress, with: { urls } }) => {
    progress.url = await urls.update(functionName, alias, { cors })
  },
  'permit-url': async ({ statement }, { desired: { functionName, alias }, with: { lambda } }) => {
    try {
      await lambda.permitUrl(functionName, alias, statement)
    } catch (error) {
      if (missingStatements(await lambda.getPolicy(functionName, alias)).includes(statement)) throw error
    }
  },
}
