import type { Numbered } from './repository.ts'

/** A function of the repository, and what its previews consist of. */
export interface App {
  /** Of its function. */
  readonly name: string
  /** Main's, and what the names of previews' databases begin with. */
  readonly database: string
  readonly server: 'postgresql' | 'mysql'
  /** Who makes the databases of previews. */
  readonly access: 'runner' | 'function'
  /** Whether its dependencies are a layer. */
  readonly hasLayer: boolean
  /** Whether its static files are in a bucket: below the prefix of all others. */
  readonly hasStatics: boolean
  /** Whether a preview has a schema of the administrator's database, and not a database. */
  readonly hasSchema: (pull: Numbered) => boolean
  /** Whether a pull request changes it: then it gets a preview of it. */
  readonly isChangedBy: (pull: Numbered) => boolean
}

export const SHOP: App = {
  ...{ name: 'shop', database: 'shop', server: 'postgresql', access: 'runner', hasLayer: false, hasStatics: true },
  hasSchema: ({ number }) => number % 4 === 1,
  isChangedBy: () => true,
}

const REPORTS: App = {
  ...SHOP,
  ...{ name: 'shop-reports', database: 'shop_reports' },
  hasSchema: () => false,
  isChangedBy: ({ number }) => number % 3 === 0,
}

/** What the second function may be like. */
export const KINDS = {
  schema: { app: { ...REPORTS, hasLayer: true, hasSchema: () => true }, told: 'schemas and a layer of dependencies' },
  mysql: { app: { ...REPORTS, server: 'mysql' }, told: 'databases of MariaDB' },
  function: { app: { ...REPORTS, access: 'function' }, told: 'databases that the function makes' },
} as const satisfies Readonly<Record<string, { readonly app: App; readonly told: string }>>

export type Kind = keyof typeof KINDS

export function isKind(text: string): text is Kind {
  return Object.hasOwn(KINDS, text)
}

/** Which second function the repository has, by the number of the story. */
export function kindOf(seed: number, hasMysql: boolean): Kind {
  const kinds = Object.keys(KINDS).filter(isKind)
  const kind = kinds[seed % kinds.length] ?? 'schema'
  return kind === 'mysql' && !hasMysql ? 'schema' : kind
}

/** The bucket, and the prefix of main's files there; those of a preview are beside it. */
export const STATICS = { bucket: 'statics', prefix: 'shop' } as const

export function addressOfStatics({ bucket, prefix }: typeof STATICS): string {
  return `s3://${bucket}/${prefix}`
}

/** The file that both functions of a prefix have. */
export const SHARED = 'shared.txt'

/** A file that both functions have, and one that shows which code it belongs to. */
export function staticFilesOf({ name }: App, code: string): readonly string[] {
  return [SHARED, `${name}-${code}.txt`]
}
