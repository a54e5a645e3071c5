import type { ProofStep } from '../plan/proof.ts'
import type { Executors, Releasing } from '../releasing.ts'
import { type SmokeTarget, smoke, smokeHostOf } from '../traffic/smoke.ts'
import { run } from './run.ts'

export const proofExecutors: Executors<ProofStep> = {
  run: async (step, releasing) => {
    releasing.progress.commands.push(await run(step, releasing))
  },
  smoke: async ({ requests }, releasing) => {
    await smoke(requests, smokeTarget(releasing), releasing.with)
  },
}

/** The new version, asked as its visitors will. */
export function smokeTarget({ desired, progress }: Releasing): SmokeTarget {
  const { functionName, configuration, smoke: settings } = desired
  const host = smokeHostOf(settings?.host, progress.url)
  const { authorization } = settings ?? {}
  const { version } = progress
  const asked = { host, authorization, timeoutSeconds: configuration.timeout }
  return { functionName, version, called: 'the new version', ...asked }
}
