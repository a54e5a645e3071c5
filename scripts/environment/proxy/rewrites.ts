import { createHash } from 'node:crypto'
import type { Json } from '../faults.ts'
import { type AwsError, NOT_THERE } from './answers.ts'
import type { Policy } from './function-urls.ts'
import type { Request } from './request.ts'

/** What AWS answers to UpdateFunctionCode with DryRun: the configuration as it would be. */
export async function dryRun({ functionName, json, ask }: Request): Promise<Json> {
  const { json: latest } = await ask(`/2015-03-31/functions/${encodeURIComponent(functionName)}/configuration`)
  const zip = typeof json['ZipFile'] === 'string' ? Buffer.from(json['ZipFile'], 'base64') : undefined
  if (zip === undefined) return latest
  return { ...latest, CodeSha256: createHash('sha256').update(zip).digest('base64'), CodeSize: zip.length }
}

/** The emulator answers for one version only. */
export async function listProvisioned({ functionName, ask }: Request): Promise<Json[]> {
  const base = `/2015-03-31/functions/${encodeURIComponent(functionName)}`
  const { Versions: versions = [] } = (await ask(`${base}/versions`)).json as { Versions?: readonly Json[] }
  const found = await Promise.all(
    versions.map(async ({ Version: version }) => {
      const path = `/2019-09-30/functions/${encodeURIComponent(functionName)}/provisioned-concurrency`
      const { status, json } = await ask(`${path}?Qualifier=${encodeURIComponent(String(version))}`)
      return status === 200 ? [{ ...json, FunctionArn: `function:${functionName}:${String(version)}` }] : []
    }),
  )
  return found.flat()
}

export type Rewrite = (json: Json, request: Request) => unknown

/** By operation: how AWS answers where the emulator answers otherwise. */
export const REWRITES: Readonly<Record<string, Rewrite | undefined>> = {
  GetFunction: (json) => ({ ...json, Configuration: activeDuringUpdate((json['Configuration'] ?? {}) as Json) }),
  GetFunctionConfiguration: activeDuringUpdate,
  UpdateFunctionCode: activeDuringUpdate,
  UpdateFunctionConfiguration: activeDuringUpdate,
  GetPolicy: (json, { qualifier }) => (qualifier === undefined ? policyOfFunction(json) : json),
}

function activeDuringUpdate(configuration: Json): Json {
  if (configuration['StateReasonCode'] !== 'Updating') return configuration
  return { ...configuration, State: 'Active', StateReason: null, StateReasonCode: null }
}

function policyOfFunction(json: Json): Json | AwsError {
  const policy = JSON.parse(String(json['Policy'])) as Policy
  const own = policy.Statement.filter(({ Resource }) => Resource.split(':').length <= 7)
  if (own.length === 0) return NOT_THERE
  return { ...json, Policy: JSON.stringify({ ...policy, Statement: own }) }
}
