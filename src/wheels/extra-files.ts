import { copyFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import type { Toolchain } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { SCRIPTS_FOLDER } from './build-source.ts'

/** A file of the builder's image that goes into the artifact. */
export interface ExtraFile {
  /** Below `/var/task`, with `/`. */
  readonly path: string
  readonly mode: 0o644 | 0o755
  /** The file in the store. */
  readonly file: string
}

interface Kept extends Omit<ExtraFile, 'file'> {
  readonly key: string
}

/**
 * Setting `docker-extra-files`: files of the image, kept in the store by the image and the patterns, so that they are
 * taken out once. Of several at one place the first one's is taken.
 *
 * @param patterns `PATH` or `PATH:TARGET`, absolute, with `*` and `?`
 * @throws UserError for a pattern that matches nothing
 */
export async function takeExtraFiles(
  patterns: readonly string[],
  { toolchain, store, toolsFolder }: { toolchain: Toolchain; store: Store; toolsFolder: string },
): Promise<readonly ExtraFile[]> {
  if (patterns.length === 0) return []
  const script = await readFile(join(toolsFolder, 'copy_files.py'), 'utf8')
  const key = keyOf('extra files 2', toolchain.identity, patterns, script)
  const kept = await findKept(key, store)
  if (kept) return kept
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-extra-'))
  try {
    const taken = await takeOut(patterns, join(folder, 'taken'), toolchain, toolsFolder)
    return await keepAll(key, taken, store)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function findKept(key: string, store: Store): Promise<ExtraFile[] | undefined> {
  const record = await readRecord<readonly Kept[]>(store, 'toolchains', key)
  if (!record) return undefined
  const files: ExtraFile[] = []
  for (const { key: fileKey, ...rest } of record) {
    const file = await store.find('toolchains', fileKey)
    if (file === undefined) return undefined
    files.push({ ...rest, file })
  }
  return files
}

async function keepAll(key: string, taken: readonly ExtraFile[], store: Store): Promise<ExtraFile[]> {
  const files: ExtraFile[] = []
  const record: Kept[] = []
  for (const { path, mode, file } of taken) {
    const fileKey = keyOf(key, path)
    files.push({ path, mode, file: await store.keep('toolchains', fileKey, (kept) => copyFile(file, kept)) })
    record.push({ path, mode, key: fileKey })
  }
  await writeRecord(store, 'toolchains', key, record)
  return files
}

async function takeOut(
  patterns: readonly string[],
  localFolder: string,
  toolchain: Toolchain,
  toolsFolder: string,
): Promise<ExtraFile[]> {
  const builder = await toolchain.open()
  await builder.put(toolsFolder, SCRIPTS_FOLDER)
  const wanted = patterns.map(splitPattern)
  const { exitCode, stdout, stderr } = await builder.run([
    ...[builder.python, '-I', `${SCRIPTS_FOLDER}/copy_files.py`, 'extra-files'],
    ...wanted.map(({ pattern }) => pattern),
  ])
  if (exitCode !== 0) throw new UserError({ title: 'docker-extra-files could not be copied', detail: stderr.trim() })
  const missing = JSON.parse(stdout) as string[]
  if (missing.length > 0) {
    throw new UserError({
      title: `docker-extra-files: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in the image`,
      detail: builder.description,
      hint: 'Name the package that has it in system-packages, or correct the path.',
    })
  }
  const folder = await builder.take('extra-files', localFolder)
  const files = new Map<string, ExtraFile>()
  for (const [number, { pattern, target }] of wanted.entries()) {
    const root = join(folder, String(number))
    for (const path of await filesBelow(root)) {
      const mode = (await stat(join(root, path))).mode & 0o111 ? 0o755 : 0o644
      const place = targetOf(path, pattern, target)
      if (!files.has(place)) files.set(place, { path: place, mode, file: join(root, path) })
    }
  }
  return [...files.values()]
}

function splitPattern(entry: string): { readonly pattern: string; readonly target: string | undefined } {
  const at = entry.indexOf(':')
  return at < 0 ? { pattern: entry, target: undefined } : { pattern: entry.slice(0, at), target: entry.slice(at + 1) }
}

const SHARED_LIBRARY = /\.so(?:\.[\d.]+)?$/

/** Where a file goes: a target is a folder where it ends in `/` or the pattern may match several files. */
export function targetOf(path: string, pattern: string, target: string | undefined): string {
  if (target === undefined)
    return SHARED_LIBRARY.test(path) && !path.includes('/') ? `lib/${posix.basename(path)}` : path
  const isFolder = target.endsWith('/') || /[*?[]/.test(pattern) || path.includes('/')
  const wanted = posix.normalize(isFolder ? posix.join(target, path) : target)
  if (!wanted.startsWith('..')) return wanted
  throw new UserError(
    {
      title: `docker-extra-files: ${pattern}:${target} leads out of the artifact`,
      hint: 'Name a path below its root: lib/, say.',
    },
    { exitCode: 2 },
  )
}

/** Bytecode is compiled anew, with the paths of the artifact. */
async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(?:^|\/)__pycache__\//.test(path))
    .sort()
}
