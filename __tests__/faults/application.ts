import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Bundle } from './bundle.ts'

/** A release of the application under test: code and configuration that belong together. */
export const RELEASES = ['a', 'b', 'c'] as const
export type ReleaseName = (typeof RELEASES)[number]

/** Ways in which it is packed: small and whole, without its static files, or (release b) too large for one request. */
export const PACKINGS = ['small', 'without static files', 'large'] as const
export type Packing = (typeof PACKINGS)[number]

/** Paths of zips. */
export type Zips = Readonly<Record<Packing, Readonly<Record<ReleaseName, string>>>>

/** Tells its code and its configuration, so that a visitor sees whether they belong together. */
const source = (release: ReleaseName): string => `import json
import os

CODE = "${release}"


def app(environ, start_response):
    broken = os.environ.get("BROKEN")
    told = {"code": CODE, "configuration": os.environ["RELEASE"], "site": os.environ["SITE"]}
    start_response("500 Broken" if broken == "smoke" else "200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


def note(phase):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(f"{phase} {CODE} {os.environ['AWS_LAMBDA_FUNCTION_VERSION']}\\n")
    print(f"{phase} has run")
    if os.environ.get("BROKEN") == phase:
        raise SystemExit(f"{phase} is broken")
`

/** What a command of a release does is written down, a line each time it runs. */
export const commandOf = (phase: 'before' | 'after'): string => `exec import app; app.note('${phase}')`

/** The static files of a release by their paths: one that all of them have, and some of its own. */
export function staticFilesOf(release: ReleaseName): Readonly<Record<string, string>> {
  const own = ['site', 'print'].map((name) => [`${release}/${name}.css`, `/* ${name} of ${release} */\n`] as const)
  return Object.fromEntries([...own, ['logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>\n']])
}

/** A little more than Lambda takes in one request; cannot be compressed. */
const LARGE_BYTES = 53_000_000

/** Builds the zips of each release. */
export async function buildArtifacts(folder: string, bundle: Bundle, inputs: readonly string[]): Promise<Zips> {
  const build = async (name: string, files: Files, settings: readonly string[] = []): Promise<string> => {
    const project = join(folder, `project-${name}`)
    const zip = join(folder, `${name}.zip`)
    for (const [path, content] of Object.entries({ ...files, 'requirements.txt': '' })) {
      await mkdir(dirname(join(project, path)), { recursive: true })
      await writeFile(join(project, path), content)
    }
    const where = ['--project', project, '--app', 'app:app', '--commands', 'exec', '--output', zip]
    const { exitCode, stderr } = await bundle.run(['build', ...where, ...inputs, ...settings]).ended
    if (exitCode !== 0) throw new Error(`The application could not be built: ${stderr}`)
    return zip
  }
  const statics = (release: ReleaseName): Files =>
    Object.fromEntries(Object.entries(staticFilesOf(release)).map(([path, text]) => [`static/${path}`, text]))
  const small: Record<string, string> = {}
  const without: Record<string, string> = {}
  for (const release of RELEASES) {
    const app = { 'app.py': source(release) }
    small[release] = await build(release, app)
    without[release] = await build(`static-${release}`, { ...app, ...statics(release) }, STATIC)
  }
  const large = await build('large', { 'app.py': source('b'), 'model.bin': randomBytes(LARGE_BYTES) })
  const whole = small as Record<ReleaseName, string>
  return { small: whole, 'without static files': without as typeof whole, large: { ...whole, b: large } }
}

type Files = Readonly<Record<string, string | Buffer>>

/** Where they go is said by the deployment. */
const STATIC = ['--static', 's3://anywhere', '--static-folder', 'static']
