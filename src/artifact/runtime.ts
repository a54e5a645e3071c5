import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BuildSettings } from '../settings/settings.ts'
import type { Entry } from './entry.ts'

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
    ...(settings.commands === undefined ? {} : { commands: settings.commands }),
    runtime: settings.target.runtime,
    architecture: settings.target.architecture,
    version,
  }
  return [
    ...modules.map((path): Entry => ({ path, mode: 0o644, content: { file: join(runtimeFolder, path) } })),
    {
      path: 'wsgi_lambda.json',
      mode: 0o644,
      content: { bytes: Buffer.from(`${JSON.stringify(configuration, null, 2)}\n`) },
    },
  ]
}

/** The module name of serverless-wsgi: where its distribution is a requirement too, ours takes its place. */
export const COMPATIBLE_NAME = 'serverless_wsgi.py'
