import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runNode, type World } from '../../__tests__/support/world.ts'

/** Two states of the code, which commits have in turn. */
export const CODES = ['a', 'b'] as const
export type Code = (typeof CODES)[number]

/** What a build cannot find in the project. */
export const BUILD_INPUTS = { app: 'app:app', commands: 'exec' } as const

/** Runs before traffic moves, on the database of the version that it runs on. */
export const MIGRATION = 'exec import app; app.migrate()'

/** What the application tells a visitor. */
export interface Told {
  readonly code: string
  readonly commit: string
  /** Whose variables it has: `main`, or the number of a pull request. */
  readonly site: string
  readonly database: string
  readonly schema: string
  /** The sites whose migrations have ever run on this database. */
  readonly sites: readonly string[]
  /** Whether the migration of this commit has run on it. */
  readonly isMigrated: boolean
}

const source = (code: Code): string => `import json
import os
from contextlib import closing
from urllib.parse import unquote, urlsplit

import pg8000.dbapi

CODE = "${code}"


def connect():
    url = urlsplit(os.environ["DATABASE_URL"])
    return pg8000.dbapi.connect(
        user=unquote(url.username),
        password=unquote(url.password),
        host=url.hostname,
        port=url.port,
        database=unquote(url.path[1:]),
        timeout=10,
    )


def migrate():
    with closing(connect()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS visited (site text, commit text, PRIMARY KEY (site, commit))")
        row = (os.environ["SITE"], os.environ["COMMIT"])
        cursor.execute("INSERT INTO visited VALUES (%s, %s) ON CONFLICT DO NOTHING", row)
        connection.commit()
    print("migrated", os.environ["SITE"])


def app(environ, start_response):
    with closing(connect()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SELECT current_database(), current_schema(), site, commit FROM visited")
        rows = cursor.fetchall()
    told = {
        "code": CODE,
        "commit": os.environ["COMMIT"],
        "site": os.environ["SITE"],
        "database": rows[0][0] if rows else "",
        "schema": rows[0][1] if rows else "",
        "sites": sorted({site for _, _, site, _ in rows}),
        "isMigrated": (os.environ["SITE"], os.environ["COMMIT"]) in {(site, commit) for _, _, site, commit in rows},
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
`

export const projectOf = (world: World, code: Code): string => join(world.folder, `project-${code}`)

/** Builds a zip of each. @param action the folder of `action.yml` @returns their paths */
export async function buildArtifacts(world: World, action: string): Promise<Readonly<Record<Code, string>>> {
  const zips = { a: join(world.folder, 'a.zip'), b: join(world.folder, 'b.zip') }
  for (const code of CODES) {
    const project = projectOf(world, code)
    await mkdir(project, { recursive: true })
    await writeFile(join(project, 'app.py'), source(code))
    await writeFile(join(project, 'requirements.txt'), 'pg8000==1.31.5\n')
    const where = ['--project', project, '--output', zips[code], '--no-check']
    const given = Object.entries(BUILD_INPUTS).flatMap(([name, value]) => [`--${name}`, value])
    const { builder = '', runtime = '', 'python-bin': python = '', store = '' } = world.inputs
    const how = ['--builder', builder, '--runtime', runtime, '--python-bin', python, '--store', store]
    const { exitCode, stderr } = await runNode([join(action, 'dist/cli.cjs'), 'build', ...where, ...given, ...how], {
      env: world.env,
      cwd: world.folder,
    })
    if (exitCode !== 0) throw new Error(`The application could not be built: ${stderr}`)
  }
  return zips
}
