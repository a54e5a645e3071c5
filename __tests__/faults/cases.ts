import { commandOf, type Packing, type ReleaseName } from './application.ts'
import type { Ended, Running } from './bundle.ts'
import type { Ground, Place } from './ground.ts'

/** A deployment, or a rollback, whose calls are recorded and then made to fail, one by one. */
export interface Case {
  readonly name: string
  /** What is served before; undefined where the function does not exist. */
  readonly from: ReleaseName | undefined
  readonly to: ReleaseName
  /** More settings, of the deployment before as well; BUCKET stands for the place's bucket. */
  readonly settings: readonly string[]
  /** Default: small. */
  readonly packing?: Packing
  /** Back to where the function came from. */
  readonly isRollback?: true
  /** The bucket is made by the deployment. */
  readonly makesBucket?: true
}

const STATIC = { from: 'a', to: 'b', packing: 'without static files' } as const
const LARGE = { from: 'a', to: 'b', packing: 'large' } as const

export const CASES: readonly Case[] = [
  { name: 'first', from: undefined, to: 'a', settings: [] },
  { name: 'update', from: 'a', to: 'b', settings: [] },
  { name: 'unchanged', from: 'a', to: 'a', settings: [] },
  { name: 'in steps', from: 'a', to: 'b', settings: ['--traffic', '50% 1s'] },
  { name: 'command version', from: 'a', to: 'b', settings: ['--command-timeout', '20'] },
  { name: 'provisioned', from: 'a', to: 'b', settings: ['--provisioned-concurrency', '1'] },
  { name: 'rollback', from: 'b', to: 'a', settings: [], isRollback: true },
  { name: 'static files', ...STATIC, settings: ['--static', 's3://BUCKET/site'] },
  { name: 'old ones go', ...STATIC, settings: ['--static', 's3://BUCKET/site', '--static-keep', '0'] },
  { name: 'by a bucket', ...LARGE, settings: ['--upload-bucket', 's3://BUCKET/code'] },
  { name: 'by its own', ...LARGE, settings: ['--upload-bucket', 'auto'], makesBucket: true },
]

/** Whether the bucket holds what visitors get. */
export function hasStaticFiles({ packing }: Pick<Case, 'packing'>): boolean {
  return packing === 'without static files'
}

/** Starts what a case is about. */
export function start(ground: Ground, place: Place, which: Case, served: string): Running {
  return which.isRollback ? rollBack(ground, place, served) : deploy(ground, place, which, which.to)
}

/** As a deployment that has nothing to do, where the version is what is served already. @param from the version that it leaves */
function rollBack(ground: Ground, { functionName, env }: Place, from: string): Running {
  const to = String(Number(from) - 1)
  const running = ground.bundle.run(['rollback', '--function-name', functionName, '--to', to, '--json'], env)
  return { ...running, ended: running.ended.then(asDeployment) }
}

function asDeployment(ended: Ended): Ended {
  if (!ended.stderr.includes('is what is served already')) return ended
  return { ...ended, exitCode: 0, stdout: JSON.stringify({ changed: false }) }
}

/** Starts the deployment of a release. */
export function deploy(
  ground: Ground,
  place: Place,
  { settings, packing = 'small' }: Pick<Case, 'settings' | 'packing'>,
  release: ReleaseName,
  variables: readonly string[] = [],
): Running {
  const environment = [`RELEASE=${release}`, `NOTES=${place.notes}`, 'SITE={{url}}', ...variables]
  const own = ['--artifact', ground.zips[packing][release], '--before-traffic', commandOf('before')]
  const after = ['--after-traffic', commandOf('after'), '--json']
  const placed = settings.map((text) => text.replace('BUCKET', place.buckets.name))
  return ground.bundle.run(
    ['deploy', ...place.args, ...own, ...after, ...environment.flatMap((line) => ['--environment', line]), ...placed],
    place.env,
  )
}

/** Brings a function to where a case begins. */
export async function prepare(ground: Ground, place: Place, which: Case): Promise<void> {
  if (!which.makesBucket) await place.buckets.make()
  for (const release of [which.isRollback ? which.to : undefined, which.from]) {
    if (release === undefined) continue
    const { exitCode, stderr } = await deploy(ground, place, which, release).ended
    if (exitCode !== 0) throw new Error(`The deployment before could not be made: ${stderr}`)
  }
}
