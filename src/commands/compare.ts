import { type FileList, findFileList, keepFileList, listFiles, readTexts } from '../artifact/file-list.ts'
import type { VersionState } from '../aws/lambda.ts'
import type { ServedCodeApi } from '../aws/served-code.ts'
import { newMigrations, remarksOn } from '../release/comparison/migrations.ts'
import type { Compared, Planned } from '../release/comparison/report-plan.ts'
import { readServedFiles, UnknownFiles } from '../release/comparison/served-files.ts'
import type { NewMigration } from '../report/plan-facts.ts'
import type { Reporter } from '../report/reporter.ts'
import type { DeploySettings } from '../settings/settings.ts'
import type { StoreSettings } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import type { BuildResult } from './build.ts'

export interface CompareCollaborators {
  readonly createStore: (settings: StoreSettings) => Store
  readonly code: ServedCodeApi
  readonly report: Reporter
  readonly signal: AbortSignal
}

/**
 * The files of what is released beside those of what is served. Those of a release from here are kept, and found here later;
 * AWS is asked for the others in a dry run only: a deployment doesn't wait for what it only reports.
 */
export async function compareFiles(
  { current: { served }, desired, steps }: Planned,
  { artifact }: BuildResult,
  settings: DeploySettings,
  collaborators: CompareCollaborators,
): Promise<Compared> {
  const { zipBytes, unzippedBytes } = artifact
  const unknown = { zipBytes, unzippedBytes, before: undefined, after: undefined, migrations: undefined }
  if (steps.length === 0 || served?.codeSha256 === desired.codeSha256) return unknown
  await using store = collaborators.createStore(settings)
  const after = (await findFileList(artifact.codeSha256, store)) ?? (await listFiles(artifact.path, zipBytes))
  await keepFileList(artifact.codeSha256, after, store)
  if (!served) return { ...unknown, after }
  const before = settings.dryRun
    ? await askForFiles(served, settings, { ...collaborators, store })
    : await findFileList(served.codeSha256, store)
  return { ...unknown, before, after, migrations: before && (await migrationsOf(before, after, artifact.path)) }
}

async function askForFiles(
  { version, codeSha256 }: VersionState,
  { functionName }: DeploySettings,
  collaborators: CompareCollaborators & { readonly store: Store },
): Promise<FileList | undefined> {
  try {
    return await readServedFiles({ functionName, version, codeSha256 }, collaborators)
  } catch (error) {
    if (!(error instanceof UnknownFiles)) throw error
    collaborators.report.notice({
      title: 'The files of the served version are not known: the plan has neither sizes by package nor migrations',
      detail: error.message,
    })
    return undefined
  }
}

async function migrationsOf(before: FileList, after: FileList, zip: string): Promise<NewMigration[]> {
  const paths = ({ files }: FileList): string[] => files.map(({ path }) => path)
  const found = newMigrations(paths(after), paths(before))
  const texts = await readTexts(zip, new Set(found.map(({ path }) => path)))
  return found.map(({ path, tool, hasSource }) => ({
    path,
    tool,
    isBytecodeOnly: !hasSource,
    remarks: remarksOn(texts.get(path) ?? '', tool),
  }))
}
