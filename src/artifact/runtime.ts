import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Reporter } from '../report/reporter.ts'
import { camelCase, SETTINGS, type Setting, type Values } from '../settings/schema.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Entry } from './entry.ts'
import { COMPATIBLE_NAME } from './merge.ts'

export interface ProductFiles {
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
  /** The folder `runtime/` of this package. */
  readonly runtimeFolder: string
  /** Of this program, for `wsgi_lambda.json`. */
  readonly version: string
  /** Name and version of what compresses: another one writes other bytes. */
  readonly compressor: string
}

/** The Python package that answers events, and the file that tells it which application. */
export async function runtimeEntries(
  settings: BuildSettings,
  { runtimeFolder, version }: ProductFiles,
): Promise<Entry[]> {
  const packaged = await readdir(join(runtimeFolder, 'wsgi_lambda'), { recursive: true })
  const paths = [
    COMPATIBLE_NAME,
    'wsgi_handler.py',
    ...packaged.map((path) => `wsgi_lambda/${path.replaceAll('\\', '/')}`),
  ]
  const modules = paths.filter((path) => path.endsWith('.py') && !path.includes('__pycache__'))
  const configuration = {
    app: settings.app,
    ...runtimeOptions(settings),
    runtime: settings.target.runtime,
    architecture: settings.target.architecture,
    // Not for the runtime: who releases the artifact later has to know that it is a part.
    ...(settings.dependenciesLayer && { 'dependencies-layer': true }),
    version,
  }
  return [
    ...modules.map((path): Entry => ({ path, mode: 0o644, content: { file: join(runtimeFolder, path) } })),
    {
      path: CONFIGURATION,
      mode: 0o644,
      content: { bytes: Buffer.from(`${JSON.stringify(configuration, null, 2)}\n`) },
    },
  ]
}

/** Settings that the runtime reads in `wsgi_lambda.json`, by the same names. */
const RUNTIME_SETTINGS = [
  'commands',
  'events',
  'report-batch-item-failures',
  'text-mime-types',
  'binary-mime-types',
  'non-proxy-integration',
  'legacy-environ',
  'streaming',
  'on-import-error',
] as const

/** What is not the default: a setting that says what holds anyway must not change the artifact. */
function runtimeOptions(settings: Values): Readonly<Record<string, unknown>> {
  const chosen = RUNTIME_SETTINGS.flatMap((name) => {
    const value = settings[camelCase(name) as keyof Values]
    return isDeepStrictEqual(value, (SETTINGS[name] as Setting).default) ? [] : [[name, value] as const]
  })
  return Object.fromEntries(chosen)
}

/** The project's files and the runtime's. Where both have one, the runtime's is taken: the handler is made of them. */
export function withRuntime(project: readonly Entry[], runtime: readonly Entry[], report: Reporter): Entry[] {
  const own = new Set(runtime.map(({ path }) => path))
  const replaced = project.filter(({ path }) => own.has(path))
  if (replaced.length > 0) {
    report.warning({
      title: `${replaced.length} of the project's files are replaced by wsgi-lambda's own`,
      detail: replaced.map(({ path }) => path).join('\n'),
      hint: 'Rename or remove them.',
    })
  }
  return [...project.filter(({ path }) => !own.has(path)), ...runtime]
}

/** Says which application, for which runtime. */
export const CONFIGURATION = 'wsgi_lambda.json'
