import type { Dirent } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { UserError } from '../errors.ts'
import type { Entry } from './entry.ts'
import { indexPathOf, layerPathOf, staticPathOf } from './outputs.ts'

/** Never part of an application, whatever `.gitignore` says: history, secrets, caches, other tools' output. */
const NEVER = [
  ['.git', '.gitignore', '.gitattributes', '.gitmodules', '.hg', '.svn', '.github'],
  ['.env', '.env.*', '*.env', '.envrc'],
  // What tools sign in with; google-github-actions/auth writes its file into the workspace.
  ['.aws', '.ssh', '.netrc', '.pypirc', 'gha-creds-*.json'],
  ['__pycache__', '*.py[cod]', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.tox', '.nox', '.coverage', 'htmlcov'],
  ['node_modules', '.idea', '.vscode', '.DS_Store', '.python-version'],
  ['.wsgi-lambda', '.aws-sam', '.serverless', '.chalice'],
].flat()

interface IgnoreFile {
  /** Absolute folder that its patterns are relative to. */
  readonly folder: string
  readonly patterns: Ignore
}

export interface ApplicationOptions {
  /** More patterns, in the syntax of `.gitignore`, relative to the project. */
  readonly exclude: readonly string[]
  /** Patterns of what is taken although a `.gitignore` leaves it out, in the same syntax. */
  readonly include: readonly string[]
  /** Absolute path of the artifact, which is left out wherever it is, as is what a build leaves beside it. */
  readonly output: string
  /** Absolute path of its bill of materials, which is left out too. */
  readonly sbom?: string | undefined
}

/**
 * The project's own files, as they go to `/var/task`: what git would keep, without what no artifact should hold.
 * Links are followed inside the project. @throws UserError for a link that leads out of it.
 */
export async function applicationEntries(
  project: string,
  { exclude, include, output, sbom }: ApplicationOptions,
): Promise<Entry[]> {
  const root = await realpath(project)
  const always: IgnoreFile = { folder: root, patterns: asGit().add([...NEVER, ...exclude]) }
  const inherited = (await ignoreFilesAbove(root)).map((file) => withFolder(root, file))
  const written = [
    output,
    layerPathOf(output),
    staticPathOf(output),
    indexPathOf(output),
    ...(sbom === undefined ? [] : [sbom]),
  ]
  const outputs = await Promise.all(written.map((path) => realpath(path).catch(() => path)))
  const included = asGit().add([...include])
  const entries: Entry[] = []
  const walk = async (
    folder: string,
    path: string,
    gitignores: readonly IgnoreFile[],
    ancestors: readonly string[],
    isLeftOut: boolean,
  ): Promise<void> => {
    const here = [...gitignores, ...(await ignoreFileIn(folder))]
    for (const child of await readdir(folder, { withFileTypes: true })) {
      const absolute = join(folder, child.name)
      const kind = await kindOf(absolute, child)
      if (kind === 'other' || outputs.includes(absolute)) continue
      if (isIgnored(absolute, kind, [always])) continue
      const isHidden = isLeftOut || isIgnored(absolute, kind, here)
      // Below a folder that git ignores there may be files that are wanted all the same.
      if (isHidden && (include.length === 0 || (kind === 'file' && !included.ignores(pathBelow(root, absolute)))))
        continue
      if (child.isSymbolicLink()) await refuseLinkOutside(root, absolute)
      const childPath = path === '' ? child.name : `${path}/${child.name}`
      if (kind === 'file') {
        const { mode } = await stat(absolute)
        entries.push({ path: childPath, mode: mode & 0o100 ? 0o755 : 0o644, content: { file: absolute } })
        continue
      }
      const real = await realpath(absolute)
      if (ancestors.includes(real) || (await isVirtualEnvironment(absolute))) continue
      const kept = here.map((file) => withFolder(absolute, file))
      await walk(absolute, childPath, kept, [...ancestors, real], isHidden)
    }
  }
  await walk(root, '', inherited, [root], false)
  return entries
}

/**
 * The files of the folder `vendor` stand at the root, where the application's own files do not.
 *
 * @throws UserError where it has none
 */
export function underVendor(entries: readonly Entry[], vendor: string | undefined): Entry[] {
  if (vendor === undefined) return [...entries]
  const folder = `${posix.normalize(vendor.replaceAll('\\', '/')).replace(/\/$/, '')}/`
  const own = entries.filter(({ path }) => !path.startsWith(folder))
  if (own.length === entries.length) {
    throw new UserError(
      {
        title: `vendor: ${vendor} has no files in the project`,
        hint: 'Name a folder below the project; what git ignores is taken only where include names it.',
      },
      { exitCode: 2 },
    )
  }
  const paths = new Set(own.map(({ path }) => path))
  const laid = entries
    .filter(({ path }) => path.startsWith(folder))
    .map((entry) => ({ ...entry, path: entry.path.slice(folder.length) }))
  return [...own, ...laid.filter(({ path }) => !paths.has(path))]
}

/** `.gitignore` of the folders above, up to the one that holds the repository: a project may be a part of it. */
async function ignoreFilesAbove(project: string): Promise<IgnoreFile[]> {
  const above: IgnoreFile[] = []
  for (let folder = project; ; folder = dirname(folder)) {
    if (folder !== project) above.unshift(...(await ignoreFileIn(folder)))
    if (await exists(join(folder, '.git'))) return above
    if (dirname(folder) === folder) return [] // Not a repository: nothing above is git's to ignore.
  }
}

async function ignoreFileIn(folder: string): Promise<IgnoreFile[]> {
  const text = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => undefined)
  return text === undefined ? [] : [{ folder, patterns: asGit().add(text) }]
}

/** Where files run, `Build` is not `build`. */
function asGit(): Ignore {
  return ignore({ ignorecase: false })
}

/** As git decides: the last file that has an opinion wins. */
function isIgnored(absolute: string, kind: 'file' | 'folder', files: readonly IgnoreFile[]): boolean {
  let ignored = false
  for (const { folder, patterns } of files) {
    const path = pathBelow(folder, absolute)
    const verdict = patterns.test(kind === 'folder' ? `${path}/` : path)
    ignored = verdict.ignored || (ignored && !verdict.unignored)
  }
  return ignored
}

/**
 * The library leaves out everything below a folder that its patterns ignore. Where a later file has brought the folder
 * back, or it is the project, that no longer holds: only patterns that match a path below it do.
 */
function withFolder(absolute: string, file: IgnoreFile): IgnoreFile {
  let { patterns } = file
  let path = ''
  for (const name of pathBelow(file.folder, absolute).split('/')) {
    path += `/${name}`
    if (!patterns.test(`${path.slice(1)}/`).ignored) continue
    patterns = asGit()
      .add(patterns)
      .add(`!${path.replace(/[\\*?[\]]/g, '\\$&')}/`)
  }
  return { folder: file.folder, patterns }
}

function pathBelow(folder: string, absolute: string): string {
  return relative(folder, absolute).split(sep).join('/')
}

/** Of what a link leads to; one that leads nowhere counts as a file. */
async function kindOf(absolute: string, child: Dirent): Promise<'file' | 'folder' | 'other'> {
  const found = child.isSymbolicLink() ? await stat(absolute).catch(() => undefined) : child
  if (found === undefined || found.isFile()) return 'file'
  return found.isDirectory() ? 'folder' : 'other'
}

async function refuseLinkOutside(root: string, absolute: string): Promise<void> {
  const real = await realpath(absolute).catch(() => undefined)
  if (real === root || real?.startsWith(root + sep)) return
  throw new UserError({
    title: `${relative(root, absolute)} is a link that leads ${real === undefined ? 'nowhere' : 'out of the project'}`,
    detail: real && `It leads to ${real}.`,
    hint: 'Copy the file into the project, or leave the link out with exclude.',
  })
}

/** PEP 405: a virtual environment has this file. */
async function isVirtualEnvironment(folder: string): Promise<boolean> {
  return await exists(join(folder, 'pyvenv.cfg'))
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
