/** The handlers that are compared, by their names in handlers.py; the first is ours. */
export const HANDLERS = ['wsgi-lambda', 'apig-wsgi', 'aws-wsgi', 'serverless-wsgi', 'Zappa', 'Mangum + a2wsgi'] as const
export type Handler = (typeof HANDLERS)[number]

export interface Times {
  readonly min: number
  readonly median: number
}

export interface Cost {
  readonly cpuMs: Times
}

export interface StartCost extends Cost {
  readonly wallMs: Times
  readonly modules: number // loaded by the handler
}

/** Why a handler has no cost: it raised, or its answer was wrong. */
export interface Problem {
  readonly problem: string
}

/** One kind of work on one shape of event, by every handler. */
export interface Row<C extends Cost> {
  readonly work: string
  readonly shape: string | null
  readonly costs: Readonly<Record<Handler, C | Problem>>
}

export interface Comparison {
  readonly python: string
  readonly starts: readonly Row<StartCost>[]
  readonly requests: readonly Row<Cost>[]
  readonly bodies: readonly Row<Cost>[]
}

/** What the runtime wants to reach. `measured` is a rival's least CPU time divided by ours. */
export interface Bar {
  readonly bar: string
  readonly atLeast: number
  readonly aim?: number
  readonly measured: number
  readonly isMet: boolean
}

const OURS: Handler = 'wsgi-lambda'
const RIVALS = HANDLERS.filter((handler) => handler !== OURS)

/** Most of it is base64, which costs every handler the same; this much it differs from run to run. */
const NOISE = 0.05

const TITLES: Readonly<Record<string, string>> = {
  rest: 'REST API',
  'http-api': 'HTTP API',
  'function-url': 'function URL',
  'alb-multi': 'ALB multi-value',
  'alb-single': 'ALB single',
  png: 'PNG',
  upload: 'upload',
  ascii: 'ASCII',
  cjk: 'CJK',
}

export function barsOf({ starts, requests, bodies }: Comparison): Bar[] {
  const imports = starts.filter(({ work }) => work === 'import')
  return [
    ...imports.map((row) => bar('import, apig-wsgi / ours', ratio(row, 'apig-wsgi'), 5)),
    ...imports.map((row) => bar('import, serverless-wsgi / ours', ratio(row, 'serverless-wsgi'), 50)),
    ...requests.map((row) => bar(`request, ${title(row)}, apig-wsgi / ours`, ratio(row, 'apig-wsgi'), 1, 1.25)),
    ...bodies
      .filter(isBinary)
      .map((row) => bar(`4 MB ${title(row)}, fastest rival / ours`, fastestRivalRatio(row), 1 - NOISE)),
  ]
}

function bar(name: string, measured: number, atLeast: number, aim?: number): Bar {
  return { bar: name, atLeast, ...(aim !== undefined && { aim }), measured, isMet: measured >= atLeast }
}

/** Text has no bar: some Python runtimes of Lambda write it so that 4 MB of it are more than a response may have. */
export function isBinary({ work }: Row<Cost>): boolean {
  return work === 'png' || work === 'upload'
}

export function report({ python, starts, requests, bodies }: Comparison, bars: readonly Bar[]): string {
  const [binary, text] = [bodies.filter(isBinary), bodies.filter((row) => !isBinary(row))]
  return [
    `Python ${python}. A ratio is the least CPU time of a rival divided by ours: above 1, ours is faster.`,
    ...starts.map((row) => `${startTitle(row)}\n${startTable(row)}`),
    `A request with a short answer, CPU µs: least (median) ratio\n${requestTable(requests, 1000)}`,
    `4 MB of binary, CPU ms: least (median) ratio\n${requestTable(binary, 1)}`,
    `4 MB of text, CPU ms, for information: least (median) ratio\n${requestTable(text, 1)}`,
    `What has no number\n${problems([...requests, ...bodies])}`,
    `Bars\n${barTable(bars)}`,
  ].join('\n\n')
}

function startTitle(row: Row<StartCost>): string {
  const what = row.shape === null ? 'Import and make the handler' : `The same and the first request, ${title(row)}`
  return `${what}, in a fresh process, ms`
}

function startTable(row: Row<StartCost>): string {
  const lines = HANDLERS.map((handler) => {
    const cost = row.costs[handler]
    if ('problem' in cost) return [handler, '–', '–', '–', '–', '–', '–']
    const { cpuMs, wallMs, modules } = cost
    const milliseconds = [cpuMs.min, cpuMs.median, wallMs.min, wallMs.median].map((value) => value.toFixed(2))
    return [handler, ...milliseconds, String(modules), ratioText(row, handler)]
  })
  return columns([['', 'CPU least', 'median', 'wall least', 'median', 'modules', 'ratio'], ...lines])
}

function requestTable(rows: readonly Row<Cost>[], unitsPerMs: number): string {
  const cell = (row: Row<Cost>, handler: Handler): string => {
    const cost = row.costs[handler]
    if ('problem' in cost) return '–'
    const [least, median] = [cost.cpuMs.min, cost.cpuMs.median].map((value) => (value * unitsPerMs).toFixed(1))
    return `${least} (${median}) ${ratioText(row, handler)}`
  }
  const lines = HANDLERS.map((handler) => [handler, ...rows.map((row) => cell(row, handler))])
  return columns([['', ...rows.map(title)], ...lines])
}

function problems(rows: readonly Row<Cost>[]): string {
  const found = rows.flatMap((row) =>
    HANDLERS.flatMap((handler) => {
      const cost = row.costs[handler]
      return 'problem' in cost ? [{ handler, problem: cost.problem, where: title(row) }] : []
    }),
  )
  const lines = [...Map.groupBy(found, ({ handler, problem }) => `${handler}, ${problem}`)].map(
    ([reason, places]) => `  ${reason}: ${places.map(({ where }) => where).join('; ')}`,
  )
  return lines.join('\n') || '  Nothing.'
}

function barTable(bars: readonly Bar[]): string {
  const lines = bars.map(({ bar: name, atLeast, aim, measured, isMet }) => {
    const verdict = aim !== undefined && measured >= aim ? 'met, and the aim' : isMet ? 'met' : 'NOT MET'
    return [name, atLeast.toFixed(2), aim?.toFixed(2) ?? '', measured.toFixed(2), verdict]
  })
  return columns([['', 'at least', 'aim', 'measured', ''], ...lines])
}

/** Numbers are aligned to the right of their column, names to the left. */
function columns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()).join('\n')
}

function title({ work, shape }: Row<Cost>): string {
  return [work, shape].flatMap((name) => (name === null ? [] : (TITLES[name] ?? []))).join(', ')
}

function fastestRivalRatio(row: Row<Cost>): number {
  return Math.min(...RIVALS.filter((rival) => !('problem' in row.costs[rival])).map((rival) => ratio(row, rival)))
}

function ratioText(row: Row<Cost>, handler: Handler): string {
  if (handler === OURS) return 'ours'
  const value = ratio(row, handler)
  return Number.isNaN(value) ? '' : `${value.toFixed(2)}×`
}

/** NaN where one of the two has no cost. */
function ratio(row: Row<Cost>, rival: Handler): number {
  const [theirs, ours] = [row.costs[rival], row.costs[OURS]]
  return 'problem' in theirs || 'problem' in ours ? NaN : theirs.cpuMs.min / ours.cpuMs.min
}
