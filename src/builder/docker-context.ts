import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of a build context. */
export interface ContextFile {
  /** Relative to the context, with `/`. */
  readonly path: string
  readonly file: string
}

/** The files of a Dockerfile's folder that an engine gets: all but those that `.dockerignore` names. Links are not followed. */
export async function contextFiles(folder: string): Promise<readonly ContextFile[]> {
  const isIgnored = dockerIgnore(await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => ''))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return { path: file.slice(folder.length + 1).replaceAll('\\', '/'), file }
    })
    .filter(({ path }) => !isIgnored(path))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

/**
 * Whether a `.dockerignore` leaves a path out. Unlike git's, its patterns are all relative to the context, and the last
 * one that matches the path or a folder above it decides. Source: Docker, "Build context", ".dockerignore files".
 */
export function dockerIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isKept = line.startsWith('!')
      const pattern = (isKept ? line.slice(1) : line).trim().replace(/^\.?\/+|\/+$/g, '')
      return { isKept, pattern: new RegExp(`^${asExpression(pattern)}$`, 's') }
    })
  return (path) => {
    const parts = path.split('/')
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
    return rules.reduce(
      (ignored, { isKept, pattern }) => (above.some((part) => pattern.test(part)) ? !isKept : ignored),
      false,
    )
  }
}

/** Go's filepath.Match, with `**` for any number of folders. */
function asExpression(pattern: string): string {
  return pattern.replace(/\*\*\/?|\*|\?|\[(?:\\.|[^\]])*\]|\\.|[.+^${}()|\\[\]]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('[') && part.length > 1) return part
    return part.length > 1 ? part : `\\${part}`
  })
}
