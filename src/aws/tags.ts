import { GetFunctionCommand, LambdaClient, TagResourceCommand } from '@aws-sdk/client-lambda'
import { UserError } from '../errors.ts'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

export type Tags = Readonly<Record<string, string>>

/** Says that this program made a thing: only such things does it ever change as its own, or remove. */
export const OUR_TAG = { 'managed-by': 'wsgi-lambda' } as const

/** The tags of a function; its versions and aliases have none. */
export interface TagApi {
  /** Undefined where there is no such function. */
  get(functionName: string): Promise<Tags | undefined>
  /** Adds tags, and leaves all others. @param arn of the function */
  add(arn: string, tags: Tags): Promise<void>
}

export function createTagApi({ version, wait, signal }: ClientOptions): TagApi {
  const client = new LambdaClient(clientConfig(version))
  const { call, find } = createCaller(wait, (resource) => resource)
  return {
    get: async (functionName) => {
      // ListTags takes nothing but an ARN, which is not known before an answer has come.
      const found = await find('GetFunction', `arn:aws:lambda:*:*:function:${functionName}`, () =>
        client.send(new GetFunctionCommand({ FunctionName: functionName }), { abortSignal: signal }),
      )
      if (found?.TagsError) {
        throw new UserError({
          title: `The tags of ${functionName} could not be read`,
          detail: found.TagsError.Message,
          hint: 'The setting tags needs lambda:ListTags and lambda:TagResource on the function.',
        })
      }
      return found && (found.Tags ?? {})
    },
    add: async (arn, tags) => {
      await call('TagResource', arn, () =>
        client.send(new TagResourceCommand({ Resource: arn, Tags: { ...tags } }), { abortSignal: signal }),
      )
    },
  }
}
