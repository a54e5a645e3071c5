import { postgresName } from './quote.ts'
import type { Session } from './session.ts'

/**
 * What a copied database holds, but for what PostgreSQL itself and extensions have put there. REASSIGN OWNED would not do: it gives
 * away whole databases of the old owner too, the template among them. Sequences of columns go with their tables.
 */
const OBJECTS = `
WITH objects AS (
  SELECT 'pg_namespace'::regclass AS class, oid, nspowner AS owner, 0 AS rank FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL
  SELECT 'pg_class'::regclass, oid, relowner, 1 FROM pg_class AS c WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND NOT EXISTS (
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i') AND relkind = 'S'
    )
    AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_')
  UNION ALL
  SELECT 'pg_proc'::regclass, oid, proowner, 1 FROM pg_proc
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, typowner, 1 FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = typrelid
    WHERE typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND c.relkind = 'c')
  UNION ALL
  SELECT 'pg_largeobject'::regclass, oid, lomowner, 1 FROM pg_largeobject_metadata
)
SELECT i.type, i.identity FROM objects AS o, pg_identify_object(o.class, o.oid, 0) AS i
WHERE (o.oid >= 16384 OR o.class = 'pg_largeobject'::regclass) AND o.owner <> (SELECT oid FROM pg_roles WHERE rolname = $1)
  AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = o.class AND objid = o.oid AND refclassid = 'pg_extension'::regclass AND deptype = 'e'
  )
ORDER BY o.rank, i.identity`

/** Makes the user the owner of all that the database holds, so that migrations can change it. To be repeated without harm. */
export async function handOver(session: Session, user: string): Promise<void> {
  const rows = await session.query(OBJECTS, [user])
  // The identity is quoted where it has to be.
  const statements = rows.map(
    ({ type, identity }) => `ALTER ${String(type)} ${String(identity)} OWNER TO ${postgresName(user)}`,
  )
  if (statements.length > 0) await session.query(statements.join(';\n'))
}
