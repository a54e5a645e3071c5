import { readFile } from 'node:fs/promises'
import { pipFiles } from '../builder/pip-files.ts'
import { withoutCredentials } from './credentials.ts'
import type { Pin } from './pins.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Variables of pip and uv that say where distributions come from. */
const INDEX_VARIABLES =
  /^(?:PIP_(?:INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS)|UV_(?:INDEX_URL|EXTRA_INDEX_URL|DEFAULT_INDEX|INDEX|FIND_LINKS))$/
/** The same in files and arguments of pip. */
const INDEX_OPTION = /^(?:--)?(?:index-url|extra-index-url|find-links|i|f)$/
const PUBLIC = /^https:\/\/(?:pypi\.org\/simple|files\.pythonhosted\.org\/\S*)\/?$/

/**
 * Addresses besides the public index's where pip looks by its settings: what it finds depends on them, and may be nobody
 * else's. pip does not tell which of them a file came from.
 */
export async function otherIndexes(pipOptions: readonly string[], environment: Variables): Promise<readonly string[]> {
  const fromVariables = Object.entries(environment)
    .filter(([name]) => INDEX_VARIABLES.test(name))
    .toSorted()
    .flatMap(([, value]) => addressesIn(value ?? ''))
  const fromFiles = await Promise.all(pipFiles(environment).map(addressesInFile))
  const addresses = [...fromVariables, ...fromFiles.flat(), ...addressesInOptions(pipOptions)]
  return addresses.filter((address) => !PUBLIC.test(address)).map(withoutCredentials)
}

/** Whether every distribution that pip finds by its settings comes from the public index. */
export async function isPublicOnly(pipOptions: readonly string[], environment: Variables): Promise<boolean> {
  return (await otherIndexes(pipOptions, environment)).length === 0
}

/** Whether pip is told by its variable to look at no index: uv does not heed it. */
export function isWithoutIndex(environment: Variables): boolean {
  return /^(?:y|yes|t|true|on|1)$/i.test(environment['PIP_NO_INDEX'] ?? '')
}

/** Whether one pin is, where the settings are public only. */
export function isPublicPin({ source }: Pin): boolean {
  switch (source.kind) {
    case 'index':
      return source.index === undefined || PUBLIC.test(source.index)
    case 'url':
      return PUBLIC.test(source.url)
    case 'local':
      return false
  }
}

function addressesIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

function addressesInOptions(options: readonly string[]): string[] {
  return options.flatMap((option, index) => {
    const [name = '', value] = option.split(/=(.*)/s)
    if (!option.startsWith('-') || !INDEX_OPTION.test(name.replace(/^-(?=\w$)/, '--'))) return []
    return addressesIn(value ?? options[index + 1] ?? '')
  })
}

async function addressesInFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  let isIndex = false
  return text.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? []
    if (name !== undefined) isIndex = INDEX_OPTION.test(name)
    else if (!/^\s+\S/.test(line)) isIndex = false
    return isIndex ? addressesIn(name === undefined ? line : (value ?? '')) : []
  })
}
