import { commandOf, type ReleaseName } from './application.ts'
import type { Ended, Running } from './bundle.ts'
import type { Ground, Place } from './ground.ts'

/** A deployment whose calls are recorded and then made to fail, one by one. */
export interface Case {
  readonly name: string
  /** What is served before; undefined where the function does not exist. */
  readonly from: ReleaseName | undefined
  readonly to: ReleaseName
  /** More settings, of the deployment before as well. */
  readonly settings: readonly string[]
}

export const CASES: readonly Case[] = [
  { name: 'first', from: undefined, to: 'a', settings: [] },
  { name: 'update', from: 'a', to: 'b', settings: [] },
  { name: 'unchanged', from: 'a', to: 'a', settings: [] },
  { name: 'in steps', from: 'a', to: 'b', settings: ['--traffic', '50% 1s'] },
  { name: 'command version', from: 'a', to: 'b', settings: ['--command-timeout', '20'] },
  { name: 'provisioned', from: 'a', to: 'b', settings: ['--provisioned-concurrency', '1'] },
]

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
export async function prepare(ground: Ground, place: Place, { from, settings }: Case): Promise<void> {
  if (from === undefined) return
  const { exitCode, stderr } = await deploy(ground, place, from, settings).ended
  if (exitCode !== 0) throw new Error(`The deployment before could not be made: ${stderr}`)
}

/** Of a deployment that ended well. */
export function versionOf({ stdout }: Ended): string {
  return (JSON.parse(stdout) as { function: { version: string } }).function.version
}
