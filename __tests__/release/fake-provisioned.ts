import type { ProvisionedApi, ProvisionedConcurrency } from '../../src/aws/provisioned.ts'
import type { FakeLambda } from './fake-lambda.ts'

export interface FakeProvisioned extends ProvisionedApi {
  readonly all: Map<string, ProvisionedConcurrency>
  /** How many times it is seen as going on. */
  pendingReads: number
  /** Why it fails, as long as it is set. */
  failure: string | undefined
}

/** Provisioned concurrency of one function in memory; its calls stand among those of the function. */
export function fakeProvisioned({ record }: Pick<FakeLambda, 'record'>): FakeProvisioned {
  const all = new Map<string, ProvisionedConcurrency>()
  let pending = 0
  const fake: FakeProvisioned = {
    all,
    pendingReads: 0,
    failure: undefined,
    list: () => Promise.resolve([...all.values()]),
    get: (_, version) => {
      const config = all.get(version)
      if (config && pending-- > 0) return Promise.resolve({ ...config, available: 0, status: 'IN_PROGRESS' })
      return Promise.resolve(config)
    },
    put: (_, version, count) =>
      record(`provision ${version} ${count}`, () => {
        const { failure } = fake
        const status = failure === undefined ? 'READY' : 'FAILED'
        all.set(version, { qualifier: version, requested: count, available: count, status, reason: failure })
        pending = fake.pendingReads
      }),
    remove: (_, version) =>
      record(`unprovision ${version}`, () => {
        all.delete(version)
      }),
  }
  return fake
}
