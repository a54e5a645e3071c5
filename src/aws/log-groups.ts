import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
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
  /** One that is there already stays as it is. */
  create(name: string, tags?: Tags): Promise<void>
  setRetention(name: string, days: number | undefined): Promise<void>
}

export function createLogGroupApi({ version, wait, signal }: ClientOptions): LogGroupApi {
  const client = new CloudWatchLogsClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call } = createCaller(wait, (name) => `arn:aws:logs:*:*:log-group:${name}:*`, 'logs')
  return {
    find: async (name) => {
      const { logGroups = [] } = await call('DescribeLogGroups', name, () =>
        client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }), cancellable),
      )
      // Sorted by name: where the group exists, it is the first of those that start like it.
      const found = logGroups.find(({ logGroupName }) => logGroupName === name)
      return found && { name, retentionDays: found.retentionInDays }
    },
    create: async (name, tags) => {
      await call('CreateLogGroup', name, async () => {
        try {
          const command = new CreateLogGroupCommand({ logGroupName: name, tags: { ...tags, ...OUR_TAG } })
          await client.send(command, cancellable)
        } catch (error) {
          if (!(error instanceof ResourceAlreadyExistsException)) throw error
        }
      })
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
