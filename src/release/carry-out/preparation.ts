import type { PreparationStep } from '../plan/preparation.ts'
import type { Executors } from '../releasing.ts'

export const preparationExecutors: Executors<PreparationStep> = {
  prepare: async (_, { preparation, progress }) => {
    progress.mayHavePrepared = true
    await preparation?.carryOut()
  },
}
