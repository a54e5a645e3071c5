/** GitHub: a larger summary of a step is not shown at all. */
export const LARGEST_SUMMARY_BYTES = 1024 * 1024
/** Of an output, in characters. It is halved until the summary is small enough. */
const LONGEST_OUTPUT = 60_000

const CUT = '[… the log has all of it]'

/** Of each output as much as lets the summary be shown. @param write with so many characters of each */
export function fitting(write: (longestOutput: number) => string): string {
  for (let longest = LONGEST_OUTPUT; longest >= 1; longest = Math.floor(longest / 2)) {
    const summary = write(longest)
    if (isSmallEnough(summary)) return summary
  }
  return write(0)
}

/** What is still too large ends where a line does. A block that is open there stays open, and what it holds stays text. */
export function shownSummary(summary: string): string {
  if (isSmallEnough(summary)) return summary
  const bytes = Buffer.from(summary)
  const end = bytes.lastIndexOf('\n', LARGEST_SUMMARY_BYTES - Buffer.byteLength(`\n\n${CUT}`))
  return `${bytes.subarray(0, Math.max(0, end)).toString()}\n\n${CUT}`
}

/** The end of it. */
export function endOf(output: string, longest: number): string {
  const whole = output.trimEnd()
  return whole.length > longest ? `${CUT}\n${whole.slice(whole.length - longest).toWellFormed()}` : whole
}

function isSmallEnough(summary: string): boolean {
  return Buffer.byteLength(summary) <= LARGEST_SUMMARY_BYTES
}
