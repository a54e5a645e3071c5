import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Builder, Toolchain } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { sha256Of } from '../store/hash.ts'
import { writeAll } from './write.ts'

/** A module's text within a file of texts. */
export interface ModuleText {
  /** Below `/var/task`. */
  readonly path: string
  readonly offset: number
  readonly bytes: number
}

/** Modules that are compiled one after the other in one process; their texts stand in one local file. */
export interface CompilationUnit {
  readonly texts: string
  readonly modules: readonly ModuleText[]
}

export interface Compilation {
  /** A folder of this machine for what is exchanged with the builder. */
  readonly temporary: string
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
  readonly toolchain: Toolchain
  /** Where given, interpreters run one after the other: each uses all processors. */
  readonly turns?: Turns
}

/** Waits until everyone who came before is done. @returns what says that one is done oneself */
export type Turns = () => Promise<() => void>

export function createTurns(): Turns {
  let last = Promise.resolve()
  return async () => {
    const before = last
    let done = (): void => undefined
    last = new Promise((resolve) => {
      done = resolve
    })
    await before
    return done
  }
}

/**
 * The bytecode of the modules of each unit, by unit, in order; undefined for a module that does not compile. A unit's bytes
 * depend on its own modules and the interpreter alone. @throws UserError when that could not be done
 */
export async function* compileUnits(
  units: readonly CompilationUnit[],
  { temporary, toolsFolder, toolchain, turns }: Compilation,
): AsyncGenerator<readonly (Buffer | undefined)[]> {
  if (units.length === 0) return
  const builder = await toolchain.open()
  const folder = `compile-${++compilations}`
  const where = await bringIn(units, join(temporary, folder), folder, toolsFolder, builder)
  // Nothing of the user's may change what is compiled; in 3.10 the order of constants in a set depends on the seed.
  const neutral = {
    ...{ PYTHONHASHSEED: '0', PYTHONOPTIMIZE: '', PYTHONNODEBUGRANGES: '' },
    ...{ PYTHONPATH: '', PYTHONHOME: '', PYTHONWARNINGS: 'ignore' },
  }
  const progress = createProgress()
  const done = await turns?.()
  const running = builder
    .run([builder.python, '-s', '-S', '-B', where.script, where.plan], { env: neutral, onLine: progress.onLine })
    .then(({ exitCode, stderr }) => {
      if (exitCode === 0) return
      throw new UserError({
        title: 'The bytecode could not be made',
        detail: stderr.trim(),
        hint: 'Most likely memory or disk space ran out where the build runs.',
      })
    })
    .finally(done)
  running.catch(() => undefined) // It is awaited below, unit by unit.
  try {
    if (builder.kind === 'host') {
      // The files are this machine's: while Python compiles the next unit, the last one can be compressed.
      const out = `${builder.workspace}/${folder}/out`
      for (const [index, unit] of units.entries()) {
        await Promise.race([progress.of(index), running])
        yield await bytecodeOf(unit, join(out, String(index)))
      }
      return
    }
    await running
    const taken = await builder.take(`${folder}/out`, join(temporary, folder, 'taken'))
    for (const [index, unit] of units.entries()) yield await bytecodeOf(unit, join(taken, String(index)))
  } finally {
    await running.catch(() => undefined) // Who needs no more of it removes the folders that it writes into.
  }
}

/** Tells when each unit is done, by the lines that the script prints. */
function createProgress() {
  const waiting = new Map<number, () => void>()
  const done = new Set<number>()
  return {
    onLine: (line: string): void => {
      if (!/^\d+$/.test(line)) return
      done.add(Number(line))
      waiting.get(Number(line))?.()
    },
    of: (index: number): Promise<void> =>
      done.has(index)
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.set(index, resolve)
          }),
  }
}

let compilations = 0

/** Puts the plan and the texts where the builder sees them: as they are, where it works on this machine's files. */
async function bringIn(
  units: readonly CompilationUnit[],
  local: string,
  folder: string,
  toolsFolder: string,
  builder: Builder,
): Promise<{ script: string; plan: string }> {
  const { mkdir, copyFile, link } = await import('node:fs/promises')
  await mkdir(join(local, 'in', 'out'), { recursive: true })
  const isLocal = builder.kind === 'host'
  const inside = `${builder.workspace}/${folder}`
  const texts = [...new Set(units.map((unit) => unit.texts))]
  const placeOf = (path: string): string => (isLocal ? path : `${inside}/texts-${texts.indexOf(path)}`)
  const plan = {
    jobs: builder.processors,
    units: units.map((unit, index) => ({
      source: placeOf(unit.texts),
      output: `${inside}/out/${index}`,
      modules: unit.modules.map(({ path, offset, bytes }) => [path, offset, bytes]),
    })),
  }
  await writeFile(join(local, 'in', 'plan.json'), JSON.stringify(plan))
  await writeFile(join(local, 'in', 'out', '.keep'), '')
  if (!isLocal) {
    await copyFile(join(toolsFolder, SCRIPT), join(local, 'in', SCRIPT))
    for (const [index, path] of texts.entries()) await link(path, join(local, 'in', `texts-${index}`))
  }
  await builder.put(join(local, 'in'), folder)
  return { script: isLocal ? join(toolsFolder, SCRIPT) : `${inside}/${SCRIPT}`, plan: `${inside}/plan.json` }
}

const SCRIPT = 'compile_bytecode.py'

/** Of the program that compiles: a part of keys, for another one makes other bytecode. */
export async function compilerDigest(toolsFolder: string): Promise<string> {
  return (await sha256Of(join(toolsFolder, SCRIPT))).toString('hex')
}

async function bytecodeOf({ modules }: CompilationUnit, path: string): Promise<readonly (Buffer | undefined)[]> {
  const bytes = await readFile(path)
  let at = 0
  return modules.map(() => {
    const length = bytes.readUInt32LE(at)
    at += 4 + length
    return length === 0 ? undefined : bytes.subarray(at - length, at)
  })
}

/** A few modules a process, however many there are: a process for each would cost more than compiling it. */
const MOST_MODULES = 64
const MOST_BYTES = 512 * 1024

/** Splits modules, in their order, so that the parts depend on the modules alone. */
export function unitsOf(texts: string, modules: readonly ModuleText[]): CompilationUnit[] {
  const units: CompilationUnit[] = []
  let unit: ModuleText[] = []
  let bytes = 0
  for (const module of modules) {
    if (unit.length > 0 && (unit.length === MOST_MODULES || bytes + module.bytes > MOST_BYTES)) {
      units.push({ texts, modules: unit })
      unit = []
      bytes = 0
    }
    unit.push(module)
    bytes += module.bytes
  }
  return unit.length > 0 ? [...units, { texts, modules: unit }] : units
}

/** Writes texts one after the other into a new file. */
export interface TextWriter extends AsyncDisposable {
  readonly path: string
  add(path: string, text: Buffer): Promise<ModuleText>
}

export async function createTexts(path: string): Promise<TextWriter> {
  const file = await open(path, 'wx')
  let offset = 0
  return {
    path,
    add: async (module, text) => {
      await writeAll(file, text, offset)
      offset += text.length
      return { path: module, offset: offset - text.length, bytes: text.length }
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** Where Python looks for the bytecode of a module: beside it without sources (`only`), else in `__pycache__` (PEP 3147). */
export function bytecodePath(module: string, pythonMinor: string, isAlone: boolean): string {
  if (isAlone) return `${module.slice(0, -'.py'.length)}.pyc`
  const slash = module.lastIndexOf('/') + 1
  const stem = module.slice(slash, -'.py'.length)
  return `${module.slice(0, slash)}__pycache__/${stem}.cpython-${pythonMinor.replace('.', '')}.pyc`
}
