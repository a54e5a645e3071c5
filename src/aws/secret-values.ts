import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { UserError } from '../errors.ts'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

/** Secrets that this machine reads. */
export interface SecretValues {
  /** @param reference ssm:NAME, secretsmanager:NAME, the ARN of either; with #KEY for a key of a JSON object. @throws UserError without any value in it */
  read(reference: string): Promise<string>
}

/** Where a value stands. `name` is a name or an ARN. */
interface Target {
  readonly service: 'ssm' | 'secretsmanager'
  /** Undefined for the one of this run. */
  readonly region: string | undefined
  readonly name: string
  readonly key: string | undefined
}

export function createSecretValues({ version, wait, signal }: ClientOptions): SecretValues {
  const config = clientConfig(version)
  return {
    read: async (reference) => {
      const target = targetOf(reference)
      const { service, name } = target
      const options = { ...config, ...(target.region !== undefined && { region: target.region }) }
      const { call } = createCaller(wait, (resource) => arnOf(service, resource), service)
      const text =
        service === 'ssm'
          ? await call('GetParameter', name, () => readParameter(new SSMClient(options), name, signal))
          : await call('GetSecretValue', name, () => readSecret(new SecretsManagerClient(options), name, signal))
      if (text === undefined) throw unreadable(reference, 'It does not exist, or is binary.')
      return target.key === undefined ? text : valueOfKey(text, target.key, reference)
    },
  }
}

async function readParameter(client: SSMClient, name: string, signal: AbortSignal): Promise<string | undefined> {
  const command = new GetParameterCommand({ Name: name, WithDecryption: true })
  return (await existing(() => client.send(command, { abortSignal: signal })))?.Parameter?.Value
}

async function readSecret(
  client: SecretsManagerClient,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const command = new GetSecretValueCommand({ SecretId: name })
  return (await existing(() => client.send(command, { abortSignal: signal })))?.SecretString
}

/** Of a secret that is not there, advice on functions would not help. */
async function existing<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send()
  } catch (error) {
    const isMissing =
      error instanceof Error && /^(?:ResourceNotFoundException|Parameter(?:Version)?NotFound)$/.test(error.name)
    if (isMissing) return undefined
    throw error
  }
}

function targetOf(reference: string): Target {
  const [place, key] = splitAt(reference, '#')
  const arn = /^arn:[\w-]+:(ssm|secretsmanager):([\w-]+):\d{12}:/.exec(place)
  if (arn) return { service: arn[1] as Target['service'], region: arn[2], name: place, key }
  const [service, name = ''] = splitAt(place, ':')
  if (service !== 'ssm' && service !== 'secretsmanager') throw new Error('not a reference to a secret')
  return { service, region: undefined, name, key }
}

function splitAt(text: string, sign: string): [string, string | undefined] {
  const index = text.indexOf(sign)
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)]
}

/** What a statement of a policy has to name. */
function arnOf(service: Target['service'], name: string): string {
  if (name.startsWith('arn:')) return name
  if (service === 'secretsmanager') return `arn:aws:secretsmanager:*:*:secret:${name}-*`
  return `arn:aws:ssm:*:*:parameter/${name.replace(/^\//, '').replace(/:[^:]*$/, '')}`
}

function valueOfKey(text: string, key: string, reference: string): string {
  const found = parsed(text)
  if (found === undefined) throw unreadable(reference, 'It holds no JSON object, and so no key.')
  if (!Object.hasOwn(found, key))
    throw unreadable(
      reference,
      `Its JSON object has no such key, but ${Object.keys(found).join(', ') || 'none at all'}.`,
    )
  const value = found[key]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

function unreadable(reference: string, detail: string): UserError {
  return new UserError({
    title: `The secret ${reference} could not be read`,
    detail,
    hint: 'Check its name, its key, the region (AWS_REGION) and whose credentials these are.',
  })
}
