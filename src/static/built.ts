import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Assembled } from '../artifact/assemble.ts'
import { variablesOf } from '../artifact/check.ts'
import { indexPathOf, STATIC_RECORD, staticPathOf } from '../artifact/outputs.ts'
import type { OwnParts } from '../artifact/own-files.ts'
import type { ProductFiles } from '../artifact/runtime.ts'
import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { collectStatic } from './collect.ts'
import { readStaticFiles, type StaticFile, type StaticFiles } from './static-files.ts'
import { hashedNames, keepStaticFiles, listStaticFiles, MANIFEST_NAME, type StaticPlace, takeFolder } from './take.ts'

/** What static files change in the artifact that they belong to. */
interface Traces {
  readonly digest: string
  /** The folder of the project that is left out, for the bucket has its files. */
  readonly leftOut: string | undefined
  /** The function reads it at that path. */
  readonly manifest: { readonly path: string; readonly text: string } | undefined
}

/** What is remembered of the last build that was written to a place. */
interface Known {
  readonly key: string
  readonly sha256: string
  readonly traces: Traces
}

interface Collaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  readonly product: ProductFiles
}

type Assemble<P> = (settings: BuildSettings, parts: P, report: Reporter) => Promise<Assembled>

export interface WithStatic {
  readonly assembled: Assembled
  readonly statics: StaticFiles
}

/** An artifact without its static files, and those. @throws UserError */
export async function assembleWithStatic<P extends OwnParts>(
  settings: BuildSettings,
  parts: P,
  assemble: Assemble<P>,
  collaborators: Collaborators,
): Promise<WithStatic> {
  const temporary = await mkdtemp(join(tmpdir(), 'wsgi-lambda-static-'))
  const assembleWith = (traces: Traces, report: Reporter): Promise<Assembled> =>
    withTraces(traces, settings, parts, temporary).then((made) => assemble(made.settings, made.parts, report))
  try {
    const given = await takeGiven(settings)
    if (!given) return await collectAndAssemble(settings, temporary, assembleWith, collaborators)
    const statics = await kept(given.from, given.files, staticPlaceOf(settings))
    const assembled = await assembleWith({ ...given.traces, digest: statics.digest }, collaborators.report)
    return { assembled, statics }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Beside the artifact. */
export function staticPlaceOf({ output }: Pick<BuildSettings, 'output'>): StaticPlace {
  return { folder: staticPathOf(output), index: indexPathOf(output) }
}

async function takeGiven({ project, staticRoot, staticFolder }: BuildSettings) {
  const folder = staticRoot ?? staticFolder
  if (folder === undefined) return undefined
  const {
    from,
    files,
    manifest: text,
  } = await takeFolder(project, folder, staticRoot ? 'static-root' : 'static-folder')
  const leftOut = folder.replace(/\/+$/, '')
  const manifest = text === undefined ? undefined : { path: `${leftOut}/${MANIFEST_NAME}`, text }
  return { from, files, traces: { leftOut, manifest } }
}

/**
 * collectstatic needs an artifact to run on, and leaves its traces in it: so the artifact is made with those of the last build.
 * Mostly they are the same again, and it is the one; then nothing is run where nothing else has changed either.
 */
async function collectAndAssemble(
  settings: BuildSettings,
  temporary: string,
  assembleWith: (traces: Traces, report: Reporter) => Promise<Assembled>,
  { toolchain, store, report, product }: Collaborators,
): Promise<WithStatic> {
  const place = staticPlaceOf(settings)
  const record = keyOf('static', settings.output)
  const variables = Object.entries(variablesOf(settings)).toSorted()
  const key = keyOf('collected', toolchain.identity, product.version, variables)
  const known = await readRecord<Known>(store, 'artifacts', record)
  const guess = known?.traces ?? { digest: '', leftOut: undefined, manifest: undefined }
  const first = await assembleWith(guess, report)
  if (known?.key === key && known.sha256 === sha256Of(first)) {
    const statics = await readStaticFiles(place.folder, place.index)
    if (statics?.digest === guess.digest) return { assembled: first, statics }
  }
  const { toolsFolder } = product
  const collected = await collectStatic(first.whole.path, settings, join(temporary, 'collected'), {
    ...{ toolchain, toolsFolder, report },
  })
  const { from, root: leftOut, manifest } = collected
  const statics = await kept(from, await listStaticFiles(from, hashedNames(manifest?.text)), place)
  const traces: Traces = { digest: statics.digest, leftOut, manifest }
  const isSame = isDeepStrictEqual(JSON.parse(JSON.stringify(traces)), JSON.parse(JSON.stringify(guess)))
  const assembled = isSame ? first : await assembleWith(traces, withoutRemarks(report))
  const remembered: Known = { key, sha256: sha256Of(assembled), traces }
  // The key was made of the function's variables.
  await writeRecord(store, 'artifacts', record, remembered, { isPrivate: true })
  return { assembled, statics }
}

const sha256Of = ({ artifact, layer }: Assembled): string => `${artifact.sha256} ${layer?.sha256 ?? ''}`

/** What is to be said of the artifact was said when it was made first. */
function withoutRemarks(report: Reporter): Reporter {
  const nothing = (): void => undefined
  return { ...report, info: nothing, notice: nothing, warning: nothing }
}

async function kept(from: string, files: readonly StaticFile[], place: StaticPlace): Promise<StaticFiles> {
  const there = await readStaticFiles(place.folder, place.index)
  return there && isDeepStrictEqual(there.files, files) ? there : await keepStaticFiles(from, files, place)
}

async function withTraces<P extends OwnParts>(
  { digest, leftOut, manifest }: Traces,
  settings: BuildSettings,
  parts: P,
  temporary: string,
): Promise<{ settings: BuildSettings; parts: P }> {
  const files = [
    { path: STATIC_RECORD, text: `${JSON.stringify({ digest })}\n` },
    ...(manifest === undefined ? [] : [manifest]),
  ]
  const written = await Promise.all(
    files.map(async ({ path, text }) => {
      const file = join(temporary, `${keyOf(path, text)}.json`)
      await writeFile(file, text)
      return { path, mode: 0o644, file } as const
    }),
  )
  const exclude = leftOut === undefined ? [] : [`/${leftOut.replace(/[\\*?[\]]/g, '\\$&')}/`]
  return {
    settings: { ...settings, exclude: [...settings.exclude, ...exclude] },
    parts: { ...parts, extraFiles: [...parts.extraFiles, ...written] },
  }
}
