import type { ProvisionedStep } from '../plan/provisioned.ts'
import type { Executors } from '../releasing.ts'
import { provision, unprovision } from '../traffic/provisioned.ts'

export const provisionedExecutors: Executors<ProvisionedStep> = {
  provision: async ({ count }, { desired: { functionName }, progress, with: provisioning }) => {
    progress.mayHaveProvisioned = true
    await provision(functionName, progress.version, count, provisioning)
  },
  unprovision: async ({ version }, { desired: { functionName }, progress, with: provisioning }) => {
    // A version that was published before can be the one that is released now.
    if (version === progress.version && progress.mayHaveProvisioned) return
    await unprovision(functionName, version, provisioning)
  },
}
