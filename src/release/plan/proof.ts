import type { SmokeRequest } from '../../settings/traffic.ts'
import type { DesiredRelease, Phase } from '../state.ts'

/** What a new version has to do before anyone meets it, and after. */
export type ProofStep =
  | { readonly kind: 'run'; readonly phase: Phase; readonly command: string }
  | { readonly kind: 'smoke'; readonly requests: readonly SmokeRequest[] }

export function runSteps(phase: Phase, commands: readonly string[]): ProofStep[] {
  return commands.map((command) => ({ kind: 'run', phase, command }))
}

export function proofSteps({ beforeTraffic, smoke }: DesiredRelease): ProofStep[] {
  return [
    ...runSteps('before-traffic', beforeTraffic),
    ...(smoke ? [{ kind: 'smoke', requests: smoke.requests } as const] : []),
  ]
}
