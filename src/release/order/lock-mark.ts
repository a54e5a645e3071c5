import { createHash } from 'node:crypto'
import { LIMITS } from '../../platform/limits.ts'
import type { Machine } from '../../settings/machine.ts'
import type { Run } from '../../settings/run.ts'

/** Who deploys a function, as the description of its lock says. */
export interface Holder {
  /** Of this run of the program alone. */
  readonly id: string
  /** A process and its machine, which others on that machine can look for. */
  readonly process: string
  /** For people. */
  readonly name: string
}

export interface Held extends Holder {
  /** Milliseconds since 1970. */
  readonly until: number
}

export const FREE = 'wsgi-lambda lock: free'

/** As the description of the alias, at most 256 characters. */
export function lockDescription({ id, process, name, until }: Held): string {
  const text = `wsgi-lambda lock: held until ${new Date(until).toISOString()}; id ${id}; process ${process}; by ${name}`
  return text.slice(0, LIMITS.descriptionCharacters)
}

/** Undefined where nobody holds it. */
export function readLockDescription(description: string): Held | undefined {
  const [, date = '', id = '', process = '', name = ''] =
    /^wsgi-lambda lock: held until (\S+); id (\S+); process (\S+); by ([^]*)$/.exec(description) ?? []
  const until = Date.parse(date)
  return Number.isNaN(until) ? undefined : { id, process, name, until }
}

export function holderOf(run: Run, machine: Machine, id: string): Holder {
  const { host, processId } = machine
  const where = run.address ?? `process ${processId} on ${host}`
  return {
    id,
    process: `${markOf(machine)}/${processId}`,
    name: run.actor === undefined ? where : `${where} (${run.actor})`,
  }
}

/** Whether the process that holds a lock was one of this machine, and has ended without a word. */
export function hasDied({ process }: Held, machine: Machine): boolean {
  const [mark, processId] = process.split('/')
  return mark === markOf(machine) && !machine.isAlive(Number(processId))
}

function markOf({ id }: Machine): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12)
}
