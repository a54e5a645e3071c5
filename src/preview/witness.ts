import type { AsideApis } from '../aws/aside.ts'
import { defaultLogGroup } from '../aws/function-options.ts'
import type { LambdaApi } from '../aws/lambda.ts'
import type { Tags } from '../aws/tags.ts'
import { ownTags } from './removal/ownership.ts'
import { databaseTag, type PreviewTags, writeTags } from './tags.ts'

/** What has tags already, before data are made that have none. */
export interface WitnessCollaborators {
  readonly lambda: Pick<LambdaApi, 'getVersion'>
  readonly aside: Pick<AsideApis, 'tags' | 'openLogGroups'>
}

/**
 * A line of shell makes data whose address the function is created with. Whatever ends the run in between, its log group says
 * that there are such data; where the preview exists, its function does.
 *
 * @param there the tags of the preview, where it exists
 * @param more what the settings add to its tags
 */
export async function leaveWitness(
  tags: PreviewTags,
  there: PreviewTags | undefined,
  more: Tags,
  { lambda, aside }: WitnessCollaborators,
): Promise<void> {
  const { functionName, database } = tags
  if (there === undefined) {
    const logGroups = await aside.openLogGroups()
    const [name, written] = [defaultLogGroup(functionName), { ...more, ...writeTags(tags) }]
    // Somebody may have made it, or Lambda for a function that is gone.
    if (!(await logGroups.create(name, written)))
      await logGroups.addTags(name, written, (found) => 'managed-by' in found && ownTags(tags, found) === undefined)
  } else if (there.database !== database) {
    const latest = await lambda.getVersion(functionName)
    if (latest) await aside.tags.add(latest.arn, databaseTag(database))
  }
}
