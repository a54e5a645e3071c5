import { accountInArn, logGroupArn } from '../../aws/arn.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import type { Removed } from '../../databases/server.ts'
import { ownDatabaseText } from '../database-text.ts'
import type { PreviewTags } from '../tags.ts'
import type { RunHook } from './hooks.ts'
import { ownTags } from './ownership.ts'
import type { RemovalStep, StepOf } from './plan.ts'
import type { Ended } from './result.ts'
import { removeStatics } from './statics.ts'

/** All that a step needs to be carried out. */
export interface Removing {
  readonly arn: string
  readonly tags: PreviewTags
  readonly previews: PreviewApi
  readonly removeDatabase: RemoveDatabase
  readonly runHook: RunHook
}

/** The database that a preview's tags name. @throws UserError where it is not ours, or could not be removed */
export type RemoveDatabase = (tags: PreviewTags) => Promise<Removed>

type Executors = {
  readonly [K in RemovalStep['kind']]: (step: StepOf<K>, removing: Removing) => Promise<Ended>
}

const EXECUTORS: Executors = {
  'run-hook': ({ command }, { runHook }) => runHook(command),
  'remove-database': (_, { tags, removeDatabase }) => removeOwnDatabase(tags, removeDatabase),
  'remove-static': async ({ address }, { arn, tags, previews }) => {
    const bucket = await previews.openStatics(address, accountInArn(arn))
    return await removeStatics(bucket, { address, functionName: tags.functionName })
  },
  'remove-log-group': async (step, removing) => {
    const { name, isDefault } = step
    const logGroups = await removing.previews.openLogGroups()
    if (!isDefault) {
      const tags = await logGroups.tags(logGroupArn(removing.arn, name))
      if (tags === undefined) return { outcome: 'missing' }
      if (!ownTags(removing.tags, tags)) return kept(`The log group ${name}`, removing.tags)
    }
    return { outcome: (await logGroups.remove(name)) ? 'removed' : 'missing' }
  },
  'remove-role': async ({ name }, { tags: own, previews }) => {
    const roles = await previews.openRoles()
    const tags = await roles.tags(name)
    if (tags === undefined) return { outcome: 'missing' }
    if (!ownTags(own, tags)) return kept(`The role ${name}`, own)
    return { outcome: (await roles.remove(name)) ? 'removed' : 'missing' }
  },
  'remove-function': async (_, { tags, previews }) => ({
    outcome: (await previews.removeFunction(tags.functionName)) ? 'removed' : 'missing',
  }),
}

export function carryOut(step: RemovalStep, removing: Removing): Promise<Ended> {
  const execute = EXECUTORS[step.kind] as (step: RemovalStep, removing: Removing) => Promise<Ended>
  return execute(step, removing)
}

export async function removeOwnDatabase(tags: PreviewTags, removeDatabase: RemoveDatabase): Promise<Ended> {
  const outcome = await removeDatabase(tags)
  return outcome === 'kept' ? keptDatabase(tags) : { outcome }
}

/** Another preview of the same name has it, or somebody has taken its mark away. */
function keptDatabase({ database, functionName }: PreviewTags): Ended {
  return {
    outcome: 'kept',
    problem: {
      title: `The ${ownDatabaseText(database)} was left as it is: it has no mark that says that it was made for ${functionName}`,
      hint: 'If no preview in another region or account has it, remove database and user by hand.',
    },
  }
}

/** What the preview's tags name may be somebody else's all the same: its own tags count. */
function kept(what: string, { functionName }: PreviewTags): Ended {
  return {
    outcome: 'kept',
    problem: {
      title: `${what} was left as it is: its tags do not say that it was made for ${functionName}`,
      hint: 'If nothing needs it, remove it by hand.',
    },
  }
}
