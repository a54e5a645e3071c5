import { inParallel } from '../../artifact/parallel.ts'
import type { GitHubApi, PreviewDeployment } from '../../github/api.ts'
import type { AnnouncePlace } from './facts.ts'
import { isOfRegion } from './region.ts'

/** The deployment that GitHub shows of a run, and what becomes of those before. Undefined arguments are not shown. */
export interface ShownDeployment {
  begin(github: GitHubApi): Promise<void>
  succeed(github: GitHubApi, url: string | undefined): Promise<void>
  /** @param isReleased whether the new version serves all the same */
  fail(github: GitHubApi, isReleased: boolean): Promise<void>
  /** None of the preview is active any more. */
  end(github: GitHubApi): Promise<void>
}

const AT_ONCE = 4

export function shownDeployment(place: AnnouncePlace, environment: string): ShownDeployment {
  const { identity, headSha, runUrl: logUrl } = place
  const { base: preview, pull, region } = identity
  const name = region === undefined ? identity.functionName : `${identity.functionName} in ${region}`
  let own: number | undefined

  const allOf = async (github: GitHubApi): Promise<readonly PreviewDeployment[]> =>
    (await github.deploymentsOf(environment, pull)).filter(
      (deployment) => deployment.preview === preview && isOfRegion(deployment, region),
    )

  const begin = async (github: GitHubApi): Promise<void> => {
    if (headSha === undefined || own !== undefined) return
    const description = `Preview ${name}`
    own = await github.createDeployment({ ref: headSha, environment, pull, preview, region, description })
    await github.setDeploymentStatus(own, { state: 'in_progress', logUrl, description: `Deploying ${name}` })
  }

  const retire = (github: GitHubApi, id: number): Promise<void> =>
    github.setDeploymentStatus(id, { state: 'inactive', logUrl, description: `${name} has a newer deployment` })

  const retireBefore = async (github: GitHubApi, newest: number): Promise<void> => {
    for (const { id } of await allOf(github)) {
      if (id >= newest) continue
      // What is older was made inactive together with it.
      if (!(await github.isActive(id))) break
      await retire(github, id)
    }
  }

  return {
    begin,
    succeed: async (github, environmentUrl) => {
      await begin(github)
      if (own === undefined) return
      await github.setDeploymentStatus(own, {
        state: 'success',
        environmentUrl,
        logUrl,
        description: `${name} is ready`,
      })
      await retireBefore(github, own)
    },
    fail: async (github, isReleased) => {
      await begin(github)
      if (own === undefined) return
      await github.setDeploymentStatus(own, { state: 'failure', logUrl, description: `${name} could not be deployed` })
      if (isReleased) await retireBefore(github, own)
    },
    end: async (github) => {
      const deployments = await allOf(github)
      await inParallel(deployments, AT_ONCE, async ({ id }) => {
        if (!(await github.isActive(id))) return
        await github.setDeploymentStatus(id, { state: 'inactive', logUrl, description: `${name} was removed` })
      })
    },
  }
}
