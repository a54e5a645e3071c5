import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

/** PostgreSQL's own default (scram_iterations). */
const ROUNDS = 4096

/**
 * What PostgreSQL keeps of a password (RFC 5803 as SCRAM-SHA-256 has it, RFC 7677): with it in a statement, no log of the server
 * ever has the password.
 * @param password ASCII, for which SASLprep (RFC 4013) changes nothing
 */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const salted = await derive(password, salt, ROUNDS, 32, 'sha256')
  const keyOf = (label: string): Buffer => createHmac('sha256', salted).update(label).digest()
  const storedKey = createHash('sha256').update(keyOf('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString('base64')}$${storedKey}:${keyOf('Server Key').toString('base64')}`
}
