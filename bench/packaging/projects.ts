import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A project that every tool packages. Its templates are in projects/NAME, its requirements are a lock with hashes. */
export interface Project {
  readonly name: 'django' | 'flask'
  readonly application: string // module:attribute
  readonly changedFile: string // in which one line of the application is changed
  readonly modules: number // of the application, generated: none of them is imported
  readonly assets: number // static files, generated, 16 KiB each
}

export const PROJECTS: readonly Project[] = [
  { name: 'django', application: 'config.wsgi:application', changedFile: 'shop/views.py', modules: 60, assets: 40 },
  { name: 'flask', application: 'app:app', changedFile: 'app.py', modules: 10, assets: 5 },
]

const HERE = dirname(fileURLToPath(import.meta.url))
const ASSET_BYTES = 16 * 1024

/** Writes the project into a folder, which must not hold one yet. */
export async function writeProject(project: Project, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await cp(join(HERE, 'projects', project.name), folder, {
    recursive: true,
    filter: (source) => !source.includes('__pycache__'),
  })
  for (const [path, content] of generatedFiles(project)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** Adds a line to one module, another one in each round. */
export async function changeOneLine(project: Project, folder: string, round: number): Promise<void> {
  await appendFile(join(folder, project.changedFile), `LAST_CHANGE = ${round}\n`)
}

/** Takes another version of one requirement: bumps/NAME.txt replaces its lines in the lock. */
export async function bumpRequirement(project: Project, lock: string): Promise<void> {
  const bump = await readFile(join(HERE, 'bumps', `${project.name}.txt`), 'utf8')
  await writeFile(lock, bumped(await readFile(lock, 'utf8'), bump))
}

/** @throws Error when the lock has no other version of the requirement: nothing would be measured. */
export function bumped(lock: string, bump: string): string {
  const name = bump.split('==')[0] ?? ''
  const pinned = new RegExp(`^${name}==.*(?:\\n +--hash=.*)*\\n`, 'mu')
  const changed = lock.replace(pinned, bump)
  if (changed === lock) throw new Error(`The lock pins no other version of ${name}.`)
  return changed
}

/** Enough of an application that walking, hashing and packing it counts. */
function generatedFiles({ modules, assets }: Project): [path: string, content: string][] {
  return [
    ['reports/__init__.py', ''],
    ...range(modules).map((index) => [`reports/report_${index}.py`, report(index)] as [string, string]),
    ...range(assets).map((index) => [`static/asset-${index}.js`, asset(index)] as [string, string]),
  ]
}

function report(index: number): string {
  const functions = range(12).map(
    (part) => `

def column_${part}(rows: list[dict[str, float]]) -> float:
    """Column ${part} of report ${index}."""
    chosen = [row["value_${part}"] for row in rows if row.get("kind_${index % 7}", 0) > ${part}]
    return sum(chosen) / len(chosen) if chosen else ${index}.${part}
`,
  )
  return `TITLE = "Report ${index}"\n${functions.join('')}`
}

/** Text that compresses like a script: words from a small list, in an order that only the index decides. */
function asset(index: number): string {
  const words = ['const', 'value', 'return', 'items', 'function', 'length', 'window', 'state', 'render', 'index']
  let seed = index + 1
  let text = ''
  while (text.length < ASSET_BYTES) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    text += `${words[seed % words.length]}${seed % 997} `
  }
  return `${text.slice(0, ASSET_BYTES - 1)}\n`
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}
