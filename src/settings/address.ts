import type { Table } from './kinds.ts'

/** `{{url}}`, `{{origin}}` and `{{host}}`: of the Function URL, whose address is known only when there is one. */
const ADDRESS = /\{\{\s*(url|origin|host)\s*\}\}/g

export function needsAddress(environment: Table): boolean {
  return Object.values(environment).some((value) => value.search(ADDRESS) >= 0)
}

/**
 * Fills `{{url}}` without its final slash, `{{origin}}` (scheme and host) and `{{host}}`; while there is no address, variables that
 * need it are left out.
 */
export function fillAddress(environment: Table, address: string | undefined): Table {
  const parts = address === undefined ? undefined : partsOf(address)
  const filled = Object.entries(environment).flatMap(([name, value]) => {
    if (value.search(ADDRESS) < 0) return [[name, value] as const]
    if (parts === undefined) return []
    return [[name, value.replace(ADDRESS, (_, part: keyof typeof parts) => parts[part])] as const]
  })
  return Object.fromEntries(filled)
}

function partsOf(address: string) {
  const { origin, host } = new URL(address)
  return { url: address.replace(/\/$/, ''), origin, host }
}
