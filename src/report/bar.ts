const BAR_CHARACTERS = 20

/** Of block characters, which look the same in light and dark. @param share of the longest, 0 to 1 */
export function bar(share: number): string {
  return '█'.repeat(Math.max(1, Math.round(share * BAR_CHARACTERS)))
}
