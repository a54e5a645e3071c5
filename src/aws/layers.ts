import {
  type Architecture,
  GetLayerVersionCommand,
  LambdaClient,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  type Runtime,
} from '@aws-sdk/client-lambda'
import { UserError } from '../errors.ts'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import { invocationFate } from './invocation-fate.ts'
import type { Code } from './lambda.ts'
import { codeRequest } from './lambda-shapes.ts'

/** What a layer is for, and what is in it. */
export interface LayerContent {
  readonly name: string
  /** Base64. */
  readonly codeSha256: string
  readonly runtime: string
  /** Of the layer of a preview: what proves whose it is, for a layer can have no tags. */
  readonly mark?: string | undefined
}

/** Exactly the calls that this program makes. Every failure is a UserError where advice is possible. */
export interface LayerApi {
  /** The ARN of the newest version with this content, for this runtime and architecture; undefined where none of the last fifty has it. */
  find(content: LayerContent, architecture: string): Promise<string | undefined>
  /** @returns the ARN of the new version */
  publish(content: LayerContent, code: Code): Promise<string>
}

/** What Lambda says of a version that it has published. */
interface PublishedLayer {
  readonly arn: string
  readonly codeSha256: string
}

/** The most that ListLayerVersions gives in one answer. */
const VERSIONS = 50

/** Of a call whose answer did not come. */
const ATTEMPTS = 3

export function createLayerApi({ version, wait, signal }: ClientOptions): LayerApi {
  const client = new LambdaClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  // A repeated call would publish a second version with the same content.
  const once = new LambdaClient({ ...clientConfig(version), maxAttempts: 1 })
  const { call, find } = createCaller(wait, (layer) => `arn:aws:lambda:*:*:layer:${layer}*`)

  const findContent: LayerApi['find'] = async (content, architecture) => {
    const { name, codeSha256, runtime } = content
    const listed = await find('ListLayerVersions', name, () =>
      client.send(
        new ListLayerVersionsCommand({
          LayerName: name,
          MaxItems: VERSIONS,
          CompatibleRuntime: runtime as Runtime,
          CompatibleArchitecture: architecture as Architecture,
        }),
        cancellable,
      ),
    )
    const named = listed?.LayerVersions?.find(({ Description }) => Description === descriptionOf(content))
    if (named?.Version === undefined) return undefined
    const { Version: number } = named
    // A description can be written by anybody: what Lambda itself says of the content counts.
    const found = await find('GetLayerVersion', name, () =>
      client.send(new GetLayerVersionCommand({ LayerName: name, VersionNumber: number }), cancellable),
    )
    return found?.Content?.CodeSha256 === codeSha256 ? found.LayerVersionArn : undefined
  }

  async function publishOnce(content: LayerContent, code: Code): Promise<PublishedLayer> {
    const { name, codeSha256, runtime } = content
    const published = await call('PublishLayerVersion', name, () =>
      once.send(
        new PublishLayerVersionCommand({
          LayerName: name,
          Description: descriptionOf(content),
          Content: codeRequest(code),
          CompatibleRuntimes: [runtime as Runtime],
          CompatibleArchitectures: [code.architecture as Architecture],
        }),
        cancellable,
      ),
    )
    return { arn: published.LayerVersionArn ?? '', codeSha256: published.Content?.CodeSha256 ?? codeSha256 }
  }

  async function publishSurely(content: LayerContent, code: Code): Promise<PublishedLayer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await publishOnce(content, code)
      } catch (error) {
        if (invocationFate(error) === 'refused' || attempt === ATTEMPTS) throw error
        await wait(1000 * attempt, `looking whether the layer ${content.name} was published`)
        const arn = await findContent(content, code.architecture)
        if (arn !== undefined) return { arn, codeSha256: content.codeSha256 }
      }
    }
  }

  return {
    find: findContent,
    publish: async (content, code) => {
      const { arn, codeSha256 } = await publishSurely(content, code)
      if (codeSha256 !== content.codeSha256) throw otherContent(arn, code)
      return arn
    },
  }
}

/** Whoever may write into the bucket can put something else there under the same name. */
function otherContent(arn: string, code: Code): UserError {
  const place = 'object' in code ? `s3://${code.object.bucket}/${code.object.key}` : 'the request'
  return new UserError({
    title: `The layer ${arn} has not the content of the artifact`,
    detail: `Lambda took it from ${place}. No function uses it.`,
    hint: 'Look who may write into upload-bucket, remove that object and that version of the layer, and run this again.',
  })
}

const DESCRIPTION = 'wsgi-lambda: '

function descriptionOf({ codeSha256, mark }: LayerContent): string {
  return DESCRIPTION + codeSha256 + (mark === undefined ? '' : MARK + mark)
}

const MARK = ' preview '

/** The mark in the description of a version that this program has published for a preview. */
export function markInDescription(description: string): string | undefined {
  const at = description.lastIndexOf(MARK)
  return isOurDescription(description) && at !== -1 ? description.slice(at + MARK.length) : undefined
}

/** Whether this program has published a version of a layer. */
export function isOurDescription(description: string): boolean {
  return description.startsWith(DESCRIPTION)
}
