import {
  DeleteConflictException,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import type { Tags } from './tags.ts'

/** Execution roles at their end. Every failure is a UserError where advice is possible. */
export interface RoleRemoval {
  /** Undefined where there is no such role. */
  tags(name: string): Promise<Tags | undefined>
  /** With its policies; those of others are only detached. @returns whether there was one */
  remove(name: string): Promise<boolean>
  /** The names of all roles of the account. */
  list(): Promise<readonly string[]>
}

/** IAM may go on for some seconds to say that a role has policies. */
const ATTEMPTS = 4
/** IAM API reference, ListRoles. */
const MOST_PER_PAGE = 1000

export function createRoleRemoval({ version, wait, signal }: ClientOptions): RoleRemoval {
  const client = new IAMClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call } = createCaller(wait, (name) => `arn:aws:iam::*:role/${name}`, 'iam')

  const inlinePolicies = (RoleName: string): Promise<string[]> =>
    everyPage(async (Marker) => {
      const command = new ListRolePoliciesCommand({ RoleName, Marker })
      const page = await call('ListRolePolicies', RoleName, () => existing(() => client.send(command, cancellable)))
      return { found: page?.PolicyNames ?? [], next: page?.Marker }
    })

  const attachedPolicies = (RoleName: string): Promise<string[]> =>
    everyPage(async (Marker) => {
      const command = new ListAttachedRolePoliciesCommand({ RoleName, Marker })
      const page = await call('ListAttachedRolePolicies', RoleName, () =>
        existing(() => client.send(command, cancellable)),
      )
      return { found: (page?.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []), next: page?.Marker }
    })

  async function removePolicies(RoleName: string): Promise<void> {
    const [inline, attached] = await Promise.all([inlinePolicies(RoleName), attachedPolicies(RoleName)])
    await Promise.all([
      ...inline.map((PolicyName) =>
        call('DeleteRolePolicy', RoleName, () =>
          existing(() => client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }), cancellable)),
        ),
      ),
      ...attached.map((PolicyArn) =>
        call('DetachRolePolicy', RoleName, () =>
          existing(() => client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }), cancellable)),
        ),
      ),
    ])
  }

  return {
    tags: async (name) => {
      const found = await call('GetRole', name, () =>
        existing(() => client.send(new GetRoleCommand({ RoleName: name }), cancellable)),
      )
      return found && Object.fromEntries((found.Role?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
    },
    remove: async (name) => {
      for (let attempt = 1; ; attempt++) {
        await removePolicies(name)
        const outcome = await call('DeleteRole', name, async () => {
          try {
            const removed = await existing(() => client.send(new DeleteRoleCommand({ RoleName: name }), cancellable))
            return removed === undefined ? 'missing' : 'removed'
          } catch (error) {
            if (error instanceof DeleteConflictException && attempt < ATTEMPTS) return 'conflict'
            throw error
          }
        })
        if (outcome !== 'conflict') return outcome === 'removed'
        await wait(1000 * attempt, `waiting until IAM knows that ${name} has no policies`)
      }
    },
    list: () =>
      everyPage(async (Marker) => {
        const command = new ListRolesCommand({ Marker, MaxItems: MOST_PER_PAGE })
        const page = await call('ListRoles', '*', () => client.send(command, cancellable))
        return { found: (page.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []), next: page.Marker }
      }),
  }
}

/** @param read a page, from where the one before says that there is more */
async function everyPage(
  read: (
    marker: string | undefined,
  ) => Promise<{ readonly found: readonly string[]; readonly next?: string | undefined }>,
): Promise<string[]> {
  const all: string[] = []
  for (let marker: string | undefined; ; ) {
    const { found, next } = await read(marker)
    all.push(...found)
    if (!next) return all
    marker = next
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
