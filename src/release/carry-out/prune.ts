import { UserError } from '../../errors.ts'
import { type PruneStep, prunable } from '../plan/prune.ts'
import type { Executors } from '../releasing.ts'

export const pruneExecutors: Executors<PruneStep> = {
  prune: async ({ keep }, { desired: { functionName }, with: { versions, report } }) => {
    const removed: string[] = []
    try {
      const [listed = [], aliases] = await Promise.all([
        versions.list(functionName),
        versions.listAliases(functionName),
      ])
      for (const version of prunable(listed, aliases, keep)) {
        report.progress(`removing version ${version}`)
        await versions.remove(functionName, version)
        removed.push(version)
      }
    } catch (error) {
      // The release is done.
      const { title, hint } = error instanceof UserError ? error : { title: String(error), hint: undefined }
      report.warning({
        title: 'Old versions were not removed',
        detail: title,
        hint: [hint, 'With keep-versions: 0 all of them are kept.'].filter(Boolean).join(' '),
      })
    }
    if (removed.length > 0) report.info(`removed: version ${removed.join(', ')}`)
  },
}
