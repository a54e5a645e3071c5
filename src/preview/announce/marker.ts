import type { NamedPreview } from '../identity.ts'

/**
 * What a comment of ours begins with, which GitHub does not show. No name can end it: what is left unchanged by encoding
 * has no `>`, and no space.
 */
export function markerOf({ base, pull }: NamedPreview): string {
  return `<!-- wsgi-lambda:preview function=${encodeURIComponent(base)} pull=${pull} -->`
}

/** The same of a deployment that a comment tells of. */
export function deploymentMarkerOf(functionName: string, alias: string): string {
  return `<!-- wsgi-lambda:deployment function=${encodeURIComponent(functionName)} alias=${encodeURIComponent(alias)} -->`
}

/** Whether a comment is that of a preview. What quotes one has the marker elsewhere. */
export function hasMarker(body: string, marker: string): boolean {
  return body.startsWith(marker)
}
