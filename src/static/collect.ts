import { mkdir, readFile, realpath } from 'node:fs/promises'
import { join, posix, relative, sep } from 'node:path'
import * as v from 'valibot'
import { type CheckSettings, variablesOf } from '../artifact/check.ts'
import { IMAGE_VARIABLES } from '../artifact/check-environment.ts'
import type { Completed, Toolchain } from '../builder/builder.ts'
import type { SandboxEnd } from '../builder/sandbox.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { COLLECT_PROBLEMS, cannotRun, failureOf, tooLate } from './collect-failure.ts'

/** What collectstatic has made of an artifact. */
export interface Collection {
  /** The folder of the files. */
  readonly from: string
  /** Where the application expects them, below its own root; undefined for somewhere else. */
  readonly root: string | undefined
  readonly manifest:
    | { readonly text: string /** Where the application reads it, below its own root. */; readonly path: string }
    | undefined
}

interface Collaborators {
  readonly toolchain: Toolchain
  readonly toolsFolder: string
  readonly report: Reporter
}

const MOST_SECONDS = 600
const TASK_ROOT = '/var/task'

/** What `docker/collect_static.py` prints. */
const ANSWER = v.object({
  problem: v.nullable(v.picklist(COLLECT_PROBLEMS)),
  detail: v.string(),
  root: v.nullable(v.string()),
  manifest: v.nullable(v.string()),
})

/**
 * Runs collectstatic on a finished artifact: in the image of its runtime, or where there is none by this machine's Python of
 * the same minor version. @param localFolder must not exist; the collection lies in it
 * @throws UserError with the application's own traceback
 */
export async function collectStatic(
  zip: string,
  settings: CheckSettings,
  localFolder: string,
  { toolchain, toolsFolder, report }: Collaborators,
): Promise<Collection> {
  report.progress('running collectstatic on the artifact')
  const env = variablesOf(settings)
  if (toolchain.sandbox) {
    const sandbox = await toolchain.sandbox()
    const end = await sandbox.collect(zip, { env, seconds: MOST_SECONDS }, localFolder)
    const collection = await readCollection(completedOf(end, settings), localFolder, TASK_ROOT, report)
    report.info(`collectstatic: in ${sandbox.image}`)
    return collection
  }
  if (!toolchain.canImport) throw cannotRun(settings.target)
  const { completed, root, output } = await collectHere(zip, env, { toolchain, toolsFolder })
  const collection = await readCollection(completed, output, root, report)
  report.info(`collectstatic: by ${toolchain.description}, for the builder host has no image of the runtime`)
  return collection
}

function completedOf(end: SandboxEnd, { target }: CheckSettings): Completed {
  if (end.kind === 'foreign') throw cannotRun(target)
  if (end.kind === 'late') throw tooLate(MOST_SECONDS)
  return end
}

/** With nothing of this machine but the interpreter and its standard library. */
async function collectHere(
  zip: string,
  variables: Readonly<Record<string, string>>,
  { toolchain, toolsFolder }: Pick<Collaborators, 'toolchain' | 'toolsFolder'>,
): Promise<{ completed: Completed; root: string; output: string }> {
  const builder = await toolchain.open()
  const workspace = await realpath(builder.workspace)
  const root = join(workspace, 'static-artifact', zip.replace(/\W/g, '-'))
  const output = `${root}-collected`
  await Promise.all([root, output].map((folder) => mkdir(folder, { recursive: true })))
  const python = [builder.python, '-I', '-S']
  const unpacked = await builder.run([...python, join(toolsFolder, 'unpack_artifact.py'), zip, root])
  if (unpacked.exitCode !== 0) {
    throw new UserError({ title: `The artifact ${zip} cannot be unpacked`, detail: unpacked.stderr })
  }
  const own = Object.entries(variables).filter(([name]) => !Object.hasOwn(IMAGE_VARIABLES, name))
  const env = { ...Object.fromEntries(own), LAMBDA_TASK_ROOT: root, LD_LIBRARY_PATH: join(root, 'lib') }
  const command = [...python, join(toolsFolder, 'collect_static.py'), JSON.stringify({ root, output })]
  const completed = await builder.run(command, { cwd: root, env, environment: 'replace' })
  return { completed, root, output }
}

async function readCollection(
  { stdout, stderr }: Completed,
  output: string,
  taskRoot: string,
  report: Reporter,
): Promise<Collection> {
  for (const line of stderr.split('\n')) if (line !== '') report.debug(line)
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), ANSWER), stdout)
  const { problem, detail, ...found } = read.success
    ? read.output
    : { problem: 'failed' as const, detail: stderr, root: null, manifest: null }
  if (problem !== null) throw failureOf(problem, detail.replaceAll(taskRoot, TASK_ROOT))
  const from = join(output, 'files')
  const root = found.root === null ? undefined : below(taskRoot, found.root)
  if (found.manifest === null) return { from, root, manifest: undefined }
  const path = below(taskRoot, found.manifest)
  if (path === undefined) {
    throw new UserError({
      title: 'The manifest of static files would not be found by the function',
      detail: `The application reads it at ${found.manifest || 'no place, as STATIC_ROOT is not set'}, which is not in the artifact.`,
      hint: "Set STATIC_ROOT to a folder of the project, as in BASE_DIR / 'staticfiles'. It need not exist: what it would hold goes to the bucket, and the manifest into the artifact.",
    })
  }
  return { from, root, manifest: { text: await readFile(join(output, 'manifest/manifest.json'), 'utf8'), path } }
}

/** Undefined for the folder itself, and for what is not below it. */
function below(folder: string, path: string): string | undefined {
  const found = path === '' ? '' : relative(folder, path).split(sep).join('/')
  return found === '' || found === '..' || found.startsWith('../') || posix.isAbsolute(found) ? undefined : found
}
