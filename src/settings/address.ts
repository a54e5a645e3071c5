import type { Table } from './kinds.ts'

/** `{{url}}`: the address of the Function URL, which is known only when there is one. */
const ADDRESS = /\{\{\s*url\s*\}\}/g

export function needsAddress(environment: Table): boolean {
  return Object.values(environment).some((value) => value.search(ADDRESS) >= 0)
}

/** Fills `{{url}}`, without its final slash; while there is no address, variables that need it are left out. */
export function fillAddress(environment: Table, address: string | undefined): Table {
  const filled = Object.entries(environment).flatMap(([name, value]) => {
    if (value.search(ADDRESS) < 0) return [[name, value] as const]
    return address === undefined ? [] : [[name, value.replace(ADDRESS, () => address.replace(/\/$/, ''))] as const]
  })
  return Object.fromEntries(filled)
}
