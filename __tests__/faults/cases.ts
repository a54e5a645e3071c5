import { commandOf, type ReleaseName } from './application.ts'
import type { Ended, Running } from './bundle.ts'
import type { Ground, Place } from './ground.ts'

/** A deployment, or a rollback, whose calls are recorded and then made to fail, one by one. */
export interface Case {
  readonly name: string
  /** What is served before; undefined where the function does not exist. */
  readonly from: ReleaseName | undefined
  readonly to: ReleaseName
  /** More settings, of the deployment before as well. */
  readonly settings: readonly string[]
  /** Back to where the function came from. */
  readonly isRollback?: true
}

export const CASES: readonly Case[] = [
  { name: 'first', from: undefined, to: 'a', settings: [] },
  { name: 'update', from: 'a', to: 'b', settings: [] },
  { name: 'unchanged', from: 'a', to: 'a', settings: [] },
  { name: 'in steps', from: 'a', to: 'b', settings: ['--traffic', '50% 1s'] },
  { name: 'command version', from: 'a', to: 'b', settings: ['--command-timeout', '20'] },
  { name: 'provisioned', from: 'a', to: 'b', settings: ['--provisioned-concurrency', '1'] },
  { name: 'rollback', from: 'b', to: 'a', settings: [], isRollback: true },
]

/** Starts what a case is about. */
export function start(ground: Ground, place: Place, { to, settings, isRollback }: Case, served: string): Running {
  return isRollback ? rollBack(ground, place, served) : deploy(ground, place, to, settings)
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
  release: ReleaseName,
  settings: readonly string[],
  variables: readonly string[] = [],
): Running {
  const environment = [`RELEASE=${release}`, `NOTES=${place.notes}`, 'SITE={{url}}', ...variables]
  const own = ['--artifact', ground.zips[release], '--before-traffic', commandOf('before')]
  const after = ['--after-traffic', commandOf('after'), '--json']
  return ground.bundle.run(
    ['deploy', ...place.args, ...own, ...after, ...environment.flatMap((line) => ['--environment', line]), ...settings],
    place.env,
  )
}

/** Brings a function to where a case begins. */
export async function prepare(ground: Ground, place: Place, { from, to, settings, isRollback }: Case): Promise<void> {
  for (const release of [isRollback ? to : undefined, from]) {
    if (release === undefined) continue
    const { exitCode, stderr } = await deploy(ground, place, release, settings).ended
    if (exitCode !== 0) throw new Error(`The deployment before could not be made: ${stderr}`)
  }
}

/** Of a deployment that ended well. */
export function versionOf({ stdout }: Ended): string {
  return (JSON.parse(stdout) as { function: { version: string } }).function.version
}
