import type { Builder, Completed } from '../builder/builder.ts'
import { resolutionFailure } from '../requirements/failure.ts'
import type { Run } from './bench.ts'

/**
 * Runs pip. Interpreters of virtual environments that uv made, and Debian's own, have none: then uv brings one into the
 * workspace.
 */
export async function runPip(
  args: readonly string[],
  builder: Builder,
  {
    run = (command, env = {}) => builder.run(command, { env }),
    env,
  }: { run?: Run; env?: Readonly<Record<string, string>> } = {},
): Promise<Completed> {
  const completed = await run([builder.python, '-m', 'pip', ...args], env)
  if (completed.exitCode === 0 || !/No module named '?pip'?/.test(completed.stderr)) return completed
  return await run([builder.python, await pipOfOurOwn(builder), ...args], env)
}

async function pipOfOurOwn(builder: Builder): Promise<string> {
  const folder = 'pip'
  const install = ['pip', 'install', '--quiet', '--python', builder.python, '--target', folder, 'pip']
  const { exitCode, stderr } = await builder.run([await builder.uv(), ...install])
  if (exitCode !== 0) throw resolutionFailure(stderr, builder, [])
  return `${folder}/pip`
}
