import { join, resolve } from 'node:path'
import * as core from '@actions/core'
import { actionsReporter } from './report/actions.ts'
import type { Reporter } from './report/reporter.ts'
import type { BuildSettings } from './settings/settings.ts'
import { type CachedStore, restoreStore, saveStore } from './store/cache.ts'
import { cacheService, hasCacheService, type RunCacheTask } from './store/cache-service.ts'

/** The store between runs, in GitHub's cache: restored before a build, and kept by the second phase of the step. */

/** How the first phase tells the second what it has restored. */
const CACHED_STORE = 'cached-store'

/** @param folder that holds the store where the settings name none */
export async function restoreFromCache(
  settings: BuildSettings,
  folder: string,
  environment: Readonly<Record<string, string>>,
  report: Reporter,
): Promise<void> {
  if (!hasCacheService(environment)) return
  const place = resolve(settings.store ?? join(folder, 'store'))
  const cached = await restoreStore(settings, place, { run: createCacheService(report), report })
  if (cached) core.saveState(CACHED_STORE, cached)
}

/** Also after a deployment that failed: what was built is as good. */
export async function keepInCache(): Promise<void> {
  const cached = core.getState(CACHED_STORE)
  if (cached === '') return
  const workspace = process.env['GITHUB_WORKSPACE'] ?? process.cwd()
  const report = actionsReporter({ workspace, project: workspace, clock: () => performance.now() })
  try {
    const store = JSON.parse(cached) as CachedStore
    await saveStore(store, process.env['GITHUB_RUN_ID'] ?? '0', { run: createCacheService(report), report })
  } catch (error) {
    // The step has done its work: nothing here may fail it.
    report.notice({ title: "The store was not kept in GitHub's cache", detail: String(error) })
  }
}

function createCacheService(report: Reporter): RunCacheTask {
  return cacheService({
    script: new URL(import.meta.url),
    onDebug: (line) => {
      report.debug(line)
    },
    onSecret: (secret) => {
      core.setSecret(secret)
    },
  })
}
