import { sourceOf } from '../../wheels/metadata.ts'
import { type BytecodeHeader, MAGIC_NUMBERS } from './bytecode-header.ts'
import type { Contents, ZippedFile } from './contents.ts'

/**
 * What Python will do with a compiled file:
 *
 * - `unchecked`: load it at once
 * - `checked`: load it, after it has read and hashed the source
 * - `timestamp`: load it, since its source has the date and the size that it was compiled at
 * - `sourceless`: load it in place of a source that is not there
 * - `stale`: compile the source at each start, since the source has another hash, date or size
 * - `differs`: load it although its source says something else
 * - `other-python`: compile the source at each start, since it was compiled by another version
 * - `unused`: never look at it
 * - `damaged`: compile the source at each start, or fail where there is none
 */
export type BytecodeState =
  | 'unchecked'
  | 'checked'
  | 'timestamp'
  | 'sourceless'
  | 'stale'
  | 'differs'
  | 'other-python'
  | 'unused'
  | 'damaged'

export interface Bytecode {
  /** What the runtime's bytecode begins with; undefined for a Python that is not known here. */
  readonly magic: number | undefined
  readonly files: readonly { readonly path: string; readonly state: BytecodeState }[]
  /** How many modules have a source. */
  readonly sources: number
  /** How many of them have bytecode that saves Python from compiling. */
  readonly loaded: number
  /** Those that have none at all, for any Python: sorted. */
  readonly withoutBytecode: readonly string[]
}

/** Those that save Python from compiling. */
const LOADED: ReadonlySet<BytecodeState> = new Set(['unchecked', 'checked', 'timestamp', 'sourceless', 'differs'])

export function inspectBytecode(contents: Contents): Bytecode {
  const sources = new Map(contents.files.filter(({ path }) => path.endsWith('.py')).map((file) => [file.path, file]))
  const files = [...contents.bytecode]
    .map(([path, header]) => ({ path, state: stateOf(path, header, { ...contents, sources }) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const compiled = new Set(files.map(({ path }) => sourceOf(path)))
  const loaded = new Set(files.filter(({ state }) => LOADED.has(state)).map(({ path }) => sourceOf(path)))
  return {
    magic: MAGIC_NUMBERS[contents.pythonMinor ?? ''],
    files,
    sources: sources.size,
    loaded: [...sources.keys()].filter((path) => loaded.has(path)).length,
    withoutBytecode: [...sources.keys()].filter((path) => !compiled.has(path)),
  }
}

interface Surroundings {
  readonly pythonMinor: string | undefined
  readonly sources: ReadonlyMap<string, ZippedFile>
  readonly sourceHashes: ReadonlyMap<string, string>
}

function stateOf(
  path: string,
  header: BytecodeHeader,
  { pythonMinor, sources, sourceHashes }: Surroundings,
): BytecodeState {
  const cached = /(?:^|\/)__pycache__\/[^/]+?\.([\w-]+)((?:\.opt-\w+)?)\.pyc$/.exec(path)
  if (!cached && sources.has(path.slice(0, -1))) return 'unused' // A source beside it is preferred.
  const source = sources.get(sourceOf(path))
  if (cached && (!source || cached[2] !== '')) return 'unused'
  if (cached && pythonMinor !== undefined && cached[1] !== `cpython-${pythonMinor.replace('.', '')}`)
    return 'other-python'
  if (header.kind === 'damaged') return 'damaged'
  const magic = MAGIC_NUMBERS[pythonMinor ?? '']
  if (magic !== undefined && header.magic !== magic) return 'other-python'
  if (!source) return 'sourceless'
  if (header.kind === 'timestamp') return isAsCompiled(header, source) ? 'timestamp' : 'stale'
  const isSame = [undefined, header.sourceHash].includes(sourceHashes.get(source.path))
  if (header.kind === 'checked') return isSame ? 'checked' : 'stale'
  return isSame ? 'unchecked' : 'differs'
}

/** Lambda's files have the dates of the zip, which it holds for UTC. */
function isAsCompiled(
  { sourceModified, sourceBytes }: { readonly sourceModified: number; readonly sourceBytes: number },
  source: ZippedFile,
): boolean {
  return sourceModified === source.modified && sourceBytes === source.unzippedBytes
}
