import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import type { Tags } from './tags.ts'

/** A thing of AWS with tags of its own. */
export interface Tagged {
  readonly arn: string
  readonly tags: Tags
}

/** What a search may be about, as the Resource Groups Tagging API names it. */
export type TaggedType = 'lambda:function' | 'logs:log-group'

/** All things of a type that have these tags. What was changed some seconds ago may be missing, or look as it did before. */
export type FindTagged = (type: TaggedType, tags: Tags) => Promise<readonly Tagged[]>

/** Resource Groups Tagging API reference, "GetResources". */
const MOST_PER_PAGE = 100

export function createFindTagged({ version, wait, signal }: ClientOptions): FindTagged {
  const client = new ResourceGroupsTaggingAPIClient(clientConfig(version))
  // It can be allowed for all resources only.
  const { call } = createCaller(wait, () => '*', 'tag')
  return async (type, tags) => {
    const found: Tagged[] = []
    for (let token: string | undefined; ; ) {
      const command = new GetResourcesCommand({
        ResourceTypeFilters: [type],
        TagFilters: Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] })),
        ResourcesPerPage: MOST_PER_PAGE,
        PaginationToken: token,
      })
      const page = await call('GetResources', `${type} by tags`, () => client.send(command, { abortSignal: signal }))
      for (const { ResourceARN: arn = '', Tags: own = [] } of page.ResourceTagMappingList ?? [])
        found.push({ arn, tags: Object.fromEntries(own.map(({ Key = '', Value = '' }) => [Key, Value])) })
      token = page.PaginationToken
      // After the last page, it is empty.
      if (!token) return found
    }
  }
}
