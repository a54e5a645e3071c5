/** As in `26.2 MB`: a million bytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** Of what may be small, as in `1.2 kB`. */
export function sizeText(bytes: number): string {
  if (Math.abs(bytes) < 50) return `${bytes} B`
  return Math.abs(bytes) < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : megabytes(bytes)
}

export function signedSize(bytes: number): string {
  return bytes === 0 ? '0' : `${bytes > 0 ? '+' : ''}${sizeText(bytes)}`
}

/** The largest ones, a line each. */
export function largestFirst(
  sizes: readonly { readonly name: string; readonly version: string; readonly bytes: number }[],
  most = 10,
): string {
  return sizes
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, most)
    .map(({ name, version, bytes }) => `${megabytes(bytes).padStart(9)}  ${name} ${version}`)
    .join('\n')
}
