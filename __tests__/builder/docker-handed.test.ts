import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findSshAgent, readSecrets } from '../../src/builder/docker-handed.ts'
import { FrameReader, frame } from '../../src/builder/docker-ssh.ts'

test('secrets are read from variables and files, and those that are not there are all named', async () => {
  const project = await mkdtemp(join(tmpdir(), 'secrets-'))
  try {
    await writeFile(join(project, 'token.txt'), 'of a file')
    const from = { environment: { TOKEN: 'of a variable' }, project }
    const read = await readSecrets({ a: 'env:TOKEN', b: 'file:token.txt' }, from)
    expect([...read].map(([id, content]) => [id, String(content)])).toEqual([
      ['a', 'of a variable'],
      ['b', 'of a file'],
    ])
    await expect(readSecrets({ a: 'env:NONE', b: 'file:none', c: 'env:TOKEN' }, from)).rejects.toMatchObject({
      title: 'docker-secrets: a (env:NONE), b (file:none) are not there',
      exitCode: 2,
    })
  } finally {
    await rm(project, { recursive: true })
  }
})

test('without an SSH agent the remedy is named', async () => {
  await expect(findSshAgent({}, '/')).rejects.toMatchObject({ hint: expect.stringContaining('ssh-add') })
})

test('frames are whole, in whatever pieces they come', () => {
  const stream = Buffer.concat([frame(1, 'first'), frame(2, ''), frame(1, 'second')])
  for (const size of [1, 3, 7, stream.length]) {
    const told: [number, string][] = []
    const reader = new FrameReader((id, content) => told.push([id, String(content)]))
    for (let at = 0; at < stream.length; at += size) reader.write(stream.subarray(at, at + size))
    expect(told).toEqual([
      [1, 'first'],
      [2, ''],
      [1, 'second'],
    ])
  }
})
