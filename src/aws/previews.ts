import { DeleteFunctionCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { UserError } from '../errors.ts'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import { readPlaceText } from './identity.ts'
import type { LayerRemoval } from './layer-removal.ts'
import type { LogGroupRemoval } from './log-group-removal.ts'
import type { RoleRemoval } from './role-removal.ts'
import type { StaticBucket } from './static-bucket.ts'
import type { FindTagged, Tagged } from './tagged.ts'

/**
 * What a preview is found by and removed with. Every failure is a UserError where advice is possible. Clients of other services
 * are loaded where they are opened.
 */
export interface PreviewApi {
  /** `ACCOUNT/REGION` of all of this. */
  readonly readPlace: () => Promise<string>
  /** Functions and log groups by their tags. */
  readonly findTagged: FindTagged
  /** As it is now, by its name; undefined where there is none. */
  readonly readFunction: (functionName: string) => Promise<Tagged | undefined>
  /** With its versions, aliases and URL. @returns whether there was one */
  readonly removeFunction: (functionName: string) => Promise<boolean>
  readonly openLayers: () => Promise<LayerRemoval>
  readonly openLogGroups: () => Promise<LogGroupRemoval>
  readonly openRoles: () => Promise<RoleRemoval>
  /** @param owner the account that the bucket must belong to */
  readonly openStatics: (address: string, owner: string) => Promise<StaticBucket>
}

export interface PreviewApiOptions extends ClientOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function createPreviewApi({ environment, ...options }: PreviewApiOptions): PreviewApi {
  const { version, wait, signal } = options
  const client = new LambdaClient(clientConfig(version))
  const { find } = createCaller(wait)
  return {
    readPlace: () => readPlaceText(options),
    findTagged: async (type, tags) => {
      const { createFindTagged } = await import('./tagged.ts')
      return await createFindTagged(options)(type, tags)
    },
    readFunction: async (functionName) => {
      const found = await find('GetFunction', functionName, () =>
        client.send(new GetFunctionCommand({ FunctionName: functionName }), { abortSignal: signal }),
      )
      if (found?.TagsError) throw unreadable(functionName, found.TagsError.Message)
      return found && { arn: found.Configuration?.FunctionArn ?? '', tags: found.Tags ?? {} }
    },
    removeFunction: async (functionName) => {
      const removed = await find('DeleteFunction', functionName, () =>
        client.send(new DeleteFunctionCommand({ FunctionName: functionName }), { abortSignal: signal }),
      )
      return removed !== undefined
    },
    openLayers: async () => (await import('./layer-removal.ts')).createLayerRemoval(options),
    openLogGroups: async () => (await import('./log-group-removal.ts')).createLogGroupRemoval(options),
    openRoles: async () => (await import('./role-removal.ts')).createRoleRemoval(options),
    openStatics: async (address, owner) => {
      const { openStaticBucket } = await import('./open-static-bucket.ts')
      return await openStaticBucket(address, { environment, version, signal, owner })
    },
  }
}

function unreadable(functionName: string, message: string | undefined): UserError {
  return new UserError({
    title: `The tags of ${functionName} could not be read`,
    detail: message,
    hint: 'Without them nobody knows whose it is, and nothing is removed. The credentials need lambda:ListTags on the function.',
  })
}
