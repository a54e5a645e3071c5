import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runNode, type World } from '../../__tests__/support/world.ts'
import { type App, addressOfStatics, STATICS, staticFilesOf } from './apps.ts'

/** Two states of the code, which commits have in turn. */
export const CODES = ['a', 'b'] as const
export type Code = (typeof CODES)[number]

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

/** What an application needs to talk to its server. */
const DIALECTS = {
  postgresql: {
    requirement: 'pg8000==1.31.5',
    module: 'pg8000.dbapi',
    timeout: 'timeout',
    where: 'current_database(), current_schema()',
    insert: 'INSERT INTO visited VALUES (%s, %s) ON CONFLICT DO NOTHING',
  },
  mysql: {
    requirement: 'pymysql==1.1.2',
    module: 'pymysql',
    timeout: 'connect_timeout',
    where: 'DATABASE(), DATABASE()',
    insert: 'INSERT IGNORE INTO visited VALUES (%s, %s)',
  },
} as const

/** Lambda has it, and a version for databases reads its secret with it. */
const AWS_CLIENT = 'botocore==1.40.61'

function source({ server }: App, code: Code): string {
  const { module, timeout, where, insert } = DIALECTS[server]
  return `import json
import os
from contextlib import closing
from urllib.parse import unquote, urlsplit

import ${module} as driver

CODE = "${code}"


def connect():
    url = urlsplit(os.environ["DATABASE_URL"])
    return driver.connect(
        user=unquote(url.username),
        password=unquote(url.password),
        host=url.hostname,
        port=url.port,
        database=unquote(url.path[1:]),
        ${timeout}=10,
    )


def migrate():
    with closing(connect()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS visited (site varchar(40), sha varchar(40), PRIMARY KEY (site, sha))"
        )
        cursor.execute("${insert}", (os.environ["SITE"], os.environ["COMMIT"]))
        connection.commit()
    print("migrated", os.environ["SITE"])


def app(environ, start_response):
    with closing(connect()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SELECT ${where}, site, sha FROM visited")
        rows = cursor.fetchall()
    told = {
        "code": CODE,
        "commit": os.environ["COMMIT"],
        "site": os.environ["SITE"],
        "database": rows[0][0] if rows else "",
        "schema": rows[0][1] if rows else "",
        "sites": sorted({site for _, _, site, _ in rows}),
        "isMigrated": (os.environ["SITE"], os.environ["COMMIT"]) in {(site, sha) for _, _, site, sha in rows},
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
`
}

/** Settings that say what belongs to the artifact. */
export function buildInputs(app: App): Readonly<Record<string, string>> {
  return {
    ...{ app: 'app:app', commands: 'exec' },
    ...(app.hasStatics && { static: addressOfStatics(STATICS), 'static-folder': 'static' }),
    ...(app.hasLayer && { 'dependencies-layer': 'true' }),
  }
}

export function projectsOf({ folder }: World, { name }: App): Readonly<Record<Code, string>> {
  return { a: join(folder, name, 'a'), b: join(folder, name, 'b') }
}

/** Builds a zip of each. @param action the folder of `action.yml` @returns their paths */
export async function buildArtifacts(world: World, app: App, action: string): Promise<Readonly<Record<Code, string>>> {
  const zips = { a: join(world.folder, app.name, 'a.zip'), b: join(world.folder, app.name, 'b.zip') }
  const projects = projectsOf(world, app)
  for (const code of CODES) {
    const project = projects[code]
    await writeProject(project, app, code)
    const where = ['--project', project, '--output', zips[code], '--no-check']
    const given = Object.entries(buildInputs(app)).flatMap(([name, value]) =>
      value === 'true' ? [`--${name}`] : [`--${name}`, value],
    )
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

async function writeProject(project: string, app: App, code: Code): Promise<void> {
  await mkdir(join(project, 'static'), { recursive: true })
  await writeFile(join(project, 'app.py'), source(app, code))
  const requirements = [DIALECTS[app.server].requirement, ...(app.access === 'function' ? [AWS_CLIENT] : [])]
  await writeFile(join(project, 'requirements.txt'), `${requirements.join('\n')}\n`)
  for (const file of staticFilesOf(app, code)) await writeFile(join(project, 'static', file), `${file}\n`)
}
