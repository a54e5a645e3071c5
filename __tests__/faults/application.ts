import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'

/** A release of the application under test: code and configuration that belong together. */
export const RELEASES = ['a', 'b', 'c'] as const
export type ReleaseName = (typeof RELEASES)[number]

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

/** Builds a zip of each release. @returns their paths */
export async function buildArtifacts(
  folder: string,
  bundle: Bundle,
  inputs: readonly string[],
): Promise<Readonly<Record<ReleaseName, string>>> {
  const zips = { a: join(folder, 'a.zip'), b: join(folder, 'b.zip'), c: join(folder, 'c.zip') }
  for (const release of RELEASES) {
    const project = join(folder, `project-${release}`)
    await mkdir(project, { recursive: true })
    await writeFile(join(project, 'app.py'), source(release))
    await writeFile(join(project, 'requirements.txt'), '')
    const where = ['--project', project, '--app', 'app:app', '--commands', 'exec', '--output', zips[release]]
    const { exitCode, stderr } = await bundle.run(['build', ...where, ...inputs]).ended
    if (exitCode !== 0) throw new Error(`The application could not be built: ${stderr}`)
  }
  return zips
}
