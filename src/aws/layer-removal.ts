import {
  DeleteLayerVersionCommand,
  LambdaClient,
  ListLayersCommand,
  ListLayerVersionsCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import { isOurDescription, markInDescription } from './layers.ts'

/** Layers at their end. Every failure is a UserError where advice is possible. */
export interface LayerRemoval {
  /** Its versions that this program has published. */
  list(name: string): Promise<readonly PublishedVersion[]>
  remove(name: string, versions: readonly PublishedVersion[]): Promise<void>
  /** The names of all layers of the region: what their newest versions say, older ones need not. */
  names(): Promise<readonly string[]>
}

export interface PublishedVersion {
  readonly number: number
  /** Of the preview that it was published for. */
  readonly mark: string | undefined
  /** ISO 8601. */
  readonly created: string
}

export function createLayerRemoval({ version, wait, signal }: ClientOptions): LayerRemoval {
  const client = new LambdaClient(clientConfig(version))
  const { call, find } = createCaller(wait, (layer) => `arn:aws:lambda:*:*:layer:${layer}*`)
  return {
    list: async (LayerName) => {
      const versions: PublishedVersion[] = []
      for (let Marker: string | undefined; ; ) {
        const command = new ListLayerVersionsCommand({ LayerName, Marker })
        const page = await find('ListLayerVersions', LayerName, () => client.send(command, { abortSignal: signal }))
        for (const {
          Version: number,
          Description: description = '',
          CreatedDate: created = '',
        } of page?.LayerVersions ?? [])
          if (number !== undefined && isOurDescription(description))
            versions.push({ number, mark: markInDescription(description), created })
        if (!page?.NextMarker) return versions
        Marker = page.NextMarker
      }
    },
    remove: async (LayerName, versions) => {
      for (const { number: VersionNumber } of versions) {
        const command = new DeleteLayerVersionCommand({ LayerName, VersionNumber })
        await call('DeleteLayerVersion', LayerName, () => client.send(command, { abortSignal: signal }))
      }
    },
    names: async () => {
      const names: string[] = []
      for (let Marker: string | undefined; ; ) {
        const command = new ListLayersCommand({ Marker })
        const page = await call('ListLayers', '*', () => client.send(command, { abortSignal: signal }))
        for (const { LayerName: name = '' } of page.Layers ?? []) names.push(name)
        if (!page.NextMarker) return names
        Marker = page.NextMarker
      }
    },
  }
}
