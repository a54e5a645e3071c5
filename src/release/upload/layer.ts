import type { LayerApi } from '../../aws/layers.ts'
import { layerNameOf } from '../desired/desired-layers.ts'
import type { DesiredLayer } from '../state.ts'
import type { Transport } from './upload.ts'

/** The dependencies of a function as a zip of their own, and how it reaches Lambda. */
export interface LayerZip {
  readonly functionName: string
  /** Base64. */
  readonly codeSha256: string
  readonly runtime: string
  readonly architecture: string
  readonly transport: Transport
  /** Of a preview's: whose it is. */
  readonly mark?: string | undefined
}

/** What a release needs of a layer; `publish` is called where no version has the content. */
export interface LayerOfRelease {
  readonly desired: DesiredLayer | undefined
  /** @returns the ARN of the version */
  readonly publish: () => Promise<string>
}

/** Looks for the content among the layer's versions. Without a layer there is nothing to look for. */
export async function readLayer(zip: LayerZip | undefined, layers: LayerApi): Promise<LayerOfRelease> {
  if (zip === undefined) return { desired: undefined, publish: () => Promise.reject(new Error('no layer was planned')) }
  const { functionName, codeSha256, runtime, architecture, transport, mark } = zip
  const content = { name: layerNameOf(functionName), codeSha256, runtime, mark }
  const arn = await layers.find(content, architecture)
  return {
    desired: { name: content.name, codeSha256, arn, upload: transport.address },
    publish: async () => {
      await transport.upload()
      return await layers.publish(content, await transport.readCode(architecture))
    },
  }
}
