import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { type ActionResult, runAction } from '../support/action-runner.ts'
import { type FakeGitHub, startFakeGitHub } from '../support/fake-github.ts'

/** A runner whose only way out is a proxy. */

jest.setTimeout(60_000)

/** A proxy that reaches one host, and refuses the others. */
async function startProxy(host: string, port: number) {
  const asked: string[] = []
  const server = createServer((given, answer) => {
    const { host: wanted, pathname, search } = new URL(given.url ?? '')
    asked.push(`${given.method} ${wanted}`)
    if (wanted !== host) {
      answer.writeHead(403).end()
      return
    }
    const { method, headers } = given
    const sent = request({ host: '127.0.0.1', port, method, headers, path: pathname + search }, (found) => {
      answer.writeHead(found.statusCode ?? 500, found.headers)
      found.pipe(answer)
    })
    given.pipe(sent)
  })
  server.on('connect', ({ url }, socket) => {
    asked.push(`CONNECT ${url}`)
    if (url !== `${host}:80`) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    for (const end of [socket, target]) end.on('error', () => target.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { address, asked, stop }
}

const HOST = 'github.example.test'
let github: FakeGitHub
let proxy: Awaited<ReturnType<typeof startProxy>>
let workspace: string

beforeAll(async () => {
  github = await startFakeGitHub()
  proxy = await startProxy(HOST, Number(new URL(github.env.GITHUB_API_URL).port))
  workspace = await mkdtemp(join(tmpdir(), 'wsgi-lambda-proxy-'))
})
afterAll(async () => {
  await rm(workspace, { recursive: true, force: true })
  await proxy.stop()
  await github[Symbol.asyncDispose]()
})
beforeEach(() => {
  proxy.asked.length = 0
  github.calls.length = 0
  github.pulls.set(7, { isOpen: false, headSha: 'a'.repeat(40), labels: [] })
})

async function destroy(env: Readonly<Record<string, string>>): Promise<ActionResult> {
  const repository = { id: 42, full_name: github.env.GITHUB_REPOSITORY }
  return await runAction({
    inputs: { command: 'destroy', 'github-token': github.token },
    env: {
      ...{ ...github.env, GITHUB_REPOSITORY_ID: '42', AWS_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: '1' },
      ...{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example-secret-access-key' },
      ...env,
    },
    workspace,
    eventName: 'pull_request',
    event: {
      ...{ action: 'closed', repository },
      pull_request: { number: 7, head: { sha: 'a'.repeat(40), repo: repository }, labels: [] },
    },
  })
}

test('AWS and GitHub are reached by it, or not at all', async () => {
  const { address } = proxy
  const api = github.env.GITHUB_API_URL.replace(new URL(github.env.GITHUB_API_URL).host, HOST)
  const result = await destroy({ GITHUB_API_URL: api, HTTPS_PROXY: address, http_proxy: address })
  expect(proxy.asked).toContain(`CONNECT ${HOST}:80`)
  expect(github.calls.length).toBeGreaterThan(0)
  const toAws = proxy.asked.filter((line) => line.includes('.amazonaws.com'))
  expect(toAws).toContain('CONNECT sts.eu-west-1.amazonaws.com:443')
  expect(new Set(toAws.map((line) => line.replace(/ \w+\./, ' ')))).toEqual(
    new Set(['CONNECT eu-west-1.amazonaws.com:443']),
  )
  expect(result).toMatchObject({ exitCode: 1 })
})

test('what is on this machine, or in NO_PROXY, is reached without it', async () => {
  const result = await destroy({
    ...{ HTTPS_PROXY: proxy.address, HTTP_PROXY: proxy.address, NO_PROXY: 'aws.example.test' },
    AWS_ENDPOINT_URL: 'http://aws.example.test',
  })
  expect(proxy.asked).toEqual([])
  expect(github.calls.length).toBeGreaterThan(0)
  expect(result).toMatchObject({ exitCode: 1 })
})
