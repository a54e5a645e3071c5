import { relative } from 'node:path'
import type { BytecodeState } from '../artifact/inspect/bytecode.ts'
import { groupBy } from '../artifact/inspect/group.ts'
import type { Inspection } from '../artifact/inspect/inspection.ts'
import type { Colors } from '../report/console.ts'
import { inert, linesOf, withoutCommand } from '../report/inert.ts'
import { megabytes, signedSize, sizeText } from '../report/size.ts'
import { type Alignment, alignedLines } from '../report/table.ts'
import type { InspectResult, Why } from './inspect.ts'

/** Of what may be many, so many are shown; `--json` has all. */
const MOST_LINES = 20

/** An inspection for people: all of it, or of `--why`, `--against` and `--imports` what was asked for. */
export function inspectionText(result: InspectResult, colors: Colors): string {
  const { why, difference, imports } = result
  const asked = [
    ...(why ? [whyPart(why, result)] : []),
    ...(difference ? [differencePart(difference)] : []),
    ...(imports ? [importsPart(imports)] : []),
  ]
  const parts = [aboutPart(result), ...(asked.length > 0 ? asked : wholePart(result))]
  return parts.map((part) => partText(part, colors)).join('\n')
}

/** What an exact list names, and nothing in it needs: for another platform perhaps, or left over. */
const NOBODY = 'nobody'

/** A heading and what stands below it. */
interface Part {
  readonly heading: string
  readonly lines: readonly Line[]
}

type Line = string | { readonly text: string; readonly paint: 'dim' | 'yellow' | 'red' }

/** Names and paths in it are of others: they must not drive a terminal or a workflow. */
function partText({ heading, lines }: Part, colors: Colors): string {
  const harmless = (text: string): string => withoutCommand(inert(text))
  const body = lines.map((line) =>
    typeof line === 'string' ? `  ${harmless(line)}` : colors[line.paint](`  ${harmless(line.text)}`),
  )
  return `${[colors.bold(harmless(heading)), ...body].join('\n')}\n`
}

function aboutPart({ artifact, limits }: Inspection): Part {
  const target = [artifact.runtime, artifact.architecture].filter(Boolean).join(' on ')
  const told = [
    target,
    artifact.app,
    artifact.builtBy === undefined ? 'not built by wsgi-lambda' : `built by wsgi-lambda ${artifact.builtBy}`,
  ]
  const rows = limits.map(({ of, bytes, limitBytes }) => [
    of === 'unzipped' ? 'unzipped' : 'zipped',
    sizeText(bytes),
    `${percent(bytes, limitBytes)} of the ${megabytes(limitBytes)} that ${of === 'unzipped' ? 'Lambda unpacks' : 'a direct upload may have'}`,
  ])
  const lines = alignedLines([...rows, ['files', artifact.entries.toLocaleString('en')]], ['left', 'right', 'left'])
  return {
    heading: shortPath(artifact.path),
    lines: [
      told.filter(Boolean).join(', '),
      ...lines.map((text, index): Line => {
        const limit = limits[index]
        if (!limit || limit.bytes <= limit.limitBytes) return text
        // Above the one a bucket helps, above the other nothing does.
        return { text, paint: limit.of === 'unzipped' ? 'red' : 'yellow' }
      }),
    ],
  }
}

function wholePart(result: Inspection): Part[] {
  return [
    packagesPart(result),
    kindsPart(result),
    bytecodePart(result),
    binariesPart(result),
    findingsPart(result),
  ].filter(({ lines }) => lines.length > 0)
}

function packagesPart({ packages, artifact, requirementsFrom }: Inspection): Part {
  const asking = requirementsFrom === undefined ? 'the project' : `the project (${requirementsFrom})`
  const rows = packages
    .toSorted((a, b) => b.unzippedBytes - a.unzippedBytes)
    .map(({ name, version, zipBytes, unzippedBytes, isDirect, requiredBy }) => [
      name,
      version,
      sizeText(zipBytes),
      sizeText(unzippedBytes),
      percent(unzippedBytes, artifact.unzippedBytes),
      few([...(isDirect ? [asking] : []), ...requiredBy]) || NOBODY,
    ])
  const head = ['', 'version', 'zipped', 'unzipped', 'share', 'required by']
  return {
    heading: `Packages (${packages.length})`,
    lines: tableLines(head, rows, ['left', 'left', 'right', 'right', 'right', 'left']),
  }
}

function kindsPart({ kinds, artifact }: Inspection): Part {
  const rows = kinds.map(({ kind, files, zipBytes, unzippedBytes }) => [
    kind,
    files.toLocaleString('en'),
    sizeText(zipBytes),
    sizeText(unzippedBytes),
    percent(unzippedBytes, artifact.unzippedBytes),
  ])
  const head = ['', 'files', 'zipped', 'unzipped', 'share']
  return { heading: 'Kinds of files', lines: tableLines(head, rows, ['left', 'right', 'right', 'right', 'right']) }
}

/** What each state means for a start, and whether it is as it should be. */
const STATES: Readonly<Record<BytecodeState, { readonly meaning: string; readonly isGood: boolean }>> = {
  unchecked: { meaning: 'loaded at once', isGood: true },
  checked: { meaning: 'loaded, after the source was read and hashed', isGood: true },
  timestamp: { meaning: 'loaded, as long as the source keeps its date', isGood: true },
  sourceless: { meaning: 'loaded in place of a source', isGood: true },
  stale: { meaning: 'not loaded: the source is compiled at each start', isGood: false },
  differs: { meaning: 'loaded, although the source says something else', isGood: false },
  'other-python': { meaning: 'not loaded: made by another version of Python', isGood: false },
  unused: { meaning: 'never looked at', isGood: false },
  damaged: { meaning: 'not loaded: damaged', isGood: false },
}

function bytecodePart({ bytecode }: Inspection): Part {
  const { files, sources, loaded, withoutBytecode } = bytecode
  if (sources === 0 && files.length === 0) return { heading: '', lines: [] }
  const byState = groupBy(files, ({ state }) => state)
  const present = (Object.keys(STATES) as BytecodeState[]).filter((state) => byState.has(state))
  const rows = present.map((state) => [
    (byState.get(state)?.length ?? 0).toLocaleString('en'),
    state,
    STATES[state].meaning,
    STATES[state].isGood ? '' : few((byState.get(state) ?? []).map(({ path }) => path)),
  ])
  const missing = [
    withoutBytecode.length.toLocaleString('en'),
    'without',
    'compiled at each start',
    few(withoutBytecode),
  ]
  const lines = alignedLines(withoutBytecode.length > 0 ? [...rows, missing] : rows, ['right', 'left', 'left', 'left'])
  return {
    heading: `Bytecode (${loaded.toLocaleString('en')} of ${sources.toLocaleString('en')} sources load without being compiled)`,
    lines: lines.map((text, index): Line => {
      const state = present[index]
      return state && STATES[state].isGood ? text : { text, paint: 'yellow' }
    }),
  }
}

function binariesPart({ binaries }: Inspection): Part {
  const shown = binaries.toSorted((a, b) => Number(b.problem !== undefined) - Number(a.problem !== undefined))
  const rows = shown
    .slice(0, MOST_LINES)
    .map(({ path, machine, glibc, needed, problem }) => [path, machine, glibc ?? '–', problem ?? few(needed, 6)])
  const head = ['', 'for', 'glibc', 'needs']
  const [first, ...lines] = tableLines(head, rows, ['left', 'left', 'right', 'left'])
  return {
    heading: `Binaries (${binaries.length})`,
    lines: [
      ...(first === undefined ? [] : [first]),
      ...lines.map(
        (line, index): Line =>
          typeof line === 'string' && shown[index]?.problem !== undefined ? { text: line, paint: 'yellow' } : line,
      ),
      ...remainder(binaries.length),
    ],
  }
}

function findingsPart({ findings }: Inspection): Part {
  return {
    heading: 'What cannot be loaded',
    lines: findings.flatMap(({ severity, title, detail = '', hint = '' }): Line[] => [
      { text: title, paint: severity === 'error' ? 'red' : 'yellow' },
      ...[...linesOf(detail), ...linesOf(hint)].map((line) => `  ${line}`),
    ]),
  }
}

function whyPart({ name, version, paths }: Why, { requirementsFrom, packages }: Inspection): Part {
  const start = requirementsFrom ?? 'the project'
  const direct = new Set(packages.filter(({ isDirect }) => isDirect).map((each) => each.name))
  const inWords = (path: readonly string[]): string => {
    const isNamed = direct.has(path[0]?.replace(/\[.*/, '') ?? '')
    return isNamed ? [start, ...path].join(' → ') : `${path.join(' → ')} (${start} does not name ${path[0] ?? ''})`
  }
  return { heading: `Why ${name} ${version} is there`, lines: paths.map(inWords) }
}

function differencePart(difference: NonNullable<InspectResult['difference']>): Part {
  const { against, zipBytes, unzippedBytes, packages, files } = difference
  const rows = packages.map((change) => [
    change.name,
    change.before ?? '–',
    change.after ?? '–',
    signedSize(change.zipBytes),
    signedSize(change.unzippedBytes),
  ])
  const total = ['in all', '', '', signedSize(zipBytes), signedSize(unzippedBytes)]
  const head = ['', 'before', 'after', 'zipped', 'unzipped']
  const paths = [
    ...files.added.map((path) => `+ ${path}`),
    ...files.removed.map((path) => `- ${path}`),
    ...files.changed.map((path) => `~ ${path}`),
  ]
  const { added, removed, changed } = files
  return {
    heading: `Compared with ${shortPath(against)}`,
    lines: [
      ...tableLines(head, [...rows, total], ['left', 'left', 'left', 'right', 'right']),
      `files: ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
      ...paths.slice(0, MOST_LINES),
      ...remainder(paths.length),
    ],
  }
}

function importsPart({ module, measuredOn, seconds, modules, packages }: NonNullable<InspectResult['imports']>): Part {
  const byPackage = packages.map((each) => [
    each.package,
    String(each.modules),
    milliseconds(each.selfSeconds),
    milliseconds(each.cumulativeSeconds),
  ])
  const slowest = modules.toSorted((a, b) => b.selfSeconds - a.selfSeconds).slice(0, MOST_LINES)
  const byModule = slowest.map((each) => [
    each.name,
    each.package,
    milliseconds(each.selfSeconds),
    milliseconds(each.cumulativeSeconds),
  ])
  const times = ['own', 'with imports']
  return {
    heading: `Import of ${module}: ${milliseconds(seconds)} (${measuredOn})`,
    lines: [
      ...tableLines(['package', 'modules', ...times], byPackage, ['left', 'right', 'right', 'right']),
      '',
      ...tableLines(['module', 'package', ...times], byModule, ['left', 'left', 'right', 'right']),
      ...remainder(modules.length),
    ],
  }
}

/** Nothing where there are no rows. */
function tableLines(head: readonly string[], rows: readonly (readonly string[])[], alignments: Alignment[]): Line[] {
  if (rows.length === 0) return []
  const [first = '', ...rest] = alignedLines([head, ...rows], alignments)
  return [{ text: first, paint: 'dim' }, ...rest]
}

function remainder(count: number): Line[] {
  return count > MOST_LINES ? [{ text: `… and ${count - MOST_LINES} more: --json has all`, paint: 'dim' }] : []
}

/** From here, where it is below. */
function shortPath(path: string): string {
  const short = relative('', path)
  return short.startsWith('..') ? path : short
}

function few(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`
}
