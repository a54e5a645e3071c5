import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Engine, engineCall, findEngine } from '../../src/builder/docker-engine.ts'

const before = process.env['DOCKER_HOST']
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docker-engine-'))
})
afterEach(async () => {
  if (before === undefined) delete process.env['DOCKER_HOST']
  else process.env['DOCKER_HOST'] = before
  await rm(folder, { recursive: true, force: true })
})

async function problemAt(host: string): Promise<unknown> {
  process.env['DOCKER_HOST'] = host
  const engine = await findEngine()
  return 'unreachable' in engine ? engine.unreachable : engine
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

test('a socket that is not there', async () => {
  const host = `unix://${folder}/none.sock`
  expect(await problemAt(host)).toMatchObject({
    title: `No container engine answers at ${host}`,
    hint: expect.stringContaining('Start Docker'),
  })
})

test('an address where nothing listens', async () => {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  expect(await problemAt(`tcp://127.0.0.1:${port}`)).toMatchObject({ hint: expect.stringContaining('nothing listens') })
})

test('something that takes the call and never answers', async () => {
  const server = createServer(() => undefined)
  const port = await listen(server)
  try {
    expect(await problemAt(`tcp://127.0.0.1:${port}`)).toMatchObject({ detail: 'no answer within 5 seconds' })
  } finally {
    server.close()
  }
}, 15_000)

test.each(['ssh://me@host', 'tcp://not a host'])('an address that cannot be used: %s', async (host) => {
  expect(await problemAt(host)).toMatchObject({
    title: expect.stringMatching(/engine/),
    hint: expect.stringMatching(/DOCKER_HOST/),
  })
})

test('a call that is never answered fails after its time', async () => {
  const engine = { address: 'unix:///var/run/docker.sock' } as Engine
  const never = new Promise<never>(() => undefined)
  await expect(engineCall(engine, 'start it', () => never, 0.01)).rejects.toThrow(
    'The container engine did not start it: no answer within 0.01 seconds',
  )
})
