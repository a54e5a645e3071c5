import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, posix, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ExtractEvents, extract, type Pack, pack } from 'tar-stream'
import { UserError } from '../errors.ts'
import { isError } from './docker-errors.ts'

type Entry = ExtractEvents['entry'][1]

/** Nothing in a container depends on when or by whom a file was made. After 1980, which zip cannot go behind. */
const MTIME = new Date('2000-01-01T00:00:00Z')
const OWNER = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: MTIME }

export interface PackedFile {
  /** Path in the archive. */
  readonly path: string
  readonly content: Buffer | string
}

export function packFiles(files: readonly PackedFile[]): Pack {
  const archive = pack()
  for (const { path, content } of files) archive.entry({ ...OWNER, name: path, mode: 0o644 }, content)
  archive.finalize()
  return archive
}

/**
 * Streams the content of a local folder as an archive, below `path` in it. Modes are 0644 and 0755, all is root's.
 * Symbolic links stay links where they stay within the folder; sockets and devices are left out.
 *
 * @throws UserError (from the stream) for a link that leads out of the folder
 */
export function packFolder(localFolder: string, path: string): Pack {
  const archive = pack()
  fill(archive, localFolder, path).then(
    () => {
      archive.finalize()
    },
    (error: unknown) => {
      // Not finalized and not destroyed, the engine would wait for the rest for ever.
      archive.destroy(error as Error)
    },
  )
  return archive
}

async function fill(archive: Pack, localFolder: string, path: string): Promise<void> {
  const root = await realpath(localFolder)
  let parent = ''
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    parent = posix.join(parent, name)
    folderEntry(archive, parent)
  }
  await addContent(archive, root, root, parent)
}

function folderEntry(archive: Pack, name: string): void {
  archive.entry({ ...OWNER, name: `${name}/`, type: 'directory', mode: 0o755 })
}

async function addContent(archive: Pack, root: string, folder: string, path: string): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    const local = join(folder, name)
    const inside = posix.join(path, name)
    const stats = await lstat(local)
    if (stats.isDirectory()) {
      folderEntry(archive, inside)
      await addContent(archive, root, local, inside)
    } else if (stats.isSymbolicLink()) {
      const linkname = await readlink(local)
      if (isAbsolute(linkname) || leadsOut(relative(root, normalize(join(folder, linkname))))) {
        throw new UserError({
          title: `${relative(root, local)} is a link to outside of ${root}`,
          detail: `It points to ${linkname}, which is not there in a container.`,
          hint: 'Put a copy of the file in its place.',
        })
      }
      archive.entry({ ...OWNER, name: inside, type: 'symlink', linkname: linkname.split(sep).join('/'), mode: 0o777 })
    } else if (stats.isFile()) {
      const mode = stats.mode & 0o111 ? 0o755 : 0o644
      await pipeline(createReadStream(local), archive.entry({ ...OWNER, name: inside, size: stats.size, mode }))
    }
  }
}

/**
 * Unpacks an archive into a folder that must not exist. Everything becomes the current user's, with modes 0644 and 0755.
 * On any failure the folder is removed again.
 *
 * @throws BrokenArchive when the stream fails or ends too early
 * @throws UserError for an entry that would land outside of the folder, or is neither file, folder nor link
 */
export async function unpackFolder(archive: NodeJS.ReadableStream, localFolder: string): Promise<void> {
  await mkdir(dirname(localFolder), { recursive: true })
  await mkdir(localFolder, { mode: 0o755 })
  const broken = new AbortController()
  try {
    const entries = extract()
    const piped = pipeline(archive, entries)
    // An entry does not notice that its archive broke off: it would be waited for.
    piped.catch((error: unknown) => {
      broken.abort(error)
    })
    const links: Link[] = []
    for await (const entry of entries) {
      const link = await unpackEntry(entry, localFolder, broken.signal)
      if (link) links.push(link)
    }
    await piped
    // Last, and hard ones (copies) first, so that nothing is read or written through a symbolic one.
    for (const link of links.filter(({ isHard }) => isHard)) await makeLink(link, localFolder)
    for (const link of links.filter(({ isHard }) => !isHard)) await makeLink(link, localFolder)
  } catch (error) {
    await rm(localFolder, { recursive: true, force: true })
    const isAbort = isError(error) && error.name === 'AbortError'
    throw broken.signal.aborted && (isAbort || error === broken.signal.reason)
      ? new BrokenArchive({ cause: broken.signal.reason })
      : error
  }
}

/** What arrives is not a whole archive: it is not this machine's files that failed. The cause is the stream's error. */
export class BrokenArchive extends Error {
  constructor(options: { cause: unknown }) {
    super(isError(options.cause) ? options.cause.message : 'the archive broke off', options)
  }
}

interface Link {
  readonly path: string
  readonly linkname: string
  readonly isHard: boolean
}

async function unpackEntry(entry: Entry, localFolder: string, signal: AbortSignal): Promise<Link | undefined> {
  const { name, type, linkname, mode } = entry.header
  const path = pathInside(name)
  if (path === undefined) throw escaping(name)
  const local = join(localFolder, path)
  switch (type) {
    case 'directory':
      await mkdir(local, { recursive: true, mode: 0o755 })
      entry.resume()
      return undefined
    case 'file':
    case 'contiguous-file': {
      await mkdir(dirname(local), { recursive: true, mode: 0o755 })
      const wanted = mode & 0o111 ? 0o755 : 0o644
      await pipeline(entry, createWriteStream(local, { flags: 'wx', mode: wanted }), { signal })
      await chmod(local, wanted) // Whatever the umask is.
      return undefined
    }
    case 'link':
    case 'symlink':
      entry.resume()
      return { path, linkname, isHard: type === 'link' }
    case 'fifo':
    case 'block-device':
    case 'character-device':
      throw new UserError({
        title: `The container holds ${name}, which is not a file, a folder or a link`,
        detail: `It is a ${type}.`,
      })
  }
}

async function makeLink({ path, linkname, isHard }: Link, localFolder: string): Promise<void> {
  const local = join(localFolder, path)
  await mkdir(dirname(local), { recursive: true, mode: 0o755 })
  if (isHard) {
    const source = pathInside(linkname)
    if (source === undefined) throw escaping(path)
    await copyFile(join(localFolder, source), local)
    return
  }
  const root = await realpath(localFolder)
  if (isAbsolute(linkname)) throw escaping(path)
  await symlink(linkname, local)
  // By what is really there: a chain of links can lead elsewhere than its text says.
  const end = await realpath(local).catch(() => undefined)
  if (end === undefined || leadsOut(relative(root, end))) throw escaping(path)
}

const escaping = (path: string): UserError =>
  new UserError({
    title: `${path} in the container would lead out of the folder that is copied`,
    hint: 'The package that made it is broken or hostile: look at where it comes from.',
  })

/** The path of an entry in the forms of this machine, or undefined where it leads out. The empty path is the folder. */
export function pathInside(name: string): string | undefined {
  if (name.startsWith('/') || name.includes('\0')) return undefined
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.some((part) => part === '..' || (sep === '\\' && /[\\:]/.test(part)))) return undefined
  return parts.join(sep)
}

const leadsOut = (path: string): boolean => path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
