/**
 * Whether what is told of belongs to a region. A run that knew none has made nothing, and could only say why: that is over with
 * the first run that knows one.
 */
export function isOfRegion(told: { readonly region: string | undefined }, region: string | undefined): boolean {
  return told.region === undefined || told.region === region
}
