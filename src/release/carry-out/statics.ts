import { UserError } from '../../errors.ts'
import type { StaticsStep } from '../plan/statics.ts'
import type { Executors } from '../releasing.ts'

export const staticsExecutors: Executors<StaticsStep> = {
  'upload-static': async (_, { statics, current }) => {
    await statics?.upload(current.served?.codeSha256)
  },
  // Visitors have the new version by now: what is left over is no reason to take it back.
  'tidy-static': async (_, { statics, with: { report } }) => {
    try {
      await statics?.tidy()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const { title, detail, hint } = error
      report.warning({ title: `Old static files were not removed: ${title}`, detail, hint })
    }
  },
}
