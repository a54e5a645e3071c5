import type { GitHubApi } from '../../github/api.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import { type DeployedFunction, deploymentMarkerOf } from './marker.ts'
import { stickyComment } from './sticky.ts'

/** Whom a deployment is told to. */
export interface DeployedPlace extends DeployedFunction {
  /** Of the event; undefined where the commit says of which it came. */
  readonly pull: number | undefined
  readonly commit: string | undefined
}

const LONGEST_MS = 20_000

/** Tells the pull request that a deployment came of. What GitHub does not take is a notice. @param body Markdown */
export async function announceDeployment(
  body: string,
  { pull, commit, ...deployed }: DeployedPlace,
  github: GitHubApi | undefined,
  report: Pick<Reporter, 'notice'>,
): Promise<void> {
  if (!github) {
    report.notice({
      title: 'comment is true, and GitHub cannot be asked',
      hint: "Give github-token, which is the job's own without a word.",
    })
    return
  }
  try {
    const api = github.within(LONGEST_MS)
    const pulls = pull === undefined ? (commit === undefined ? [] : await api.pullsOf(commit)) : [pull]
    const marker = deploymentMarkerOf(deployed)
    for (const number of pulls) await stickyComment(number, marker).write(api, `${marker}\n${body}`)
  } catch (error) {
    for (const problem of problemsOf(error).problems) report.notice(problem)
  }
}
