import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { type FakeGitHub, startFakeGitHub } from '../../__tests__/support/fake-github.ts'
import { REPOSITORY as OWN, startWorld, type World } from '../../__tests__/support/world.ts'
import { findMariadb, type Mariadb, startMariadb } from '../environment/mariadb.ts'
import { buildArtifacts, type Code, projectsOf } from './application.ts'
import { type App, SHOP, STATICS } from './apps.ts'
import { type DatabaseLink, startDatabaseLink } from './database-link.ts'
import { openServices, type Services } from './services.ts'

/** Real parts on this machine, on which a repository's life is played. */
export interface Ground extends AsyncDisposable {
  readonly world: World
  readonly github: FakeGitHub
  readonly services: Services
  /** One for each server of databases. */
  readonly links: readonly DatabaseLink[]
  readonly places: readonly Place[]
  /** The folder of `action.yml`. */
  readonly action: string
  /** A checkout in which there is nothing. */
  readonly workspace: string
}

/** What one function of the repository has. */
export interface Place {
  readonly app: App
  readonly zips: Readonly<Record<Code, string>>
  /** Checkouts of its application. */
  readonly projects: Readonly<Record<Code, string>>
  /** The address of main's own database. */
  readonly mainDatabase: string
  /** Of the administrator, by the link: an address, or where it is kept. */
  readonly databaseAdmin: string
  readonly link: DatabaseLink
}

/** What a release of the action has. */
const PARTS = ['action.yml', 'package.json', 'dist', 'docker', 'runtime'] as const

/** @param source the folder of the action under test; a copy of it is run, so that it may be built anew meanwhile */
export async function startGround(source: string = OWN, apps: readonly App[] = [SHOP]): Promise<Ground> {
  await using stack = new AsyncDisposableStack()
  const hasMysql = apps.some(({ server }) => server === 'mysql')
  const [world, mariadb] = await Promise.all([startWorld(), hasMysql ? startInstalledMariadb() : undefined])
  stack.use(world)
  stack.defer(() => mariadb?.stop())
  const github = stack.use(await startFakeGitHub())
  const services = stack.use(openServices(world.emulator, world.postgres, mariadb))
  const postgresLink = stack.use(await startDatabaseLink(world.postgres.url))
  const mysqlLink = mariadb && stack.use(await startDatabaseLink(mariadb.url))
  const workspace = join(world.folder, 'workspace')
  const action = join(world.folder, 'action')
  await Promise.all([workspace, action].map((folder) => mkdir(folder)))
  for (const part of PARTS) await cp(join(source, part), join(action, part), { recursive: true, dereference: true })
  await services.s3.send(new CreateBucketCommand({ Bucket: STATICS.bucket }))

  async function placeOf(app: App): Promise<Place> {
    const isMysql = app.server === 'mysql'
    const link = (isMysql ? mysqlLink : undefined) ?? postgresLink
    const address = link.addressOf(isMysql && mariadb ? mariadb.url : world.postgres.url)
    return {
      ...{ app, link, projects: projectsOf(world, app) },
      zips: await buildArtifacts(world, app, action),
      mainDatabase: await createDatabase(app, services),
      databaseAdmin: app.name === SHOP.name ? address : await keepSecret(app, address, services),
    }
  }
  const places: Place[] = []
  for (const app of apps) places.push(await placeOf(app))
  const links = [postgresLink, ...(mysqlLink ? [mysqlLink] : [])]
  const stopping = stack.move()
  return {
    ...{ world, github, services, links, places, action, workspace },
    [Symbol.asyncDispose]: () => stopping.disposeAsync(),
  }
}

async function startInstalledMariadb(): Promise<Mariadb> {
  const installed = await findMariadb()
  if (installed === undefined) throw new Error('MariaDB is not installed (Debian: mariadb-server-core).')
  return await startMariadb(installed)
}

/** Main's own. @returns its address */
async function createDatabase(
  { server, database }: App,
  { postgres, mariadb }: Pick<Services, 'postgres' | 'mariadb'>,
): Promise<string> {
  if (server === 'postgresql' || mariadb === undefined) return await postgres.createDatabase(database)
  await mariadb.query(`CREATE DATABASE ${database}`)
  return mariadb.url + database
}

/** @returns a reference to it */
async function keepSecret({ name }: App, address: string, { secrets }: Pick<Services, 'secrets'>): Promise<string> {
  const secret = `${name}/database-admin`
  await secrets.send(new CreateSecretCommand({ Name: secret, SecretString: address }))
  return `secretsmanager:${secret}`
}
