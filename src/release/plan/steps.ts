import type { AsideStep } from './aside.ts'
import type { ChangeStep } from './change.ts'
import type { CommandVersionStep } from './command-version.ts'
import type { DatabaseVersionStep } from './database-version.ts'
import type { PreparationStep } from './preparation.ts'
import type { ProofStep } from './proof.ts'
import type { ProvisionedStep } from './provisioned.ts'
import type { PruneStep } from './prune.ts'
import type { StaticsStep } from './statics.ts'
import type { TrafficStep } from './traffic.ts'
import type { WayInStep } from './way-in.ts'

/**
 * One thing to do, as data: the executor has no decisions left, and a dry run prints the same. Each file that plans a part of
 * a release names its own steps; a file of the same name in `carry-out/` carries them out.
 */
export type Step =
  | AsideStep
  | ChangeStep
  | CommandVersionStep
  | DatabaseVersionStep
  | PreparationStep
  | ProofStep
  | ProvisionedStep
  | PruneStep
  | StaticsStep
  | TrafficStep
  | WayInStep

/** The step of one kind. */
export type StepOf<K extends Step['kind']> = Extract<Step, { readonly kind: K }>

/** For each kind of step what it says of itself, in one line: for the console, the summary and a dry run. */
export type Descriptions<S extends { readonly kind: string }, C> = {
  readonly [K in S['kind']]: (step: Extract<S, { readonly kind: K }>, context: C) => string
}
