import type { ProvisionedApi } from '../../aws/provisioned.ts'
import { UserError } from '../../errors.ts'
import { removal } from '../plan/provisioned.ts'
import type { Waiting } from '../wait.ts'

export type Provisioning = Waiting & { readonly provisioned: ProvisionedApi }

/** Hundreds of environments take minutes. */
const MOST_SECONDS = 900

/** Puts it on a version and waits until all of it is ready. @throws UserError; it may be on the version then */
export async function provision(
  functionName: string,
  version: string,
  count: number,
  { provisioned, report, wait, clock, signal }: Provisioning,
): Promise<void> {
  await provisioned.put(functionName, version, count)
  const started = clock()
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5000)) {
    signal.throwIfAborted()
    const now = await provisioned.get(functionName, version)
    if (now?.status === 'READY') return
    const seconds = (clock() - started) / 1000
    if (now?.status === 'FAILED') {
      throw new UserError({
        title: `Lambda could not keep ${count} environments of version ${version} ready`,
        detail: now.reason,
        hint: "Check the account's and the function's concurrency, or set a smaller provisioned-concurrency.",
      })
    }
    if (seconds > MOST_SECONDS) {
      throw new UserError({
        title: `Waited ${MOST_SECONDS} seconds for the provisioned concurrency of version ${version}`,
        detail: `${now?.available ?? 0} of ${count} environments are ready.`,
        hint: 'Set a smaller provisioned-concurrency, or look at the function in the AWS console.',
      })
    }
    report.progress(`${now?.available ?? 0} of ${count} environments of version ${version} are ready`)
    await wait(pause)
  }
}

/** What is left costs money, but nobody's request fails for it. */
export async function unprovision(
  functionName: string,
  version: string,
  { provisioned, report }: Pick<Provisioning, 'provisioned' | 'report'>,
): Promise<void> {
  try {
    await provisioned.remove(functionName, version)
  } catch (error) {
    report.warning({
      title: `The provisioned concurrency of version ${version} could not be removed: it costs money until it is`,
      detail: error instanceof Error ? error.message : String(error),
      hint: `Run: ${removal(functionName, version)}`,
    })
  }
}

/** How environments that are kept ready go along with a rollback. */
export interface ProvisionedMove {
  /** When traffic has left the other versions. */
  readonly finish: () => Promise<void>
  /** Where it has not. */
  readonly undo: () => Promise<void>
}

/**
 * For a rollback: what the version has that is served now is put on the one that will be, and awaited.
 * @param from the versions that traffic leaves, the main one first
 * @throws UserError; the version that will be has none then, unless it had some before
 */
export async function moveProvisioned(
  functionName: string,
  { from, to }: { readonly from: readonly string[]; readonly to: string },
  provisioning: Provisioning,
): Promise<ProvisionedMove> {
  const all = await provisioning.provisioned.list(functionName)
  const left = from.flatMap((version) => all.filter(({ qualifier }) => qualifier === version && version !== to))
  const [first] = left
  const isThere = all.some(({ qualifier }) => qualifier === to)
  const remove = async (versions: readonly string[]): Promise<void> => {
    for (const version of versions) await unprovision(functionName, version, provisioning)
  }
  const undo = (): Promise<void> => remove(isThere || first === undefined ? [] : [to])
  try {
    if (first && !isThere) await provision(functionName, to, first.requested, provisioning)
  } catch (error) {
    await undo()
    throw error
  }
  return { finish: () => remove(left.map(({ qualifier }) => qualifier)), undo }
}
