import type { IncomingHttpHeaders } from 'node:http'
import type { Json } from '../faults.ts'

/** What the emulator answers to a GET of a path. */
export type Ask = (path: string, as?: IncomingHttpHeaders) => Promise<{ status: number; json: Json }>

/** A request as the rules see it. */
export interface Request {
  readonly operation: string
  readonly functionName: string
  readonly qualifier: string | undefined
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Empty where the service is not Lambda. */
  readonly bytes: Buffer
  readonly json: Json
  readonly ask: Ask
}
