import type { ContentChanges, PackageChange } from '../../report/plan-facts.ts'
import type { ZippedFile } from './contents.ts'
import type { InspectedPackage } from './inspection.ts'

/** What one artifact has that another has not: `before` is the other one. Packages are sorted by name. */
export type Difference = ContentChanges

interface Side {
  readonly zipBytes: number
  readonly packages: readonly Pick<InspectedPackage, 'name' | 'version' | 'zipBytes' | 'unzippedBytes'>[]
  readonly files: readonly Omit<ZippedFile, 'modified'>[]
}

export function difference(before: Side, after: Side): Difference {
  const unzipped = ({ files }: Side): number => files.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0)
  return {
    zipBytes: after.zipBytes - before.zipBytes,
    unzippedBytes: unzipped(after) - unzipped(before),
    packages: packageChanges(before, after),
    files: fileChanges(before, after),
  }
}

const NOTHING = { version: undefined, zipBytes: 0, unzippedBytes: 0 } as const

function packageChanges(before: Side, after: Side): PackageChange[] {
  const [old, now] = [before, after].map(({ packages }) => new Map(packages.map((each) => [each.name, each] as const)))
  const names = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].toSorted()
  return names.flatMap((name) => {
    const [was, is] = [old?.get(name) ?? NOTHING, now?.get(name) ?? NOTHING]
    const change = {
      name,
      before: was.version,
      after: is.version,
      zipBytes: is.zipBytes - was.zipBytes,
      unzippedBytes: is.unzippedBytes - was.unzippedBytes,
    }
    return was.version === is.version && change.zipBytes === 0 && change.unzippedBytes === 0 ? [] : [change]
  })
}

/** By size and CRC: two contents with both alike do not come about by accident. */
function fileChanges(before: Side, after: Side): Difference['files'] {
  const old = new Map(before.files.map((file) => [file.path, file]))
  const now = new Set(after.files.map(({ path }) => path))
  const isOther = (file: Side['files'][number]): boolean => {
    const was = old.get(file.path)
    return was !== undefined && (was.crc !== file.crc || was.unzippedBytes !== file.unzippedBytes)
  }
  return {
    added: after.files.filter(({ path }) => !old.has(path)).map(({ path }) => path),
    removed: before.files.filter(({ path }) => !now.has(path)).map(({ path }) => path),
    changed: after.files.filter(isOther).map(({ path }) => path),
  }
}
