import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * GitHub's cache service v2 on loopback, as @actions/cache 6 speaks with it (actions/toolkit, packages/cache): Twirp calls in
 * JSON, and a blob store whose blocks are put one by one. A key is written once, and found by what it begins with, newest first.
 */
export interface FakeCache extends AsyncDisposable {
  /** What the runner tells an action. */
  readonly env: Readonly<Record<string, string>>
  /** The archives by key, oldest first. */
  readonly archives: Map<string, Buffer>
  /** Calls by their names: `GetCacheEntryDownloadURL`, `CreateCacheEntry`, `FinalizeCacheEntryUpload`, `GET blob`, `PUT blob`. */
  readonly calls: string[]
  /** How a call is refused: status and message (200 for what the service itself does not allow), or `silence`; undefined lets it pass. */
  refuse: (call: string) => { readonly status: number; readonly message: string } | 'silence' | undefined
}

const SIGNATURE = 'sig=only-for-the-fake-cache'

export async function startFakeCache(): Promise<FakeCache> {
  const archives = new Map<string, Buffer>()
  const blocks = new Map<string, Map<string, Buffer>>()
  const calls: string[] = []
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const blobUrl = (name: string): string => `${address}/blob/${encodeURIComponent(name)}?${SIGNATURE}`
  const fake: FakeCache = {
    env: { ACTIONS_CACHE_SERVICE_V2: 'True', ACTIONS_RESULTS_URL: `${address}/`, ACTIONS_RUNTIME_TOKEN: 'a.b.c' },
    archives,
    calls,
    refuse: () => undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const bytes = await buffer(incoming)
    const url = new URL(incoming.url ?? '/', address)
    const isBlob = url.pathname.startsWith('/blob/')
    const call = isBlob ? `${incoming.method ?? ''} blob` : (url.pathname.split('/').at(-1) ?? '')
    calls.push(call)
    const refusal = fake.refuse(call)
    if (refusal === 'silence') return
    if (refusal) json(outgoing, refusal.status, { ok: false, message: refusal.message, msg: refusal.message })
    else if (isBlob) blob(incoming, url, bytes, outgoing)
    else json(outgoing, 200, twirp(call, JSON.parse(bytes.toString()) as Entry))
  }

  function twirp(call: string, { key, version, restore_keys: others = [] }: Entry): unknown {
    const nameOf = (found: string): string => `${version} ${found}`
    switch (call) {
      case 'GetCacheEntryDownloadURL': {
        const keys = [...archives.keys()].toReversed()
        const found = [key, ...others].flatMap((start) => keys.filter((name) => name.startsWith(nameOf(start))))[0]
        if (found === undefined) return { ok: false }
        return { ok: true, signed_download_url: blobUrl(found), matched_key: found.slice(version.length + 1) }
      }
      case 'CreateCacheEntry':
        if (archives.has(nameOf(key))) return { ok: false, message: 'cache entry with the same key already exists' }
        return { ok: true, signed_upload_url: blobUrl(nameOf(key)) }
      default:
        return { ok: archives.has(nameOf(key)), entry_id: '7' }
    }
  }

  function blob(incoming: IncomingMessage, url: URL, bytes: Buffer, outgoing: ServerResponse): void {
    const name = decodeURIComponent(url.pathname.slice('/blob/'.length))
    if (incoming.method !== 'PUT') {
      const found = archives.get(name)
      outgoing.writeHead(found ? 200 : 404, { 'content-length': found?.length ?? 0 }).end(found)
      return
    }
    const part = url.searchParams.get('blockid')
    const parts = blocks.get(name) ?? new Map<string, Buffer>()
    blocks.set(name, parts)
    if (part !== null) parts.set(part, bytes)
    else if (url.searchParams.get('comp') === 'blocklist') {
      const order = [...bytes.toString().matchAll(/<Latest>([^<]+)</g)].map(([, id = '']) => id)
      archives.set(name, Buffer.concat(order.map((id) => parts.get(id) ?? Buffer.alloc(0))))
    } else archives.set(name, bytes)
    outgoing.writeHead(201, { etag: '"1"', 'last-modified': new Date().toUTCString() }).end()
  }
  return fake
}

interface Entry {
  readonly key: string
  /** A hash of the paths and the way in which they are packed. */
  readonly version: string
  readonly restore_keys?: readonly string[]
}

function json(outgoing: ServerResponse, status: number, value: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
