import {
  CreateRoleCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  NoSuchEntityException,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  type Role,
} from '@aws-sdk/client-iam'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import { OUR_TAG, type Tags } from './tags.ts'

export interface RoleState {
  readonly arn: string
  /** Whether this program made it. */
  readonly isOurs: boolean
  /** The ARN of the policy that bounds what it may do; undefined where none does. */
  readonly boundary?: string | undefined
}

/** What a new role has beside its trust. */
export interface NewRole {
  readonly tags: Tags
  readonly boundary?: string | undefined
}

/** Execution roles. Documents are JSON. Every failure is a UserError where advice is possible. */
export interface RoleApi {
  get(name: string): Promise<RoleState | undefined>
  /** What this program let the role do; undefined where there is no such role or policy. */
  getPolicy(name: string): Promise<string | undefined>
  /** One of that name that is there already is given back. */
  create(name: string, trust: string, role: NewRole): Promise<RoleState>
  setBoundary(name: string, boundary: string): Promise<void>
  putPolicy(name: string, policy: string): Promise<void>
  /** IAM has none of its own: it is the one of the functions. */
  region(): Promise<string>
}

const POLICY = 'wsgi-lambda'

export function createRoleApi({ version, wait, signal }: ClientOptions): RoleApi {
  const client = new IAMClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call } = createCaller(wait, (name) => `arn:aws:iam::*:role/${name}`, 'iam')
  const get: RoleApi['get'] = async (name) => {
    const found = await call('GetRole', name, () =>
      existing(() => client.send(new GetRoleCommand({ RoleName: name }), cancellable)),
    )
    return found?.Role && stateOf(found.Role)
  }
  return {
    get,
    getPolicy: async (name) => {
      const found = await call('GetRolePolicy', name, () =>
        existing(() => client.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: POLICY }), cancellable)),
      )
      // RFC 3986, as IAM gives documents.
      // Written as this program writes it, whatever a person has made of it.
      return found?.PolicyDocument && JSON.stringify(JSON.parse(decodeURIComponent(found.PolicyDocument)))
    },
    create: async (name, trust, { tags, boundary }) => {
      const created = await call('CreateRole', name, async () => {
        try {
          const { Role: role } = await client.send(
            new CreateRoleCommand({
              RoleName: name,
              AssumeRolePolicyDocument: trust,
              PermissionsBoundary: boundary,
              Description: 'Made by wsgi-lambda for a function',
              Tags: Object.entries({ ...tags, ...OUR_TAG }).map(([Key, Value]) => ({ Key, Value })),
            }),
            cancellable,
          )
          return role
        } catch (error) {
          if (error instanceof EntityAlreadyExistsException) return undefined
          throw error
        }
      })
      const role = created ? stateOf(created) : await get(name)
      return role ?? { arn: '', isOurs: false }
    },
    setBoundary: async (name, boundary) => {
      await call('PutRolePermissionsBoundary', name, () =>
        client.send(
          new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary: boundary }),
          cancellable,
        ),
      )
    },
    region: () => client.config.region(),
    putPolicy: async (name, policy) => {
      await call('PutRolePolicy', name, () =>
        client.send(
          new PutRolePolicyCommand({ RoleName: name, PolicyName: POLICY, PolicyDocument: policy }),
          cancellable,
        ),
      )
    },
  }
}

async function existing<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw error
  }
}

function stateOf({ Arn: arn = '', Tags: tags = [], PermissionsBoundary: bounds }: Role): RoleState {
  const isOurs = Object.entries(OUR_TAG).every(([key, value]) =>
    tags.some(({ Key, Value }) => Key === key && Value === value),
  )
  return { arn, isOurs, boundary: bounds?.PermissionsBoundaryArn }
}
