import { aliasDescription, NOT_RELEASED } from '../alias-mark.ts'
import type { Executors } from '../releasing.ts'
import type { WayInStep } from '../way-in.ts'

export const wayInExecutors: Executors<WayInStep> = {
  'create-alias': async (_, { desired: { functionName, alias }, progress, with: { lambda } }) => {
    const target = { version: progress.version, description: aliasDescription(NOT_RELEASED) }
    progress.alias = await lambda.createAlias(functionName, alias, target)
  },
  'create-url': async (
    { invokeMode },
    { desired: { functionName, alias, access }, progress, with: { urls, report } },
  ) => {
    const authType = access === 'iam' ? 'AWS_IAM' : 'NONE'
    progress.url = await urls.create(functionName, alias, { authType, invokeMode })
    report.info(progress.url.address)
  },
  'update-url': async (_, { desired: { functionName, alias, access }, progress, with: { urls } }) => {
    progress.url = await urls.update(functionName, alias, { authType: access === 'iam' ? 'AWS_IAM' : 'NONE' })
  },
  'change-mode': async ({ invokeMode }, { desired: { functionName, alias }, progress, with: { urls } }) => {
    progress.mayHaveChangedMode = true
    progress.url = await urls.update(functionName, alias, { invokeMode })
  },
  'permit-url': async ({ statement }, { desired: { functionName, alias }, with: { lambda } }) => {
    await lambda.permitUrl(functionName, alias, statement)
  },
}
