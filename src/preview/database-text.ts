const ENGINES: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL' }

/** What a preview's tag says of its data, for people; undefined where it has none of its own. */
export function databaseText(tag: string): string | undefined {
  if (tag === 'none') return undefined
  if (tag === 'sqlite') return 'SQLite, gone with its environment'
  if (tag === 'command') return 'made by a command of its own'
  const [engine = '', scope = '', name = ''] = tag.split('/')
  return `${ENGINES[engine] ?? engine}, ${scope} ${name}`
}
