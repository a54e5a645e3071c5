import type { Progress } from '../releasing.ts'

const MIGRATES = /^(?:timeout=\d+\s+)?(?:manage\s+migrate\b(?!.*--plan)|flask\s+db\s+upgrade\b)/

/** What only shows something leaves nothing behind. */
const SHOWS = /^manage\s+migrate\s.*--plan\b/

/**
 * What a failed release leaves behind, in words: nothing that a command did is taken back.
 * @param served the version that the alias serves then
 */
export function irreversible(
  { begun, commands, version }: Pick<Progress, 'begun' | 'commands' | 'version'>,
  served: string | undefined,
): string {
  const migrations = begun.filter((command) => MIGRATES.test(command))
  const others = commands
    .map(({ command }) => command)
    .filter((command) => !MIGRATES.test(command) && !SHOWS.test(command))
  return [migrationText(migrations, served === version ? undefined : served), othersText(others)]
    .filter(Boolean)
    .join(' ')
}

function migrationText([migration]: readonly string[], serving: string | undefined): string {
  if (migration === undefined) return ''
  const left = `Migrations are never reversed: what ${migration} has applied stays in the database.`
  if (serving === undefined) return left
  return `${left} That leaves the old code on the new schema: version ${serving} has to work with it until a release succeeds.`
}

function othersText(commands: readonly string[]): string {
  return commands.length === 0 ? '' : `These commands have run and are not reversed: ${commands.join('; ')}.`
}
