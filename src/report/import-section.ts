import { bar } from './bar.ts'
import { code, details, table } from './markdown.ts'

/** Where the time of an import went: what the import check measures while it imports the application anyway. */
export interface ImportFacts {
  /** The image that it was imported in, on this machine. */
  readonly measuredOn: string
  /** The whole of it. */
  readonly seconds: number
  /** The dearest, longest of its own first. */
  readonly packages: readonly {
    /** As it is imported: `django`; or in brackets what is no distribution. */
    readonly package: string
    readonly selfSeconds: number
    /** With all that its modules import first. */
    readonly cumulativeSeconds: number
  }[]
}

const DEAREST = 10

/** The dearest packages of an import as bars, which add up to the whole; folded. @param beside as in `cold start 917 ms` */
export function importsSection({ measuredOn, seconds, packages }: ImportFacts, beside?: string): string {
  const dearest = packages.slice(0, DEAREST)
  const shown = dearest.reduce((total, { selfSeconds }) => total + selfSeconds, 0)
  const rest = Math.max(0, seconds - shown)
  const most = Math.max(1e-6, rest, ...dearest.map(({ selfSeconds }) => selfSeconds))
  const rows = dearest.map((each) => [
    code(each.package),
    milliseconds(each.selfSeconds),
    milliseconds(each.cumulativeSeconds),
    bar(each.selfSeconds / most),
  ])
  const others = rest >= 0.0005 ? [['All others', milliseconds(rest), '', bar(rest / most)]] : []
  return details(
    ['Import of the application: ', milliseconds(seconds), beside === undefined ? '' : `, ${beside}`].join(''),
    [
      table(['Package', 'Own', 'With its imports', ''], [...rows, ...others], ['left', 'right', 'right', 'left']),
      `Measured in ${code(measuredOn)} where this was built, which is another processor than Lambda's.`,
    ].join('\n\n'),
  )
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`
}
