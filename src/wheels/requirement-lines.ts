import { withoutCredentials } from '../requirements/credentials.ts'
import type { Pin, PinSource } from '../requirements/pins.ts'

/** As a requirements file has it, hashes included: pip checks them. */
export function requirementLine({ name, version, hashes, source }: Pin): string {
  const what = source.kind === 'url' ? `${name} @ ${source.url}` : `${name}==${version ?? ''}`
  return [what, ...hashes.map((hash) => `--hash=${hash}`)].join(' ')
}

const INDEX_OPTION = /^(--(?:index-url|extra-index-url|find-links|trusted-host)|-i|-f)(?:[= ](.*))?$/s

/**
 * Those of pip's options that say where to look, a line each as in a requirements file: for a source that names the only
 * index that it may come from, that one, with the credentials that the options have for it.
 */
export function indexLines(pipOptions: readonly string[], source?: PinSource): string[] {
  const lines: string[] = []
  for (const [index, option] of pipOptions.entries()) {
    if (option === '--no-index') lines.push(option)
    const [, name, value] = INDEX_OPTION.exec(option) ?? []
    if (name !== undefined) lines.push(`${name} ${value ?? pipOptions[index + 1] ?? ''}`)
  }
  const only = source?.kind === 'index' ? source.index : undefined
  if (only === undefined || lines.includes('--no-index')) return lines
  const known = lines.map((line) => line.replace(/^\S+ /, '')).find((address) => isSameIndex(address, only))
  return [`--index-url ${known ?? only}`, ...lines.filter((line) => line.startsWith('--trusted-host '))]
}

function isSameIndex(one: string, other: string): boolean {
  const [left, right] = [one, other].map((address) => withoutCredentials(address).replace(/\/+$/, ''))
  return left === right
}
