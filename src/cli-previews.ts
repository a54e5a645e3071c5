import { readRegion } from './aws/identity.ts'
import { wait } from './aws/wait.ts'
import { runProcess } from './builder/process.ts'
import { makePreview, type PullWork, removePreviews, sweepPreviews } from './commands/for-pulls.ts'
import type { PreviewRun } from './commands/preview-run.ts'
import type { Problem } from './errors.ts'
import { openGitHub } from './github/open.ts'
import { readEvent } from './preview/pull.ts'
import type { DestroyResult } from './preview/removal/result.ts'
import type { SweepResult } from './preview/removal/sweep-result.ts'
import { secretsIn, spellingsOf } from './report/secrets.ts'

/** What the command line does for previews. */
export type PreviewWiring = Omit<PullWork, 'github' | 'region' | 'mask' | 'secrets' | 'wait' | 'run'>

/** @param number of the pull request; undefined for that of the run */
export async function runPreview(number: number | undefined, wiring: PreviewWiring): Promise<PreviewRun> {
  const done = await makePreview(await readEvent(wiring.environment, number), false, await workOf(wiring))
  if (done.skipped !== undefined) wiring.report.notice(done.skipped)
  return done
}

/** @returns why there was nothing to do for such a run, where that is so */
export async function runDestroy(
  number: number | undefined,
  wiring: PreviewWiring,
): Promise<DestroyResult | { readonly skipped: Problem }> {
  const done = await removePreviews(await readEvent(wiring.environment, number), await workOf(wiring))
  if ('skipped' in done) wiring.report.notice(done.skipped)
  return done
}

export async function runSweep(wiring: PreviewWiring): Promise<SweepResult> {
  return await sweepPreviews(await workOf(wiring))
}

async function workOf(wiring: PreviewWiring): Promise<PullWork> {
  const { environment, clients } = wiring
  const github = await openGitHub(environment, environment['GITHUB_TOKEN'], { ...clients, wait })
  const region = await readRegion(clients)
  return { ...wiring, ...collectSecrets(wiring), github, region, wait, run: runProcess }
}

/** A console masks nothing: what is collected stays out of comments, from the variables and flags of the run on. */
function collectSecrets({ environment, origin }: PreviewWiring): Pick<PullWork, 'mask' | 'secrets'> {
  const collected = new Set<string>()
  const mask: PullWork['mask'] = (variables) => {
    for (const secret of secretsIn(variables)) for (const spelling of spellingsOf(secret)) collected.add(spelling)
  }
  mask(environment)
  mask(textsIn(origin.explicit.given))
  return { mask, secrets: () => [...collected] }
}

/** By the names that they have as inputs: by these a secret is known. */
function textsIn(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (typeof value === 'string' ? [[`INPUT_${name}`, value]] : [])),
  )
}
