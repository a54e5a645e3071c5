import { DeleteLayerVersionCommand, LambdaClient, ListLayerVersionsCommand } from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { isOurDescription } from './layers.ts'

/** Layers at their end. Every failure is a UserError where advice is possible. */
export interface LayerRemoval {
  /** Its versions that this program has published. */
  list(name: string): Promise<readonly number[]>
  remove(name: string, versions: readonly number[]): Promise<void>
}

export function createLayerRemoval({ version, wait, signal }: ClientOptions): LayerRemoval {
  const client = new LambdaClient({ customUserAgent: [['wsgi-lambda', version]] })
  const { call, find } = createCaller(wait, (layer) => `arn:aws:lambda:*:*:layer:${layer}*`)
  return {
    list: async (LayerName) => {
      const versions: number[] = []
      for (let Marker: string | undefined; ; ) {
        const command = new ListLayerVersionsCommand({ LayerName, Marker })
        const page = await find('ListLayerVersions', LayerName, () => client.send(command, { abortSignal: signal }))
        for (const { Version: number, Description: description = '' } of page?.LayerVersions ?? [])
          if (number !== undefined && isOurDescription(description)) versions.push(number)
        if (!page?.NextMarker) return versions
        Marker = page.NextMarker
      }
    },
    remove: async (LayerName, versions) => {
      for (const VersionNumber of versions) {
        const command = new DeleteLayerVersionCommand({ LayerName, VersionNumber })
        await call('DeleteLayerVersion', LayerName, () => client.send(command, { abortSignal: signal }))
      }
    },
  }
}
