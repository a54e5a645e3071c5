import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type FakeGitHub, startFakeGitHub } from '../../__tests__/support/fake-github.ts'
import { REPOSITORY as OWN, startWorld, type World } from '../../__tests__/support/world.ts'
import { buildArtifacts, type Code, projectOf } from './application.ts'
import { type DatabaseLink, startDatabaseLink } from './database-link.ts'
import { openServices, type Services } from './inventory.ts'

/** Real parts on this machine, on which a repository's life is played. */
export interface Ground extends AsyncDisposable {
  readonly world: World
  readonly github: FakeGitHub
  readonly link: DatabaseLink
  readonly services: Services
  readonly zips: Readonly<Record<Code, string>>
  /** The folder of `action.yml`. */
  readonly action: string
  /** A checkout in which there is nothing. */
  readonly workspace: string
  /** One with the application. */
  readonly project: string
  /** The address of main's own database. */
  readonly mainDatabase: string
  /** Of the administrator, by the link. */
  readonly databaseAdmin: string
}

/** What a release of the action has. */
const PARTS = ['action.yml', 'package.json', 'dist', 'docker', 'runtime'] as const

/** @param source the folder of the action under test; a copy of it is run, so that it may be built anew meanwhile */
export async function startGround(source: string = OWN): Promise<Ground> {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await startWorld())
  const github = stack.use(await startFakeGitHub())
  const link = stack.use(await startDatabaseLink(world.postgres.url))
  const services = stack.use(openServices(world.emulator, world.postgres))
  const workspace = join(world.folder, 'workspace')
  const action = join(world.folder, 'action')
  await Promise.all([workspace, action].map((folder) => mkdir(folder)))
  for (const part of PARTS) await cp(join(source, part), join(action, part), { recursive: true, dereference: true })
  const zips = await buildArtifacts(world, action)
  const mainDatabase = await world.postgres.createDatabase('shop')
  const databaseAdmin = link.addressOf(world.postgres.url)
  const stopping = stack.move()
  return {
    ...{
      world,
      github,
      link,
      services,
      zips,
      action,
      workspace,
      project: projectOf(world, 'a'),
      mainDatabase,
      databaseAdmin,
    },
    [Symbol.asyncDispose]: () => stopping.disposeAsync(),
  }
}
