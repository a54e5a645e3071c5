import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to the database server on which connections can break, and whose messages are counted. */
export interface DatabaseLink extends AsyncDisposable {
  /** The address of the server, by this way. */
  readonly addressOf: (address: string) => string
  /** Messages of clients since the last `clear`. */
  readonly sent: () => number
  /** Times in milliseconds since 1970 at which the server was asked, each with that of its answer. */
  readonly asked: () => readonly { readonly at: number; readonly until: number }[]
  /** Is called with the number of each message before it is passed on; with `break` the connection ends instead. */
  watch: (number: number) => 'break' | undefined
  /** Forgets messages and whoever watches. */
  readonly clear: () => void
}

export async function startDatabaseLink(server: string): Promise<DatabaseLink> {
  const { hostname, port } = new URL(server)
  const sockets = new Set<Socket>()
  let sent = 0
  let asked: { at: number; until: number }[] = []
  const nobody = (): undefined => undefined

  const listener = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined) // its end follows
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    let waiting: { at: number; until: number } | undefined
    client.on('data', (bytes) => {
      sent += 1
      if (link.watch(sent) === 'break') {
        client.destroy()
        return
      }
      if (waiting === undefined) asked.push((waiting = { at: Date.now(), until: Date.now() }))
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (waiting) waiting.until = Date.now()
      waiting = undefined
      client.write(bytes)
    })
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const own = (listener.address() as AddressInfo).port
  const link: DatabaseLink = {
    addressOf: (address) => {
      const url = new URL(address)
      url.port = String(own)
      return url.href
    },
    sent: () => sent,
    asked: () => asked,
    watch: nobody,
    clear: () => {
      sent = 0
      asked = []
      link.watch = nobody
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
  return link
}
