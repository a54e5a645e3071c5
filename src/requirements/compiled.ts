import { normalise } from './files.ts'
import { parseRequirement } from './requirement.ts'

/** One distribution in a requirements file that uv wrote. */
export interface Compiled {
  /** Normalised. */
  readonly name: string
  readonly version: string | undefined
  readonly url: string | undefined
  readonly hashes: readonly string[]
  /** Who asks for it; `''` stands for the manifest itself. */
  readonly requiredBy: readonly string[]
}

/** Reads what `uv pip compile --annotation-style split --generate-hashes` wrote. */
export function readCompiled(text: string): readonly Compiled[] {
  const blocks: string[][] = []
  for (const line of text.split('\n')) {
    if (/^\S/.test(line) && !line.startsWith('#') && !line.startsWith('--')) blocks.push([line])
    else if (/^\s/.test(line)) blocks.at(-1)?.push(line)
  }
  return blocks.flatMap(([first = '', ...rest]) => {
    const requirement = parseRequirement(first.replace(/\s*\\$/, '').replace(/\s+#.*$/, ''))
    if (!requirement) return []
    const { name, specifier, url } = requirement
    return [
      {
        name,
        version: /^==(.*)$/.exec(specifier)?.[1],
        url,
        hashes: rest.flatMap((line) => /--hash=(\S+)/.exec(line)?.[1] ?? []),
        requiredBy: requirersIn(rest),
      },
    ]
  })
}

/** `# via django`, or `# via` and then one a line. */
function requirersIn(lines: readonly string[]): string[] {
  const written = lines
    .flatMap((line) => /^\s*#\s+(?:via\s+)?(\S.*)$/.exec(line)?.[1] ?? [])
    .filter((name) => name !== 'via')
  return [
    ...new Set(
      written.filter((name) => !name.startsWith('-c ')).map((name) => (name.startsWith('-r ') ? '' : normalise(name))),
    ),
  ]
}
