import type { MessagePort } from 'node:worker_threads'

/** What the thread of the cache is asked for. `key` of a restoration is a beginning, as are `otherKeys`, which come after it. */
export type CacheTask =
  | {
      readonly kind: 'restore'
      readonly paths: readonly string[]
      readonly key: string
      readonly otherKeys: readonly string[]
    }
  | { readonly kind: 'save'; readonly paths: readonly string[]; readonly key: string }

/** What it says: what the library prints, and at last the key that was restored or saved. */
export type CacheMessage = { readonly output: string } | { readonly key: string | undefined }

/**
 * The thread of the cache: the library prints warnings of its own, asks a service that does not answer for minutes, and keeps
 * the process alive. Here it can be listened to, and ended.
 */
export async function carryOutCacheTask(
  task: CacheTask,
  port: MessagePort,
  output: { write: (text: string | Uint8Array) => unknown },
): Promise<void> {
  const say = (message: CacheMessage): void => {
    port.postMessage(message)
  }
  output.write = (text) => {
    say({ output: Buffer.from(text).toString() })
    return true
  }
  const { restoreCache, saveCache } = await import('@actions/cache')
  if (task.kind === 'restore') {
    say({ key: await restoreCache([...task.paths], task.key, [...task.otherKeys]) })
    return
  }
  const id = await saveCache([...task.paths], task.key)
  say({ key: id === -1 ? undefined : task.key })
}
