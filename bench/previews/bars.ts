/** What a run has taken, in milliseconds. */
export interface Timed {
  /** Without the time in which AWS, a function or the database was asked. */
  readonly own: number
  readonly whole: number
}

/** What is measured, and the milliseconds that it may take. */
export interface Row {
  readonly name: string
  readonly bar: number
}

/** The rows of a table, and the exit code: 1 where the fastest run was too slow, or there was none. */
export function outcomeOf(
  rows: readonly Row[],
  timed: ReadonlyMap<string, readonly Timed[]>,
): { readonly rows: readonly string[]; readonly exitCode: 0 | 1 } {
  const outcomes = rows.map(({ name, bar }) => {
    const times = timed.get(name) ?? []
    const [own, whole] = [spread(times.map((each) => each.own)), spread(times.map((each) => each.whole))]
    return { name, own, whole, isMet: own.least <= bar }
  })
  return {
    rows: outcomes.map(({ name, own, whole, isMet }) =>
      [`| ${name.padEnd(21)}`, own.text.padStart(17), whole.text.padStart(34), `${isMet ? 'met' : 'not met'} |`].join(
        ' | ',
      ),
    ),
    exitCode: outcomes.every(({ isMet }) => isMet) ? 0 : 1,
  }
}

function spread(times: readonly number[]): { readonly least: number; readonly text: string } {
  const inOrder = times.toSorted((a, b) => a - b)
  const [least = NaN, median = NaN] = [inOrder[0], inOrder[Math.floor(times.length / 2)]]
  return { least, text: `${least.toFixed(0)} ms (${median.toFixed(0)})` }
}
