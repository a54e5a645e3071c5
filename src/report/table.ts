export type Alignment = 'left' | 'right'

/** Rows of text as lines whose columns stand below each other, two spaces apart. */
export function alignedLines(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const widths = alignments.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    alignments
      .map((alignment, column) => {
        const [cell = '', width = 0] = [row[column], widths[column]]
        return alignment === 'left' ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
}
