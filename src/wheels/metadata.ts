import { normalise } from '../requirements/files.ts'

export interface Distribution {
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  /** Of its wheel, as in `cp313-cp313-manylinux_2_17_x86_64`. */
  readonly tags: readonly string[]
}

/** From the texts of `METADATA` (core metadata specification) and `WHEEL` (PEP 427). */
export function distributionOf(metadataText: string, wheelText: string): Distribution {
  const metadata = headers(metadataText)
  const valueOf = (name: string): string => metadata.find(([key]) => key === name)?.[1] ?? ''
  return {
    name: normalise(valueOf('Name')),
    version: valueOf('Version'),
    tags: headers(wheelText).flatMap(([key, value]) => (key === 'Tag' ? [value] : [])),
  }
}

/** The rows of a `RECORD` (PEP 376): CSV whose first column is the path. */
export function recordRows(text: string): { path: string; line: string }[] {
  return text
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) => ({
      path: /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? line.split(',', 1)[0] ?? '',
      line,
    }))
}

/** `pkg/__pycache__/mod.cpython-313.pyc` belongs to whom `pkg/mod.py` belongs. */
export function sourceOf(path: string): string {
  return path.replace(/__pycache__\/([^/]+)\.cpython-\d+\.pyc$/, '$1.py')
}

/** The header lines, without the description below them. */
function headers(text: string): [string, string][] {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? ''
  return head.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(': ')
    return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()] as [string, string]]
  })
}
