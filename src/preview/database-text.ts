const ENGINES: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL' }

/** Of a database that was made for a preview, what it is, for people: `database shop_pr_7 (PostgreSQL)`. */
export function ownDatabaseText(tag: string): string {
  if (tag === 'command') return 'database of preview-database-create'
  const [engine = '', scope = '', name = ''] = tag.split('/')
  return `${scope} ${name} (${ENGINES[engine] ?? engine})`
}

/** What a preview's tag says of its data, for people; undefined where it has none of its own. */
export function databaseText(tag: string): string | undefined {
  if (tag === 'none') return undefined
  if (tag === 'sqlite') return 'SQLite, gone with its environment'
  if (tag === 'command') return 'made by a command of its own'
  const [engine = '', scope = '', name = ''] = tag.split('/')
  return `${ENGINES[engine] ?? engine}, ${scope} ${name}`
}
