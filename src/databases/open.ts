import type { AdminAddress } from './address.ts'
import type { DatabaseServer } from './server.ts'

/** The clients of databases are only loaded where one is used. @throws UserError where the server cannot be reached */
export async function openDatabaseServer(admin: AdminAddress): Promise<DatabaseServer> {
  const { engine, host, port, database, sslMode, driverParameters = [] } = admin
  const place = { engine, host, port, database, sslMode, driverParameters }
  if (engine === 'mysql') {
    const [{ mysqlConnect }, { mysqlServer }] = await Promise.all([import('./mysql.ts'), import('./mysql-server.ts')])
    return await mysqlServer(place, mysqlConnect(admin))
  }
  const [{ postgresConnect }, { postgresServer }] = await Promise.all([
    import('./postgresql.ts'),
    import('./postgresql-server.ts'),
  ])
  return await postgresServer(place, postgresConnect(admin))
}
