import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Name, version, licence and licence text of every package that the bundles contain, sorted by name. */
export async function licenseTexts(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []))
  const sections = await Promise.all([...folders].map((folder) => section(join(root, folder))))
  return [...new Set(sections)].toSorted().join(`\n${'-'.repeat(80)}\n\n`)
}

async function section(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  const files = (await readdir(folder)).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).toSorted()
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return (
    [
      `${name} ${version} (${license ?? 'see below'})`,
      ...texts.map((text) => text.replaceAll('\r\n', '\n').trim()),
    ].join('\n\n') + '\n'
  )
}
