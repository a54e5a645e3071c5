import type { Step } from '../plan/steps.ts'
import type { Executors } from '../releasing.ts'
import { asideExecutors } from './aside.ts'
import { changeExecutors } from './change.ts'
import { commandVersionExecutors } from './command-version.ts'
import { databaseVersionExecutors } from './database-version.ts'
import { preparationExecutors } from './preparation.ts'
import { proofExecutors } from './proof.ts'
import { provisionedExecutors } from './provisioned.ts'
import { pruneExecutors } from './prune.ts'
import { staticsExecutors } from './statics.ts'
import { trafficExecutors } from './traffic.ts'
import { wayInExecutors } from './way-in.ts'

export const EXECUTORS: Executors<Step> = {
  ...asideExecutors,
  ...changeExecutors,
  ...wayInExecutors,
  ...commandVersionExecutors,
  ...databaseVersionExecutors,
  ...preparationExecutors,
  ...proofExecutors,
  ...provisionedExecutors,
  ...staticsExecutors,
  ...trafficExecutors,
  ...pruneExecutors,
}
