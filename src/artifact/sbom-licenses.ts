/** As CycloneDX has it: one expression, or names. */
type License = { readonly expression: string } | { readonly license: { readonly name: string } }

/** Longer ones are the licence itself, which many have written into the field. */
const LONGEST_NAME = 100

/**
 * What a `METADATA` says of its licence: the expression (PEP 639), else the field that it replaces, else the classifiers.
 * Names stay as they are written: what they mean is not for this program to say.
 */
export function licensesOf(metadata: string): readonly License[] {
  const head = (metadata.split(/\r?\n\r?\n/, 1)[0] ?? '').replace(/\r/g, '')
  const fields = (name: string): string[] =>
    [...head.matchAll(new RegExp(`^${name}: (.*(?:\\n[ \\t].*)*)$`, 'gm'))].map(([, value = '']) => value.trim())
  const [expression] = fields('License-Expression')
  if (expression !== undefined && isName(expression)) return [{ expression }]
  const [name] = fields('License')
  if (name !== undefined && isName(name)) return [{ license: { name } }]
  const classified = fields('Classifier').flatMap((value) => /^License :: .*?([^:]+)$/.exec(value)?.[1]?.trim() ?? [])
  return [...new Set(classified)].filter((each) => each !== 'OSI Approved').map((each) => ({ license: { name: each } }))
}

function isName(text: string): boolean {
  return text !== '' && text.toUpperCase() !== 'UNKNOWN' && text.length <= LONGEST_NAME && !text.includes('\n')
}
