/** As a line of `before-traffic`, with its own timeout perhaps; what only shows or checks is none. */
const MIGRATES = /^(?:timeout=\d+\s+)?manage\s+migrate(?=\s|$)(?!.*\s--(?:plan|check|help)(?:\s|$))/

/**
 * The commands before traffic with `manage migrate --plan` at their head, where one of them migrates a Django project: what
 * it will do to the database stands in the log before it does it, and where Django cannot even tell, nothing has happened yet.
 */
export function withMigratePlan(commands: readonly string[]): readonly string[] {
  const migrating = commands.find((command) => MIGRATES.test(command))
  if (migrating === undefined) return commands
  const given = migrating.replace(MIGRATES, '').replace(/\s--no-?input(?=\s|$)/, '')
  return [`manage migrate --plan${given}`, ...commands]
}
