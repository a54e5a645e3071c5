import {
  type Architecture,
  GetLayerVersionCommand,
  LambdaClient,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  type Runtime,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { invocationFate } from './invocation-fate.ts'
import { type Code, codeRequest } from './lambda.ts'

/** What a layer is for, and what is in it. */
export interface LayerContent {
  readonly name: string
  /** Base64. */
  readonly codeSha256: string
  readonly runtime: string
}

/** Exactly the calls that this program makes. Every failure is a UserError where advice is possible. */
export interface LayerApi {
  /** The ARN of the newest version with this content, for this runtime and architecture; undefined where none of the last fifty has it. */
  find(content: LayerContent, architecture: string): Promise<string | undefined>
  /** @returns the ARN of the new version */
  publish(content: LayerContent, code: Code): Promise<string>
}

/** The most that ListLayerVersions gives in one answer. */
const VERSIONS = 50

/** Of a call whose answer did not come. */
const ATTEMPTS = 3

export function createLayerApi({ version, wait, signal }: ClientOptions): LayerApi {
  const client = new LambdaClient({ customUserAgent: [['wsgi-lambda', version]] })
  const cancellable = { abortSignal: signal }
  // A repeated call would publish a second version with the same content.
  const once = new LambdaClient({ customUserAgent: [['wsgi-lambda', version]], maxAttempts: 1 })
  const { call, find } = createCaller(wait, (layer) => `arn:aws:lambda:*:*:layer:${layer}*`)

  const findContent: LayerApi['find'] = async ({ name, codeSha256, runtime }, architecture) => {
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
    const named = listed?.LayerVersions?.find(({ Description }) => Description === descriptionOf(codeSha256))
    if (named?.Version === undefined) return undefined
    const { Version: number } = named
    // A description can be written by anybody: what Lambda itself says of the content counts.
    const found = await find('GetLayerVersion', name, () =>
      client.send(new GetLayerVersionCommand({ LayerName: name, VersionNumber: number }), cancellable),
    )
    return found?.Content?.CodeSha256 === codeSha256 ? found.LayerVersionArn : undefined
  }

  const publishOnce: LayerApi['publish'] = async ({ name, codeSha256, runtime }, code) => {
    const published = await call('PublishLayerVersion', name, () =>
      once.send(
        new PublishLayerVersionCommand({
          LayerName: name,
          Description: descriptionOf(codeSha256),
          Content: codeRequest(code),
          CompatibleRuntimes: [runtime as Runtime],
          CompatibleArchitectures: [code.architecture as Architecture],
        }),
        cancellable,
      ),
    )
    return published.LayerVersionArn ?? ''
  }

  return {
    find: findContent,
    publish: async (content, code) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await publishOnce(content, code)
        } catch (error) {
          if (invocationFate(error) === 'refused' || attempt === ATTEMPTS) throw error
          await wait(1000 * attempt, `looking whether the layer ${content.name} was published`)
          const arn = await findContent(content, code.architecture)
          if (arn !== undefined) return arn
        }
      }
    },
  }
}

function descriptionOf(codeSha256: string): string {
  return `wsgi-lambda: ${codeSha256}`
}
