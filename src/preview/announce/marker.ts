import type { NamedPreview } from '../identity.ts'

/** What a comment of ours begins with, which GitHub does not show: another one for each function, pull request and region. */
export function markerOf({ base, pull, region }: Pick<NamedPreview, 'base' | 'pull' | 'region'>): string {
  return marker('preview', { function: base, pull: `${pull}`, region })
}

export interface DeployedFunction {
  readonly functionName: string
  readonly alias: string
  readonly region: string | undefined
}

/** The same of a deployment that a comment tells of. */
export function deploymentMarkerOf({ functionName, alias, region }: DeployedFunction): string {
  return marker('deployment', { function: functionName, alias, region })
}

/** No value can end it: what is left unchanged by encoding has no `>`, and no space. */
function marker(kind: string, values: Readonly<Record<string, string | undefined>>): string {
  const known = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return `<!-- wsgi-lambda:${kind} ${known.join(' ')} -->`
}

/** Whether a comment is that of a preview. What quotes one has the marker elsewhere. */
export function hasMarker(body: string, marker: string): boolean {
  return body.startsWith(marker)
}
