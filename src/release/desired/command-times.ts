import { SettingsError } from '../../errors.ts'
import { parseCommandLine } from '../../remote/command-line.ts'

/**
 * A command with more time than the version that runs it would be cut off in the middle.
 * @param mostSeconds the timeout of that version @throws SettingsError naming every such line
 */
export function checkCommandTimes(commands: readonly string[], mostSeconds: number): void {
  const tooLong = commands.filter((line) => (parseCommandLine(line).timeoutSeconds ?? 0) > mostSeconds)
  if (tooLong.length === 0) return
  throw new SettingsError(
    tooLong.map((line) => ({
      title: `${JSON.stringify(line)} is given more time than the version has that runs it: ${mostSeconds} seconds`,
      hint: 'Set command-timeout, which gives commands a version of their own (up to 900 seconds), or raise timeout.',
    })),
  )
}
