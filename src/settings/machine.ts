import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** The machine that this program runs on, and its process there. */
export interface Machine {
  readonly host: string
  /** The same for two processes where each can see whether the other one lives. */
  readonly id: string
  readonly processId: number
  readonly isAlive: (processId: number) => boolean
}

interface OwnProcess {
  readonly pid: number
  readonly kill: (processId: number, signal: 0) => unknown
}

/** Containers may share a name, and their process numbers start anew: Linux tells them, and restarts, apart. */
export async function readMachine({ pid, kill }: OwnProcess): Promise<Machine> {
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ])
  const host = hostname()
  return {
    host,
    id: [host, boot.trim(), namespace].join(' '),
    processId: pid,
    isAlive: (processId) => {
      try {
        kill(processId, 0)
        return true
      } catch (error) {
        // A process of another user answers EPERM.
        return (error as NodeJS.ErrnoException).code !== 'ESRCH'
      }
    },
  }
}
