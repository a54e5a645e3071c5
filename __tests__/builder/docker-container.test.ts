import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Docker from 'dockerode'
import { Container } from '../../src/builder/docker-container.ts'
import type { Engine } from '../../src/builder/docker-engine.ts'

/** An engine that does not start a container until it has been removed, and then cannot. */
let server: Server
let engine: Engine
let starting: ServerResponse | undefined
let asked: () => void
const calls: string[] = []

function answerStart(status: number, message: string): void {
  starting?.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
  starting = undefined
}

beforeEach(async () => {
  calls.length = 0
  starting = undefined
  server = createServer((request, response) => {
    const call = `${request.method} ${request.url?.split('?')[0]}`
    calls.push(call)
    request.resume()
    if (call === 'POST /containers/create') {
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id": "c1"}')
    } else if (call === 'POST /containers/c1/start') {
      starting = response
      asked()
    } else {
      answerStart(404, 'No such container: c1')
      response.writeHead(request.method === 'DELETE' ? 204 : 404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const docker = new Docker({ protocol: 'http', host: '127.0.0.1', port })
  engine = { docker, address: `tcp://127.0.0.1:${port}`, version: '28', architecture: 'amd64' }
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

test('an abort while a container starts is an abort, not a failure of the engine', async () => {
  const controller = new AbortController()
  asked = () => {
    controller.abort(new Error('cancelled'))
  }
  const created = Container.create(engine, { image: 'any', labels: {}, signal: controller.signal })
  await expect(created).rejects.toThrow('cancelled')
  expect(calls).toContain('DELETE /containers/c1')
})

test('a container that cannot be started is removed', async () => {
  asked = () => {
    answerStart(500, 'no room')
  }
  await expect(Container.create(engine, { image: 'any', labels: {}, signal: undefined })).rejects.toMatchObject({
    title: 'The container engine could not start a container',
    detail: expect.stringContaining('no room'),
  })
  expect(calls).toContain('DELETE /containers/c1')
})
