/**
 * Which wheels our tags choose for every runtime, and whether their binaries load there.
 *
 *     npm run bench:native -- [--record] [--only NAME]
 *
 * What was found is kept in `.cache/native-wheels/`, so that a run that was stopped goes on; remove the folder to start
 * again. `--record` writes `bench/results/native-wheels.md`. The exit code is 1 when a chosen wheel cannot load.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { RUNTIME_NAMES, targetOf } from '../src/platform/runtimes.ts'
import { pipTargetOptions } from '../src/platform/tags.ts'
import { ARCHITECTURES, type Target } from '../src/platform/target.ts'
import { readElf } from '../src/wheels/elf.ts'
import { openWheel } from '../src/wheels/read-wheel.ts'
import { type Binary, verifyBinaries, verifyNeeded } from '../src/wheels/verify.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const CACHE = join(HERE, '..', '.cache', 'native-wheels')
const RESULTS = join(CACHE, 'results.json')
const MOST_WHEEL_BYTES = 60_000_000
const AT_ONCE = 3
/** Distributions for one start of pip. */
const BATCH = 10

/** What became of one distribution on one target. */
type Outcome =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'verified'
      readonly filename: string
      readonly bytes: number
      readonly binaries: number
      /** Errors of processor and versions of symbols. */
      readonly wrong: readonly string[]
      /** Errors of libraries that nobody has. */
      readonly missing: readonly string[]
      readonly warnings: readonly string[]
    }

interface Question {
  readonly key: string
  readonly name: string
  readonly target: Target
  /** The target whose tags choose: the same, or for the control one with a newer C library. */
  readonly tagsOf: Target
}

const { record = false, only } = parseArgs({
  options: { record: { type: 'boolean' }, only: { type: 'string' } },
}).values
const names = (await readFile(join(HERE, 'native-packages.txt'), 'utf8'))
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#') && (only === undefined || line === only))
const targets = RUNTIME_NAMES.flatMap((runtime) => ARCHITECTURES.map((architecture) => targetOf(runtime, architecture)))

const questions = names.flatMap((name) => [
  ...targets.map((target): Question => ({ key: keyOf(name, target), name, target, tagsOf: target })),
  controlOf(name),
])

await mkdir(CACHE, { recursive: true })
const outcomes = new Map<string, Outcome>(
  Object.entries(JSON.parse(await readFile(RESULTS, 'utf8').catch(() => '{}')) as Record<string, Outcome>),
)
const waiting = batches(questions.filter(({ key }) => !outcomes.has(key)))
console.error(`${questions.length} questions, ${waiting.flat().length} of them open`)
await Promise.all(Array.from({ length: AT_ONCE }, answerAll))

const text = report()
console.log(text)
if (record) {
  await mkdir(join(HERE, 'results'), { recursive: true })
  await writeFile(join(HERE, 'results', 'native-wheels.md'), text)
}
process.exitCode = chosen().some(({ wrong }) => wrong.length > 0) ? 1 : 0

/** Questions about the same tags, since the start of pip takes longer than most downloads. */
function batches(open: readonly Question[]): Question[][] {
  const byTags = Map.groupBy(open, ({ target, tagsOf }) => `${target.runtime} ${target.architecture} ${tagsOf.glibc}`)
  return [...byTags.values()].flatMap((same) =>
    Array.from({ length: Math.ceil(same.length / BATCH) }, (_, index) =>
      same.slice(index * BATCH, (index + 1) * BATCH),
    ),
  )
}

async function answerAll(): Promise<void> {
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    for await (const [{ key }, outcome] of answers(batch)) {
      outcomes.set(key, outcome)
      console.error(`${key}: ${inOneLine(outcome)}`)
    }
    await writeFile(RESULTS, JSON.stringify(Object.fromEntries(outcomes), undefined, 1))
  }
}

async function* answers(batch: readonly Question[]): AsyncGenerator<readonly [Question, Outcome]> {
  const folder = await mkdtemp(join(CACHE, 'wheels-'))
  try {
    const found = await download(batch, folder)
    const filenames = await readdir(folder)
    for (const question of batch) {
      const filename = filenames.find(
        (each) => each.split('-')[0]?.replaceAll(/[_.]/g, '-').toLowerCase() === question.name,
      )
      const isThere = found.includes(question) && filename !== undefined
      yield [
        question,
        isThere
          ? await verify(join(folder, filename), filename, question.target)
          : { kind: 'none', why: 'no wheel for these tags' },
      ]
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @returns the questions for which there is a wheel; pip gives up at the first that has none */
async function download(batch: readonly Question[], folder: string): Promise<readonly Question[]> {
  const [first] = batch
  if (first === undefined) return []
  const options = pipTargetOptions(first.tagsOf, `${first.target.pythonMinor}.9`)
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--dest', folder]
  try {
    await promisify(execFile)('python3', [...pip, ...options, ...batch.map(({ name }) => name)])
    return batch
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    const absent = /No matching distribution found for (\S+)/.exec(stderr)?.[1]
    if (!batch.some(({ name }) => name === absent)) throw error
    return await download(
      batch.filter(({ name }) => name !== absent),
      folder,
    )
  }
}

async function verify(path: string, filename: string, target: Target): Promise<Outcome> {
  const { size: bytes } = await stat(path)
  if (bytes > MOST_WHEEL_BYTES) return { kind: 'none', why: `${filename} has ${bytes} bytes` }
  await using wheel = await openWheel(path, filename)
  const binaries: Binary[] = []
  for await (const { file, content } of wheel.contents(wheel.files)) {
    const facts = readElf(content)
    if (facts !== undefined) binaries.push({ path: file.path, facts })
  }
  const own = verifyBinaries(binaries, target, wheel)
  const needed = verifyNeeded([{ wheel, binaries }], target)
  const lines = (found: typeof own, severity: string) =>
    found.filter((each) => each.severity === severity).map(({ title, detail }) => `${title}: ${detail?.split('\n')[0]}`)
  return {
    kind: 'verified',
    filename,
    bytes,
    binaries: binaries.length,
    wrong: lines(own, 'error'),
    missing: lines(needed, 'error'),
    warnings: lines([...own, ...needed], 'warning'),
  }
}

/** Shows that wrong binaries are noticed: what python3.11 gets by the tags of a runtime with a newer C library. */
function controlOf(name: string): Question {
  const target = targetOf('python3.11', 'x86_64')
  const { glibc } = targetOf('python3.12', 'x86_64')
  return { key: `${keyOf(name, target)} by tags of glibc ${glibc}`, name, target, tagsOf: { ...target, glibc } }
}

function keyOf(name: string, { runtime, architecture }: Target): string {
  return `${name} on ${runtime} ${architecture}`
}

function verified(keys: readonly string[]) {
  return keys.flatMap((key) => {
    const outcome = outcomes.get(key)
    return outcome?.kind === 'verified' ? [outcome] : []
  })
}

function chosen() {
  return verified(questions.filter(({ target, tagsOf }) => target === tagsOf).map(({ key }) => key))
}

function inOneLine(outcome: Outcome | undefined): string {
  if (outcome?.kind !== 'verified') return outcome?.why ?? 'open'
  const { filename, wrong, missing } = outcome
  return [filename, ...wrong, ...missing].join(' · ')
}

/** A cell: the version, or why there is none; `✗` where it cannot load, `?` where a library is missing. */
function cell(outcome: Outcome | undefined): string {
  if (outcome?.kind !== 'verified') return '–'
  const version = outcome.filename.split('-')[1] ?? ''
  return `${version}${outcome.wrong.length > 0 ? ' ✗' : ''}${outcome.missing.length > 0 ? ' ?' : ''}`
}

function report(): string {
  const wheels = chosen()
  const control = verified(names.map((name) => controlOf(name).key))
  const refused = control.filter(({ wrong }) => wrong.length > 0)
  const binaries = wheels.reduce((sum, { binaries }) => sum + binaries, 0)
  const without = questions.filter(({ key, target, tagsOf }) => target === tagsOf && outcomes.get(key)?.kind === 'none')
  const wrong = wheels.flatMap((wheel) => wheel.wrong)
  const listed = (lines: readonly string[]) => [...new Set(lines)].toSorted().map((line) => `- ${line}`)
  const orNone = (lines: readonly string[]) => (lines.length > 0 ? lines : ['None.'])
  return `${[
    '# Wheels with native code',
    '',
    `\`npm run bench:native\`, ${new Date().toISOString().slice(0, 10)}: ${names.length} distributions, ${targets.length} targets.`,
    '',
    `- ${wheels.length} wheels were chosen by the target's tags, with ${binaries} binaries. **Cannot load: ${wrong.length}.**`,
    `- Without a wheel for the target's tags of at most 60 MB: ${without.length}.`,
    `- Control: by the tags of a newer C library (2.34), python3.11 on x86_64 (2.26) got ${control.length} wheels; ${refused.length} of them cannot load and were noticed.`,
    '',
    'A cell is the version that was chosen; – no wheel or a larger one, ✗ cannot load, ? needs a library that neither the wheel nor the runtime has.',
    '',
    `| distribution | ${targets.map(({ runtime, architecture }) => `${runtime.slice(6)} ${architecture}`).join(' | ')} |`,
    `| --- |${' --- |'.repeat(targets.length)}`,
    ...names.map(
      (name) => `| ${name} | ${targets.map((target) => cell(outcomes.get(keyOf(name, target)))).join(' | ')} |`,
    ),
    '',
    '## Cannot load',
    '',
    ...orNone(listed(wrong)),
    '',
    '## A library is missing: refused',
    '',
    ...orNone(listed(wheels.flatMap(({ missing }) => missing))),
    '',
    '## Shown as a warning',
    '',
    ...orNone(listed(wheels.flatMap(({ warnings }) => warnings))),
    '',
    '## Control: noticed',
    '',
    ...orNone(listed(refused.flatMap((wheel) => wheel.wrong))),
  ].join('\n')}\n`
}
