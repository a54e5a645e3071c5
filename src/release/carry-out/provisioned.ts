import { type ProvisionedStep, provision, unprovision } from '../provisioned.ts'
import type { Executors } from '../releasing.ts'

export const provisionedExecutors: Executors<ProvisionedStep> = {
  provision: async ({ count }, { desired: { functionName }, progress, with: provisioning }) => {
    progress.mayHaveProvisioned = true
    await provision(functionName, progress.version, count, provisioning)
  },
  unprovision: async ({ version }, { desired: { functionName }, with: provisioning }) => {
    await unprovision(functionName, version, provisioning)
  },
}
