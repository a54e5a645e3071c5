import { isMarkedFor, MARK_PATTERN, readMark, writeMark } from './mark.ts'
import type { MarkOwner, OwnDatabase } from './server.ts'
import type { Session } from './session.ts'

/**
 * Whose which database is. It stands in a database of its own, which no user of a preview can change: such a user has all rights on
 * its own database, and what lay in there would say whatever a pull request wants it to.
 */
const MARKS = 'wsgi_lambda.marks'
const [SCHEMA, TABLE] = MARKS.split('.') as [string, string]

/** Undefined where nothing of that name is marked. */
export async function readMysqlMark(session: Session, name: string): Promise<string | undefined> {
  if (!(await hasMarks(session))) return undefined
  const [row] = await session.query(`SELECT mark FROM ${MARKS} WHERE name = ?`, [name])
  return row && String(row['mark'])
}

/** Before the database is made: what then stands under its name is ours, whenever a run may end. */
export async function markMysql(session: Session, database: OwnDatabase): Promise<void> {
  await session.query(`CREATE DATABASE IF NOT EXISTS ${SCHEMA} CHARACTER SET utf8mb4`)
  await session.query(`CREATE TABLE IF NOT EXISTS ${MARKS} (name VARCHAR(64) PRIMARY KEY, mark VARCHAR(2000) NOT NULL)`)
  await session.query(`INSERT INTO ${MARKS} (name, mark) VALUES (?, ?)`, [database.name, writeMark(database)])
}

export async function unmarkMysql(session: Session, { name }: OwnDatabase): Promise<void> {
  await session.query(`DELETE FROM ${MARKS} WHERE name = ?`, [name])
}

export async function listMysqlMarks(session: Session, owner: MarkOwner): Promise<readonly OwnDatabase[]> {
  if (!(await hasMarks(session))) return []
  const rows = await session.query(`SELECT name, mark FROM ${MARKS} WHERE mark LIKE ? ORDER BY name`, [MARK_PATTERN])
  const found = rows.flatMap(({ name, mark }) => {
    const database = readMark(mark, 'mysql')
    return database !== undefined && database.name === name ? [database] : []
  })
  return found.filter((database) => isMarkedFor(database, owner))
}

async function hasMarks(session: Session): Promise<boolean> {
  const rows = await session.query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    [SCHEMA, TABLE],
  )
  return rows.length > 0
}
