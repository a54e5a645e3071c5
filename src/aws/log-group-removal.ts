import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { nameInArn } from './arn.ts'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import type { Tags } from './tags.ts'

/** Log groups at their end. Every failure is a UserError where advice is possible. */
export interface LogGroupRemoval {
  /** Undefined where there is no such group. @param arn of the group, without `:*` at its end */
  tags(arn: string): Promise<Tags | undefined>
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>
}

export function createLogGroupRemoval({ version, wait, signal }: ClientOptions): LogGroupRemoval {
  const client = new CloudWatchLogsClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { find } = createCaller(wait, (name) => `arn:aws:logs:*:*:log-group:${name}:*`, 'logs')
  return {
    tags: async (arn) => {
      const found = await find('ListTagsForResource', nameInArn(arn), () =>
        client.send(new ListTagsForResourceCommand({ resourceArn: arn }), cancellable),
      )
      return found && (found.tags ?? {})
    },
    remove: async (name) => {
      const removed = await find('DeleteLogGroup', name, () =>
        client.send(new DeleteLogGroupCommand({ logGroupName: name }), cancellable),
      )
      return removed !== undefined
    },
  }
}
