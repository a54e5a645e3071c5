import type { Dependencies } from './dependencies.ts'
import type { Entry } from './entry.ts'
import type { Distribution } from './metadata.ts'
import { contentOf, ForeignZip, openZip, type PackedEntry } from './read-zip.ts'
import { writeZip } from './zip.ts'

/** Dependencies whose files are compressed already. They can be read until it is closed. */
export interface Pack extends Dependencies, AsyncDisposable {}

/** The entry that says which distributions a pack holds; it is not part of them. */
const INDEX = '.wsgi-lambda-pack.json'

interface Index {
  readonly distributions: readonly Distribution[]
  /** Path → distribution. */
  readonly owners: Readonly<Record<string, string>>
}

/** Writes dependencies as a zip that `openPack` reads. */
export async function writePack(path: string, { entries, distributions }: Dependencies): Promise<void> {
  const owners = Object.fromEntries(
    entries.flatMap(({ path, distribution }) => (distribution === undefined ? [] : [[path, distribution]])),
  )
  const index: Index = { distributions, owners }
  await writeZip(path, [
    ...entries,
    { path: INDEX, mode: 0o644, content: { bytes: Buffer.from(JSON.stringify(index)) } },
  ])
}

/** Reads what `writePack` wrote: no other zip. */
export async function openPack(path: string): Promise<Pack> {
  const zip = await openZip(path)
  try {
    const index = await readIndex(zip.entries)
    const entries = zip.entries
      .filter((file) => file.path !== INDEX)
      .map((file): Entry => {
        const distribution = index.owners[file.path]
        return distribution === undefined ? file : { ...file, distribution }
      })
    return { ...zip, entries, distributions: index.distributions }
  } catch (error) {
    await zip[Symbol.asyncDispose]()
    throw error
  }
}

async function readIndex(entries: readonly PackedEntry[]): Promise<Index> {
  const index = entries.find(({ path }) => path === INDEX)
  if (!index) throw new ForeignZip('it has no index of distributions')
  return JSON.parse((await contentOf(index)).toString()) as Index
}
