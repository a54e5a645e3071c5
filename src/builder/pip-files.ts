import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

type Variables = Readonly<Record<string, string | undefined>>

/** Where pip reads its settings, the weakest first. Source: pip, "Configuration files". */
export function pipFiles(environment: Variables): string[] {
  const home = environment['HOME'] ?? homedir()
  const configured = environment['XDG_CONFIG_HOME'] ?? join(home, '.config')
  const own = environment['PIP_CONFIG_FILE']
  const inEnvironment = environment['VIRTUAL_ENV']
  if (own === '/dev/null') return []
  return [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    ...(own !== undefined && existsSync(own) ? [] : [join(home, '.pip/pip.conf'), join(configured, 'pip/pip.conf')]),
    ...(inEnvironment === undefined ? [] : [join(inEnvironment, 'pip.conf')]),
    ...(own === undefined ? [] : [own]),
  ]
}

/**
 * The indexes of pip's files as the variables that mean the same. Who has set up pip means uv too, which does not read these
 * files: it would ask the public index for what a private one has. What variables say counts.
 */
export async function withPipFiles(
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const settings = new Map<string, string>()
  for (const path of pipFiles(environment)) {
    const text = await readFile(path, 'utf8').catch(() => '')
    for (const [name, value] of settingsIn(text)) settings.set(name, value)
  }
  const found = ['index-url', 'extra-index-url'].flatMap((option) => {
    const value = settings.get(`download ${option}`) ?? settings.get(`global ${option}`)
    return value ? [[`PIP_${option.toUpperCase().replaceAll('-', '_')}`, value]] : []
  })
  return { ...(Object.fromEntries(found) as Record<string, string>), ...environment }
}

/** As Python's `configparser` reads them: a value may go on in lines that are indented. */
function settingsIn(text: string): Map<string, string> {
  const settings = new Map<string, string>()
  let section = ''
  let name = ''
  for (const line of text.split(/\r?\n/).filter((each) => !/^\s*[#;]/.test(each))) {
    const [, header] = /^\[([^\]]+)\]/.exec(line) ?? []
    const [, option, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? []
    if (header !== undefined) section = header
    else if (option !== undefined) {
      name = `${section} ${option.toLowerCase().replaceAll('_', '-')}`
      settings.set(name, (value ?? '').trim())
    } else if (/^\s+\S/.test(line)) settings.set(name, `${settings.get(name) ?? ''} ${line.trim()}`.trim())
  }
  return settings
}
