import { cp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import * as v from 'valibot'
import { inParallel } from '../artifact/parallel.ts'
import { UserError } from '../errors.ts'
import { sha256Of } from '../store/hash.ts'
import { isImmutableName } from './headers.ts'
import { digestOf, type StaticFile, type StaticFiles } from './static-files.ts'

/** As collectstatic leaves them out by itself. */
const NEVER = /^(?:\.|CVS$|.*~$)/
const FILES_AT_ONCE = 16

const MANIFEST = v.pipe(v.string(), v.parseJson(), v.object({ paths: v.record(v.string(), v.string()) }))

/** Names with their hashes, of a manifest of Django's. Undefined for what is none. */
export function hashedNames(manifest: string | undefined): ReadonlySet<string> | undefined {
  const read = v.safeParse(MANIFEST, manifest)
  return read.success ? new Set(Object.values(read.output.paths)) : undefined
}

/** Reads what static files there are in a folder. @param hashed names that a manifest says to be hashed */
export async function listStaticFiles(
  folder: string,
  hashed: ReadonlySet<string> | undefined,
  leftOut: readonly string[] = [],
): Promise<StaticFile[]> {
  const paths = (await pathsBelow(folder, '')).filter((path) => !leftOut.includes(path))
  const files = await inParallel(paths.toSorted(), FILES_AT_ONCE, async (path) => {
    const file = join(folder, path)
    const [{ size: bytes }, sha256] = await Promise.all([stat(file), sha256Of(file)])
    return { path, bytes, sha256: sha256.toString('hex'), isImmutable: isImmutableName(path, hashed) }
  })
  return files
}

/** Links are what they lead to: `collectstatic --link` makes nothing else. @param above the folders that are listed already */
async function pathsBelow(folder: string, path: string, above: readonly string[] = []): Promise<string[]> {
  const here = await realpath(join(folder, path))
  if (above.includes(here)) return []
  const children = (await readdir(here, { withFileTypes: true })).filter(({ name }) => !NEVER.test(name))
  const found = await Promise.all(
    children.map(async (child) => {
      const below = posix.join(path, child.name)
      const target = child.isSymbolicLink() ? await stat(join(here, child.name)).catch(() => undefined) : child
      if (target?.isDirectory()) return await pathsBelow(folder, below, [...above, here])
      return target?.isFile() ? [below] : []
    }),
  )
  return found.flat()
}

/** Where static files lie, besides those of the artifact. */
export interface StaticPlace {
  readonly folder: string
  readonly index: string
}

/** Static files that `files` lists in a folder, kept beside the artifact for the release. */
export async function keepStaticFiles(
  from: string,
  files: readonly StaticFile[],
  { folder, index }: StaticPlace,
): Promise<StaticFiles> {
  await Promise.all([rm(folder, { recursive: true, force: true }), rm(index, { force: true })])
  await inParallel(files, FILES_AT_ONCE, ({ path }) =>
    cp(join(from, path), join(folder, path), { mode: COPY_ON_WRITE, dereference: true }),
  )
  const digest = digestOf(files)
  await writeFile(index, JSON.stringify({ digest, files }))
  return { folder, digest, files }
}

/** Clones the blocks where the file system can (`COPYFILE_FICLONE`), else copies. */
const COPY_ON_WRITE = 2

/** A folder of the project as static files, with Django's manifest where it has one. @throws UserError where it is not there */
export async function takeFolder(
  project: string,
  folder: string,
  setting: 'static-root' | 'static-folder',
): Promise<{ readonly from: string; readonly files: readonly StaticFile[]; readonly manifest: string | undefined }> {
  const from = join(project, folder)
  if (!(await stat(from).catch(() => undefined))?.isDirectory()) {
    throw new UserError(
      {
        title: `${setting}: ${folder} is not a folder of the project`,
        hint:
          setting === 'static-root'
            ? 'Run collectstatic before, or remove static-root: then it is run on the finished artifact.'
            : 'Name the folder below the project that holds the static files.',
      },
      { exitCode: 2 },
    )
  }
  const manifest =
    setting === 'static-root' ? await readFile(join(from, MANIFEST_NAME), 'utf8').catch(() => undefined) : undefined
  const leftOut = manifest === undefined ? [] : [MANIFEST_NAME]
  return { from, files: await listStaticFiles(from, hashedNames(manifest), leftOut), manifest }
}

/** Of Django's ManifestFilesMixin, which may have another one where collectstatic is run. */
export const MANIFEST_NAME = 'staticfiles.json'
