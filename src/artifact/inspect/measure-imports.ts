import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Builder } from '../../builder/builder.ts'
import { UserError } from '../../errors.ts'
import type { Contents } from './contents.ts'
import { END_LINE, type ImportProfile, importProfile, packageOfModule, readImportTimes } from './import-profile.ts'
import type { Parts } from './packages.ts'

/** Folders of the workspace. */
const PACKED = 'packed'
const UNPACKED = 'unpacked'
const TOOLS = 'tools'
const SCRIPT = `${TOOLS}/import_time.py`
/** The first run reads the files from the disk; of the others the fastest was disturbed least. */
const RUNS = 3
/** Lambda takes 250 MB. */
const MOST_BYTES = 1e9

export interface Measurement {
  /** The module that is imported, as in `wsgi_handler`. */
  readonly module: string
  /** The whole environment of the import. */
  readonly environment: Readonly<Record<string, string>>
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
}

/** Imports a module of an artifact in the builder, and tells where the time went. @throws UserError when that fails. */
export async function measureImports(
  contents: Contents,
  parts: Parts,
  { module, environment, toolsFolder }: Measurement,
  builder: Builder,
): Promise<ImportProfile> {
  if (!builder.canImport && contents.binaries.size > 0) {
    throw new UserError({
      title: 'The time of the imports cannot be measured here: the artifact has compiled code for another system',
      detail: `The builder is ${builder.description}.`,
      hint: 'builder: docker imports it in the Lambda image.',
    })
  }
  await builder.put(toolsFolder, TOOLS)
  await unpack(contents, builder)
  const runs: { readonly seconds: number; readonly output: string }[] = []
  for (let run = 0; run < RUNS; run++) runs.push(await importOnce(module, environment, builder))
  const fastest = runs.toSorted((a, b) => a.seconds - b.seconds)[0] ?? { seconds: 0, output: '' }
  const packageOf = packageOfModule(contents.files.map(({ path }) => path).toSorted(), parts)
  const about = { module, measuredOn: builder.description, seconds: fastest.seconds }
  return importProfile(about, readImportTimes(fastest.output), packageOf)
}

/** Within the builder: one file is brought there sooner than thousands. */
async function unpack({ path, files }: Contents, builder: Builder): Promise<void> {
  const total = files.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0)
  if (total > MOST_BYTES) {
    throw new UserError(
      { title: `${path} is not unpacked: it has ${Math.round(total / 1e6)} MB`, hint: 'Inspect it without --imports.' },
      { exitCode: 2 },
    )
  }
  const temporary = await mkdtemp(join(tmpdir(), 'wsgi-lambda-inspect-'))
  try {
    await copyFile(path, join(temporary, 'artifact.zip'))
    await builder.put(temporary, PACKED)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  const { exitCode, stderr } = await builder.run([
    builder.python,
    ...['-I', '-S', SCRIPT, 'unpack'],
    `${PACKED}/artifact.zip`,
    UNPACKED,
  ])
  if (exitCode === 0) return
  throw new UserError({
    title: `${path} could not be unpacked`,
    detail: stderr.trim(),
    hint: 'Make it anew, and see that there is room for it where temporary files are.',
  })
}

async function importOnce(
  module: string,
  environment: Measurement['environment'],
  builder: Builder,
): Promise<{ seconds: number; output: string }> {
  const { exitCode, stdout, stderr } = await builder.run(
    [
      builder.python,
      ...['-I', '-S', '-B', '-X', 'importtime'],
      ...[`${builder.workspace}/${SCRIPT}`, 'import'],
      `${builder.workspace}/${UNPACKED}`,
      module,
    ],
    { environment: 'replace', env: environment },
  )
  // A module that ends Python while it is imported leaves no such line.
  const [, seconds] = /(?:^|\n)(\d+\.\d+)\s*$/.exec(stdout) ?? []
  if (exitCode === 0 && seconds !== undefined) return { seconds: Number(seconds), output: stderr }
  const [, traceback] = stderr.split(`${END_LINE}\n`)
  throw new UserError({
    title: `${module} cannot be imported, so how long that takes is not known`,
    detail: traceback?.trim() ?? `Python ended with exit code ${exitCode}.`,
    hint: 'If it needs a variable, set it in environment. To see the rest: wsgi-lambda inspect without --imports.',
  })
}
