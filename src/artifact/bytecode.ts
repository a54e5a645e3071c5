import type { Builder } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'

/** The folder of the workspace that holds the Python of `docker/`. */
export const TOOLS = 'tools'

/**
 * Compiles every module below a folder of the workspace, for the target and as it will stand in `/var/task`. @throws
 * UserError when that could not be done; a module that does not compile is only left without.
 */
export async function compileBytecode(
  folder: string,
  { builder, report }: { builder: Builder; report: Reporter },
): Promise<void> {
  const command = [
    builder.python,
    '-I',
    '-S',
    `${TOOLS}/compile_bytecode.py`,
    '--jobs',
    String(builder.processors),
    folder,
  ]
  const { exitCode, stdout, stderr } = await builder.run(command)
  if (exitCode !== 0) {
    throw new UserError({
      title: `The bytecode of ${folder} could not be made`,
      detail: stderr.trim(),
      hint: 'Most likely memory or disk space ran out where the build runs.',
    })
  }
  const { compiled, failed } = JSON.parse(stdout) as { compiled: number; failed: string[] }
  report.debug(`bytecode of ${compiled} modules in ${folder}`)
  if (failed.length > 0) report.debug(`without bytecode, since they do not compile: ${failed.join(', ')}`)
}
