import { Worker } from 'node:worker_threads'
import type { CacheMessage, CacheTask } from './cache-task.ts'

/** How a task ended. A cache is never a reason to fail: what went wrong is said in the service's words. */
export interface CacheAnswer {
  /** Of what was restored or saved; undefined where nothing was. */
  readonly key: string | undefined
  readonly problems: readonly string[]
}

export type RunCacheTask = (task: CacheTask) => Promise<CacheAnswer>

export interface CacheServiceOptions {
  /** Runs `carryOutCacheTask` when it is a thread. */
  readonly script: URL
  readonly onDebug: (line: string) => void
  /** A part of an address that lets anybody read or write the cache. */
  readonly onSecret: (secret: string) => void
  readonly patience?: Partial<Patience>
}

/** Seconds without a word until the service is given up. While it sends or takes something, the library counts aloud. */
interface Patience {
  /** Until the first word of a restoration: an answer, or the beginning of what is sent. */
  readonly first: number
  /** Between two words: packing and unpacking are silent. */
  readonly next: number
}

const PATIENCE: Patience = { first: 10, next: 60 }

/** Whether the runner says where a cache is. v2 has another variable than v1, which act and GitHub Enterprise Server have. */
export function hasCacheService(environment: Readonly<Record<string, string | undefined>>): boolean {
  const isVersion2 = Boolean(environment['ACTIONS_CACHE_SERVICE_V2'])
  return Boolean(environment[isVersion2 ? 'ACTIONS_RESULTS_URL' : 'ACTIONS_CACHE_URL'])
}

/** GitHub's cache, by a thread for each task. */
export function cacheService({ script, onDebug, onSecret, patience = {} }: CacheServiceOptions): RunCacheTask {
  const { first, next } = { ...PATIENCE, ...patience }
  return async (task) => {
    const worker = new Worker(script, { workerData: task })
    const answer = await new Promise<CacheAnswer>((resolve) => {
      const problems = new Set<string>()
      let silence: NodeJS.Timeout | undefined
      let rest = ''
      const end = (key: string | undefined, problem?: string): void => {
        clearTimeout(silence)
        if (problem !== undefined) problems.add(problem)
        resolve({ key, problems: [...problems] })
      }
      const waitFor = (seconds: number): void => {
        clearTimeout(silence)
        silence = setTimeout(end, seconds * 1000, undefined, 'It does not answer.')
      }
      const hear = (line: string): void => {
        const { command, message } = parseLine(line)
        if (command === 'add-mask') onSecret(message)
        else if (command === 'debug') {
          onDebug(message)
          const reason = hiddenReason(message)
          if (reason !== undefined) problems.add(reason)
        } else if (command === 'warning' || command === 'error') problems.add(message)
        else if (isRepetition(line)) end(undefined, line)
        else {
          onDebug(line)
          waitFor(next)
        }
      }
      worker.on('message', (message: CacheMessage) => {
        if ('output' in message) {
          const lines = (rest + message.output).split(/\r?\n/)
          rest = lines.pop() ?? ''
          for (const line of lines) hear(line)
        } else end(message.key)
      })
      worker.once('error', (error) => {
        end(undefined, error instanceof Error ? error.message : String(error))
      })
      worker.once('exit', () => {
        end(undefined, 'Its client ended without an answer.')
      })
      waitFor(task.kind === 'restore' ? first : next)
    })
    await worker.terminate()
    return answer
  }
}

/** Of whatever keeps an archive from being saved, the library says aloud that another job may be saving it. */
function hiddenReason(message: string): string | undefined {
  return /^Failed to reserve cache: (?:Error: )?(.+)$/.exec(message)?.[1]
}

/** The library would go on for half a minute, with longer and longer pauses. */
function isRepetition(line: string): boolean {
  return /^Attempt [2-9] of \d+ failed/.test(line)
}

/** `::warning::text`, as the toolkit escapes it; any other line is text. */
function parseLine(line: string): { readonly command: string | undefined; readonly message: string } {
  const [, command, text = line] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line) ?? []
  if (command === undefined) return { command, message: line }
  return { command, message: text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%') }
}
