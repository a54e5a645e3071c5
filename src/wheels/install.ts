import type { Builder } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import { resolutionFailure } from '../requirements/failure.ts'
import { type Requirements, targetOptions } from '../requirements/lock.ts'

/** The folder of the workspace that holds the installed distributions, side by side as in `/var/task`. */
export const DEPENDENCIES = 'dependencies'

/** Installs pinned requirements for the builder's target. @throws UserError when one of them cannot be installed. */
export async function installRequirements(
  requirements: Requirements,
  { builder, report }: { builder: Builder; report: Reporter },
): Promise<void> {
  if (requirements.isEmpty) return
  report.progress('installing the requirements')
  const command = [
    await builder.uv(),
    'pip',
    'install',
    '--target',
    DEPENDENCIES,
    '--no-deps',
    '--requirements',
    requirements.path,
  ]
  // No bytecode here (uv's would carry dates), and nothing that says when or from where it was installed.
  const reproducible = ['--no-compile-bytecode', '--no-installer-metadata', '--link-mode', 'copy']
  const installed = await builder.run([...command, ...reproducible, ...targetOptions(builder)], {
    onLine: (line) => {
      report.debug(line)
    },
  })
  if (installed.exitCode !== 0) throw resolutionFailure(installed.stderr, builder, requirements.files)
}
