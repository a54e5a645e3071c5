import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * GitHub's cache service on loopback, as @actions/cache 6 speaks with it (actions/toolkit, packages/cache): v2 with Twirp calls
 * in JSON, and a blob store whose blocks are put one by one; v1, which act and GitHub Enterprise Server have, with resources
 * whose parts are patched. A key is written once in a scope, and found by what it begins with, newest first, in the own scope
 * and then in that of the default branch.
 */
export interface FakeCache extends AsyncDisposable {
  /** What the runner tells an action. */
  readonly env: Readonly<Record<string, string>>
  /** The archives by key, oldest first. */
  readonly archives: Map<string, Buffer>
  /** Of the job's token: `main`, or that of a pull request. */
  scope: string
  /** Calls of both versions by v2's names: `GetCacheEntryDownloadURL`, `CreateCacheEntry`, `FinalizeCacheEntryUpload`, `GET blob`, `PUT blob`. */
  readonly calls: string[]
  /** How a call is refused: status and message (200 for what the service itself does not allow), or `silence`; undefined lets it pass. */
  refuse: (call: string) => { readonly status: number; readonly message: string } | 'silence' | undefined
}

const MAIN = 'main'
const SIGNATURE = 'sig=only-for-the-fake-cache'

export async function startFakeCache(version: 1 | 2 = 2): Promise<FakeCache> {
  const archives = new Map<string, Buffer>()
  const blocks = new Map<string, Map<string, Buffer>>()
  const calls: string[] = []
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const blobUrl = (name: string): string => `${address}/blob/${encodeURIComponent(name)}?${SIGNATURE}`
  const fake: FakeCache = {
    env: {
      ACTIONS_RUNTIME_TOKEN: 'a.b.c',
      ...(version === 1
        ? { ACTIONS_CACHE_URL: `${address}/` }
        : { ACTIONS_CACHE_SERVICE_V2: 'True', ACTIONS_RESULTS_URL: `${address}/` }),
    },
    archives,
    calls,
    scope: MAIN,
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
    const isVersion1 = url.pathname.startsWith(VERSION_1)
    const call = isBlob
      ? `${incoming.method ?? ''} blob`
      : isVersion1
        ? nameOfVersion1(incoming.method, url)
        : (url.pathname.split('/').at(-1) ?? '')
    calls.push(call)
    const refusal = fake.refuse(call)
    if (refusal === 'silence') return
    if (refusal) json(outgoing, refusal.status, { ok: false, message: refusal.message, msg: refusal.message })
    else if (isBlob) blob(incoming, url, bytes, outgoing)
    else if (isVersion1) resource(call, url, bytes, outgoing)
    else json(outgoing, 200, twirp(call, JSON.parse(bytes.toString()) as Entry))
  }

  function find(entryVersion: string, starts: readonly string[]): string | undefined {
    const names = [...archives.keys()].toReversed()
    return [fake.scope, MAIN]
      .flatMap((scope) => starts.map((start) => `${scope} ${entryVersion} ${start}`))
      .flatMap((start) => names.filter((name) => name.startsWith(start)))[0]
  }

  const reserved: { readonly name: string; readonly parts: Buffer[] }[] = []

  function resource(call: string, url: URL, bytes: Buffer, outgoing: ServerResponse): void {
    if (call === 'GetCacheEntryDownloadURL') {
      const keys = (url.searchParams.get('keys') ?? '').split(',')
      const found = find(url.searchParams.get('version') ?? '', keys)
      if (found === undefined) outgoing.writeHead(204).end()
      else
        json(outgoing, 200, { archiveLocation: blobUrl(found), cacheKey: found.split(' ').at(-1), scope: fake.scope })
      return
    }
    if (call === 'CreateCacheEntry') {
      const { key, version: entryVersion } = JSON.parse(bytes.toString()) as Entry
      const name = `${fake.scope} ${entryVersion} ${key}`
      if (archives.has(name)) json(outgoing, 409, { message: 'cache entry with the same key already exists' })
      else json(outgoing, 201, { cacheId: reserved.push({ name, parts: [] }) })
      return
    }
    const entry = reserved[Number(url.pathname.split('/').at(-1)) - 1]
    if (call === 'PUT blob') entry?.parts.push(bytes)
    else if (entry) archives.set(entry.name, Buffer.concat(entry.parts))
    outgoing.writeHead(204).end()
  }

  function twirp(call: string, { key, version, restore_keys: others = [] }: Entry): unknown {
    const nameOf = (found: string): string => `${fake.scope} ${version} ${found}`
    switch (call) {
      case 'GetCacheEntryDownloadURL': {
        const found = find(version, [key, ...others])
        if (found === undefined) return { ok: false }
        return { ok: true, signed_download_url: blobUrl(found), matched_key: found.split(' ').at(-1) }
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

const VERSION_1 = '/_apis/artifactcache/'

function nameOfVersion1(method: string | undefined, { pathname }: URL): string {
  if (method === 'PATCH') return 'PUT blob'
  if (pathname === `${VERSION_1}cache`) return 'GetCacheEntryDownloadURL'
  return pathname === `${VERSION_1}caches` ? 'CreateCacheEntry' : 'FinalizeCacheEntryUpload'
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
