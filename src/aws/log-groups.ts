import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandOutput,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import { OUR_TAG, type Tags } from './tags.ts'

export interface LogGroup {
  readonly name: string
  /** Undefined where log lines are kept for ever. */
  readonly retentionDays: number | undefined
}

/** Where the log lines of functions are kept. Every failure is a UserError where advice is possible. */
export interface LogGroupApi {
  find(name: string): Promise<LogGroup | undefined>
  /** One that is there already stays as it is. @returns whether it was made */
  create(name: string, tags?: Tags): Promise<boolean>
  /** Adds tags to one that is there, unless what it has says that it is somebody else's. */
  addTags(name: string, tags: Tags, isTheirs: (found: Tags) => boolean): Promise<void>
  setRetention(name: string, days: number | undefined): Promise<void>
}

export function createLogGroupApi({ version, wait, signal }: ClientOptions): LogGroupApi {
  const client = new CloudWatchLogsClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call } = createCaller(wait, (name) => `arn:aws:logs:*:*:log-group:${name}:*`, 'logs')
  const describe = (name: string): Promise<DescribeLogGroupsCommandOutput> =>
    call('DescribeLogGroups', name, () =>
      client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }), cancellable),
    )
  return {
    find: async (name) => {
      const { logGroups = [] } = await describe(name)
      // Sorted by name: where the group exists, it is the first of those that start like it.
      const found = logGroups.find(({ logGroupName }) => logGroupName === name)
      return found && { name, retentionDays: found.retentionInDays }
    },
    create: async (name, tags) => {
      return await call('CreateLogGroup', name, async () => {
        try {
          const command = new CreateLogGroupCommand({ logGroupName: name, tags: { ...tags, ...OUR_TAG } })
          await client.send(command, cancellable)
          return true
        } catch (error) {
          if (!(error instanceof ResourceAlreadyExistsException)) throw error
          return false
        }
      })
    },
    addTags: async (name, tags, isTheirs) => {
      const { logGroups = [] } = await describe(name)
      const resourceArn = logGroups.find(({ logGroupName }) => logGroupName === name)?.arn?.replace(/:\*$/, '')
      if (resourceArn === undefined) return
      const found = await call('ListTagsForResource', name, () =>
        client.send(new ListTagsForResourceCommand({ resourceArn }), cancellable),
      )
      if (isTheirs(found.tags ?? {})) return
      await call('TagResource', name, () =>
        client.send(new TagResourceCommand({ resourceArn, tags: { ...tags, ...OUR_TAG } }), cancellable),
      )
    },
    setRetention: async (name, days) => {
      if (days === undefined) {
        await call('DeleteRetentionPolicy', name, () =>
          client.send(new DeleteRetentionPolicyCommand({ logGroupName: name }), cancellable),
        )
        return
      }
      await call('PutRetentionPolicy', name, () =>
        client.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days }), cancellable),
      )
    },
  }
}
