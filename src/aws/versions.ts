import {
  type AliasConfiguration,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  LambdaClient,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import type { AliasTarget } from './lambda.ts'

/** A published version, as far as a list tells of it. */
export interface ListedVersion {
  readonly version: string
  /** When it was published, ISO 8601. */
  readonly published: string
  /** Base64. */
  readonly codeSha256: string
  readonly zipBytes: number
  readonly description: string
}

export interface NamedAlias extends AliasTarget {
  readonly name: string
  readonly weights: Readonly<Record<string, number>>
}

/** All versions and aliases of a function. Every failure is a UserError where advice is possible. */
export interface VersionsApi {
  /** The newest first, without `$LATEST`; undefined where there is no such function. */
  list(functionName: string): Promise<readonly ListedVersion[] | undefined>
  listAliases(functionName: string): Promise<readonly NamedAlias[]>
  /** One that is gone already is no failure. */
  remove(functionName: string, version: string): Promise<void>
}

export function createVersionsApi(options: ClientOptions): VersionsApi {
  const { version, signal } = options
  const client = new LambdaClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { find, call } = createCaller(options.wait)
  const { find: findVersion } = createCaller(options.wait, (name) => `arn:aws:lambda:*:*:function:${name}:*`)

  return {
    list: async (functionName) => {
      const listed: FunctionConfiguration[] = []
      let marker: string | undefined
      do {
        const command = new ListVersionsByFunctionCommand({ FunctionName: functionName, Marker: marker })
        const page = await find('ListVersionsByFunction', functionName, () => client.send(command, cancellable))
        if (page === undefined) return undefined
        listed.push(...(page.Versions ?? []))
        marker = page.NextMarker
      } while (marker)
      return listed
        .filter(({ Version }) => Version !== '$LATEST')
        .map(listedVersion)
        .toSorted((a, b) => Number(b.version) - Number(a.version))
    },
    listAliases: async (functionName) => {
      const listed: AliasConfiguration[] = []
      let marker: string | undefined
      do {
        const command = new ListAliasesCommand({ FunctionName: functionName, Marker: marker })
        const page = await call('ListAliases', functionName, () => client.send(command, cancellable))
        listed.push(...(page.Aliases ?? []))
        marker = page.NextMarker
      } while (marker)
      return listed.map(namedAlias)
    },
    remove: async (functionName, number) => {
      // Without a version, the call removes the function.
      if (!/^[1-9]\d*$/.test(number)) throw new Error(`${number} is no version that could be removed`)
      const command = new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: number })
      await findVersion('DeleteFunction', functionName, () => client.send(command, cancellable))
    },
  }
}

function listedVersion(found: FunctionConfiguration): ListedVersion {
  return {
    version: found.Version ?? '',
    published: isoDate(found.LastModified),
    codeSha256: found.CodeSha256 ?? '',
    zipBytes: found.CodeSize ?? 0,
    description: found.Description ?? '',
  }
}

function namedAlias(found: AliasConfiguration): NamedAlias {
  return {
    name: found.Name ?? '',
    version: found.FunctionVersion ?? '',
    description: found.Description ?? '',
    weights: found.RoutingConfig?.AdditionalVersionWeights ?? {},
  }
}

/** Lambda writes `2026-11-23T09:35:45.000+0000`, whose offset lacks a colon. */
function isoDate(text: string | undefined): string {
  const time = Date.parse((text ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}
