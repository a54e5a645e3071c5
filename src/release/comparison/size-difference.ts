import type { FileList, ListedFile } from '../../artifact/file-list.ts'
import { difference } from '../../artifact/inspect/difference.ts'
import type { ContentChanges } from '../../report/plan-facts.ts'
import { normalise } from '../../requirements/files.ts'

/** What changes from one artifact to the next, by package and by file. */
export function contentChanges(before: FileList, after: FileList): ContentChanges {
  const compared = difference(sideOf(withOwners(before, after)), sideOf(after))
  return { ...compared, packages: compared.packages.toSorted((a, b) => Math.abs(b.zipBytes) - Math.abs(a.zipBytes)) }
}

/**
 * Of a zip of which only the directory was read, most files have no owner. They have the one that they have in the other
 * artifact, or that of the others in their folder; what neither has is the package's whose name the folder has.
 */
function withOwners(list: FileList, reference: FileList): FileList {
  const owners = new Map(reference.files.map((file) => [file.path, file.package]))
  const ofFolder = new Map<string, string | undefined>()
  for (const { path, package: owner } of reference.files) {
    const folder = topFolder(path)
    // A folder of several packages tells nothing.
    ofFolder.set(folder, ofFolder.has(folder) && ofFolder.get(folder) !== owner ? undefined : owner)
  }
  const known = new Set(list.packages.map(({ name }) => name))
  const ownerOf = ({ path, package: own }: ListedFile): string | undefined => {
    if (own !== undefined) return own
    if (owners.has(path)) return owners.get(path)
    const folder = topFolder(path)
    const owner = ofFolder.has(folder) ? ofFolder.get(folder) : normalise(folder)
    return owner !== undefined && known.has(owner) ? owner : undefined
  }
  return { ...list, files: list.files.map((file) => ({ ...file, package: ownerOf(file) })) }
}

/** Empty for a file at the root. */
function topFolder(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
}

function sideOf({ zipBytes, files, packages }: FileList): Parameters<typeof difference>[0] {
  const sizes = new Map(packages.map(({ name, version }) => [name, { name, version, zipBytes: 0, unzippedBytes: 0 }]))
  for (const file of files) {
    const size = sizes.get(file.package ?? '')
    if (!size) continue
    size.zipBytes += file.zippedBytes
    size.unzippedBytes += file.unzippedBytes
  }
  return { zipBytes, packages: [...sizes.values()], files }
}
