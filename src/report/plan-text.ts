import type {
  CodeChange,
  MigrationRemark,
  NeededPermission,
  NewMigration,
  PackageChange,
  PlanFacts,
  VariableChanges,
} from './plan-facts.ts'
import { megabytes, signedSize } from './size.ts'
import { alignedLines } from './table.ts'

/** Of what may be many, so many are shown; `--json` has all. */
const MOST_LINES = 15

/** A plan for a console or a log: what would be done, then what it changes. Nothing to do is no line. */
export function planText({ plan, difference }: { plan: readonly string[]; difference: PlanFacts }): string[] {
  return [...plan.map((line) => `would ${line}`), ...differenceText(difference)]
}

function differenceText(difference: PlanFacts): string[] {
  return differenceSections(difference).flatMap(({ heading, lines }) => [
    `${heading}:`,
    ...lines.map((line) => `  ${line}`),
  ])
}

export interface Section {
  readonly heading: string
  readonly lines: readonly string[]
}

/** What changes, by what it is about; nothing of what stays the same. */
export function differenceSections(difference: PlanFacts): Section[] {
  const { served, configuration, environment, code, migrations, permissions } = difference
  const against = served === undefined ? 'nothing is served yet' : `against version ${served}`
  const settings = configuration.map(({ setting, before, after }) => [setting, `${before ?? '–'} → ${after ?? '–'}`])
  return [
    { heading: `configuration, ${against}`, lines: alignedLines(settings, ['left', 'left']) },
    { heading: `environment, names only, ${against}`, lines: variableLines(environment) },
    { heading: `code, ${against}`, lines: code ? codeLines(code) : [] },
    { heading: `migrations that version ${served ?? '–'} has not`, lines: (migrations ?? []).flatMap(migrationLines) },
    { heading: 'permissions that this needs', lines: permissionLines(permissions) },
  ].filter(({ lines }) => lines.length > 0)
}

/** A line for each set of resources. */
function permissionLines(permissions: readonly NeededPermission[]): string[] {
  const actionsOn = new Map<string, Set<string>>()
  for (const { actions, resources } of permissions) {
    const key = resources.join(', ')
    actionsOn.set(key, new Set([...(actionsOn.get(key) ?? []), ...actions]))
  }
  return [...actionsOn].map(([resources, actions]) => `${[...actions].join(', ')} on ${resources}`)
}

function variableLines({ added, changed, removed }: VariableChanges): string[] {
  return [
    ...added.map((name) => `+ ${name}`),
    ...changed.map((name) => `~ ${name}`),
    ...removed.map((name) => `- ${name}`),
  ]
}

function codeLines({ before, after, zipBytes, unzippedBytes, contents }: CodeChange): string[] {
  return [
    `${before ?? '–'} → ${after}`,
    `${megabytes(zipBytes)} zipped, ${megabytes(unzippedBytes)} unzipped${contents ? ` (${signedSize(contents.zipBytes)}, ${signedSize(contents.unzippedBytes)})` : ''}`,
    ...(contents ? [...packageLines(contents.packages), ...fileLines(contents.files)] : []),
  ]
}

function packageLines(packages: readonly PackageChange[]): string[] {
  const rows = packages
    .slice(0, MOST_LINES)
    .map(({ name, before, after, zipBytes, unzippedBytes }) => [
      name,
      versions(before, after),
      signedSize(zipBytes),
      signedSize(unzippedBytes),
    ])
  const head = ['package', 'version', 'zipped', 'unzipped']
  const lines = rows.length === 0 ? [] : alignedLines([head, ...rows], ['left', 'left', 'right', 'right'])
  return [...lines, ...remainder(packages.length, 'packages')]
}

function versions(before: string | undefined, after: string | undefined): string {
  return before === after ? (after ?? '') : `${before ?? '–'} → ${after ?? '–'}`
}

function fileLines({ added, removed, changed }: NonNullable<CodeChange['contents']>['files']): string[] {
  const isTold = (path: string): boolean => !/\.pyc$|\.dist-info\//.test(path)
  const told = { added: added.filter(isTold), removed: removed.filter(isTold), changed: changed.filter(isTold) }
  const paths = [
    ...told.added.map((path) => `+ ${path}`),
    ...told.removed.map((path) => `- ${path}`),
    ...told.changed.map((path) => `~ ${path}`),
  ]
  const others = added.length + removed.length + changed.length - paths.length
  return [
    `files: ${told.added.length} added, ${told.removed.length} removed, ${told.changed.length} changed` +
      (others === 0 ? '' : `, and ${others} of bytecode and metadata`),
    ...paths.slice(0, MOST_LINES),
    ...remainder(paths.length, 'files'),
  ]
}

function remainder(count: number, what: string): string[] {
  return count > MOST_LINES ? [`… and ${count - MOST_LINES} more ${what}: --json has all`] : []
}

function migrationLines({ path, isBytecodeOnly, remarks }: NewMigration): string[] {
  return [
    isBytecodeOnly ? `${path} (bytecode only: look at it yourself)` : path,
    ...remarks.map((remark) => `  ! ${remarkText(remark)}`),
  ]
}

function remarkText({ line, operation, reason }: MigrationRemark): string {
  return `line ${line}: ${operation}: ${reason}`
}
