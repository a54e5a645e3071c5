import { defaultLogGroup } from '../../aws/function-options.ts'
import { ownDatabaseText } from '../database-text.ts'
import type { PreviewTags } from '../tags.ts'

/** One thing that is removed. Each can be done again, and what is gone already is as good as removed. */
export type RemovalStep =
  | { readonly kind: 'run-hook'; readonly command: string }
  | { readonly kind: 'remove-database'; readonly database: string }
  | { readonly kind: 'remove-static'; readonly address: string }
  /** `isDefault`: the group that Lambda gives to the function of that name; any other one has to prove whose it is. */
  | { readonly kind: 'remove-log-group'; readonly name: string; readonly isDefault: boolean }
  | { readonly kind: 'remove-role'; readonly name: string }
  | { readonly kind: 'remove-function' }

type Kind = RemovalStep['kind']
export type StepOf<K extends Kind> = Extract<RemovalStep, { readonly kind: K }>

/** Data that lies in the function itself, or nowhere. */
const WITHOUT_SERVER: ReadonlySet<string> = new Set(['none', 'sqlite'])

/** Whether there is a database that stays when the function is gone. */
export function hasServerData({ database }: Pick<PreviewTags, 'database'>): boolean {
  return !WITHOUT_SERVER.has(database)
}

/**
 * What a preview consists of, by its tags, in the order in which it goes. The function is last: as long as it is there, what is
 * left over is found again.
 */
export function planRemoval(tags: PreviewTags, hooks: readonly string[]): readonly RemovalStep[] {
  const ownGroup = defaultLogGroup(tags.functionName)
  const logGroup = tags.logGroup ?? ownGroup
  return [
    ...hooks.map((command) => ({ kind: 'run-hook', command }) as const),
    ...(hasServerData(tags) ? [{ kind: 'remove-database', database: tags.database } as const] : []),
    ...(tags.static === undefined ? [] : [{ kind: 'remove-static', address: tags.static } as const]),
    { kind: 'remove-log-group', name: logGroup, isDefault: logGroup === ownGroup },
    ...(tags.role === undefined ? [] : [{ kind: 'remove-role', name: tags.role } as const]),
    { kind: 'remove-function' },
  ]
}

/** As the log and the table of a summary have it. */
export function describeRemoval(step: RemovalStep, functionName: string): string {
  switch (step.kind) {
    case 'run-hook':
      return step.command
    case 'remove-database':
      return ownDatabaseText(step.database)
    case 'remove-static':
      return `static files of ${step.address}`
    case 'remove-log-group':
      return `log group ${step.name}`
    case 'remove-role':
      return `role ${step.name}`
    case 'remove-function':
      return `function ${functionName}`
  }
}
