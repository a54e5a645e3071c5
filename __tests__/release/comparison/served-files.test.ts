import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { keepFileList } from '../../../src/artifact/file-list.ts'
import type { ReadableCode } from '../../../src/aws/served-code.ts'
import { UserError } from '../../../src/errors.ts'
import { readServedFiles } from '../../../src/release/comparison/served-files.ts'
import { folderStore } from '../../../src/store/folder.ts'
import { exampleArtifact } from '../../commands/example-artifact.ts'

const ZIP = exampleArtifact()
const SIGNATURE = 'X-Amz-Signature=canary'

let folder: string
let server: Server
let sent: { status: number; bytes: number }[]
let answer: 'parts' | 'whole' | 'another' | number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  sent = []
  answer = 'parts'
  server = createServer((request, response) => {
    const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const status = typeof answer === 'number' ? answer : answer === 'parts' ? 206 : 200
    const whole = answer === 'another' ? Buffer.alloc(ZIP.length) : ZIP
    const body = status === 206 ? whole.subarray(Number(from), Number(to) + 1) : whole
    sent.push({ status, bytes: body.length })
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const codeSha256 = createHash('sha256').update(ZIP).digest('base64')

async function read(given: Partial<ReadableCode> | UserError | null = {}) {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?${SIGNATURE}`
  await using store = folderStore({ folder, mostBytes: 1e9, onUnwritable: () => undefined })
  const found = { address, zipBytes: ZIP.length, codeSha256, ...(given instanceof Error ? {} : given) }
  return await readServedFiles(
    { functionName: 'shop', version: '7', codeSha256 },
    {
      store,
      code: {
        find: () =>
          given instanceof Error ? Promise.reject(given) : Promise.resolve(given === null ? undefined : found),
      },
      signal: new AbortController().signal,
    },
  )
}

test('of a zip that a server has, its end is read', async () => {
  const { files, packages, zipBytes } = await read()
  expect(files.map(({ path }) => path)).toContain('flask/__init__.py')
  expect(packages).toContainEqual({ name: 'psycopg-binary', version: '3.2.10' })
  expect(zipBytes).toBe(ZIP.length)
  expect(sent.map(({ status }) => status)).toEqual([206, 206])
  expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(100_000)
})

test('a server that gives no parts is asked for the whole, once', async () => {
  answer = 'whole'
  expect((await read()).files).toHaveLength((await read()).files.length)
  expect(sent).toEqual(Array(2).fill({ status: 200, bytes: ZIP.length }))
})

test('what was kept is not asked for', async () => {
  const kept = { zipBytes: 1, files: [], packages: [] }
  {
    await using store = folderStore({ folder, mostBytes: 1e9, onUnwritable: () => undefined })
    await keepFileList(codeSha256, kept, store)
  }
  expect(await read()).toEqual(kept)
  expect(sent).toEqual([])
})

test.each<[string, typeof answer, Parameters<typeof read>[0], string]>([
  ['there is no such version', 'parts', null, 'Lambda does not give the code of version 7.'],
  ['the address has expired', 403, {}, 'The code could not be read (HTTP 403).'],
  [
    'nobody answers',
    'parts',
    { address: `http://127.0.0.1:65535/?${SIGNATURE}` },
    'The code could not be read (ECONNREFUSED).',
  ],
  ['it is another zip', 'another', {}, 'What was given is not the code of that version.'],
  [
    'it is too large',
    'whole',
    { zipBytes: 61e6 },
    'Its server gives no parts of it, and it is too large to be read as a whole.',
  ],
  [
    'it is cut off',
    'parts',
    { zipBytes: ZIP.length - 9 },
    'Of the zip of version 7, there is no central directory at its end.',
  ],
  [
    'it may not be read',
    'parts',
    new UserError({ title: 'The credentials may not do lambda:GetFunction', hint: 'Add it.' }),
    'The credentials may not do lambda:GetFunction. Add it.',
  ],
])('not known, since %s', async (_, how, given, message) => {
  answer = how
  const error = await read(given).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'UnknownFiles', message })
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(SIGNATURE)
})
