import type { ImportFacts } from './import-section.ts'
import { address, code } from './markdown.ts'
import type { PlanFacts } from './plan-facts.ts'
import { accessRows, dataRows, type PreviewData } from './preview-rows.ts'
import { megabytes, signedSize } from './size.ts'

/** What is told of a deployment, in the summary of its job and in a comment. */
export interface DeploymentFacts {
  readonly functionName: string
  /** Undefined where nobody knows. */
  readonly region: string | undefined
  readonly version: string
  readonly alias: string
  readonly url: string | undefined
  readonly changed: boolean
  readonly isDryRun: boolean
  readonly runtime: string
  readonly zipBytes: number
  readonly unzippedBytes: number
  /** The dependencies, where they are a layer. */
  readonly layer?: { readonly zipBytes: number; readonly unzippedBytes: number } | undefined
  /** Of code and layers, unpacked. */
  readonly unzippedLimitBytes?: number | undefined
  readonly plan: readonly string[]
  /** Against what was served before. */
  readonly difference: PlanFacts
  /** Of the new version, where the platform tells it. */
  readonly coldStartMs: number | undefined
  /** By step. */
  readonly seconds?: Readonly<Record<string, number>> | undefined
  readonly commands: readonly {
    readonly command: string
    readonly phase: string
    readonly exitCode: number
    readonly seconds: number
    readonly output: string
  }[]
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly zipBytes: number
    readonly unzippedBytes: number
  }[]
  /** Where the import was measured. */
  readonly imports?: ImportFacts | undefined
  /** Of a preview. */
  readonly preview?: (PreviewData & { readonly pull: number; readonly headSha: string | undefined }) | undefined
}

export function outcomeOf({ isDryRun, changed }: DeploymentFacts): string {
  if (isDryRun) return 'would be changed'
  return changed ? 'deployed' : 'unchanged'
}

const SHOWN_OF_SHA = 7

/** Names and values, as Markdown. */
export function rowsOf(facts: DeploymentFacts): readonly (readonly [string, string])[] {
  const { functionName, version, alias, url, runtime, preview } = facts
  const { served } = facts.difference
  const from = facts.changed && served !== undefined && served !== version ? `${code(served)} → ` : ''
  return [
    ['Function', code(functionName)],
    ...(preview === undefined ? [] : [['Pull\u00a0request', `${preview.pull}`] as const]),
    ...row('Commit', preview?.headSha === undefined ? undefined : code(preview.headSha.slice(0, SHOWN_OF_SHA))),
    ['Version', `${from}${code(version || '–')} (alias ${code(alias)})`],
    ...row('URL', url === undefined ? undefined : address(url)),
    ...(preview === undefined ? [] : accessRows(preview)),
    ['Runtime', code(runtime)],
    ...row('Cold\u00a0start', coldStart(facts)),
    ['Size', size(facts)],
    ...row('Time', time(facts.seconds)),
    ...(preview === undefined ? [] : dataRows(preview)),
  ]
}

function row(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]]
}

function coldStart({ coldStartMs, difference: { served, servedColdStartMs } }: DeploymentFacts): string | undefined {
  if (coldStartMs === undefined) return undefined
  const now = `${Math.round(coldStartMs)} ms`
  if (servedColdStartMs === undefined || served === undefined) return now
  const change = Math.round(coldStartMs) - Math.round(servedColdStartMs)
  return `${now} (${change < 0 ? '' : '+'}${change} ms against version ${code(served)})`
}

/** Code and layer together. */
export function wholeSize({ zipBytes, unzippedBytes, layer }: DeploymentFacts) {
  return {
    zipBytes: zipBytes + (layer?.zipBytes ?? 0),
    unzippedBytes: unzippedBytes + (layer?.unzippedBytes ?? 0),
  }
}

function size(facts: DeploymentFacts): string {
  const { unzippedLimitBytes, layer, difference } = facts
  const { zipBytes, unzippedBytes } = wholeSize(facts)
  // What is compared is the code alone.
  const contents = layer === undefined ? difference.code?.contents : undefined
  const sized = (bytes: number, change: number | undefined): string =>
    `${megabytes(bytes)}${change === undefined ? '' : ` (${signedSize(change)})`}`
  const sizes = `${sized(zipBytes, contents?.zipBytes)} zipped, ${sized(unzippedBytes, contents?.unzippedBytes)} unzipped`
  if (unzippedLimitBytes === undefined) return sizes
  const share = ((unzippedBytes / unzippedLimitBytes) * 100).toFixed(1)
  return `${sizes}, ${share} % of the ${megabytes(unzippedLimitBytes)} that Lambda takes`
}

function time(seconds: DeploymentFacts['seconds'] = {}): string | undefined {
  const steps = Object.entries(seconds).filter(([, each]) => each >= 0.05)
  return steps.length === 0 ? undefined : steps.map(([step, each]) => `${code(step)} ${each.toFixed(1)} s`).join(', ')
}
