import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { type DownloadedWheel, watchArrivals } from '../../src/wheels/arrivals.ts'
import type { Located } from '../../src/wheels/locate.ts'
import { folderWith } from '../settings/project-folder.ts'

const located = (filename: string, content: string): Located => ({
  filename,
  url: `https://example.org/${filename}`,
  bytes: content.length,
  hashes: [`sha256:${createHash('sha256').update(content).digest('hex')}`],
})

test('a wheel arrives once, when it is whole, and stays when pip removes its own', async () => {
  const [temporaryFiles, into] = [await folderWith(), await folderWith()]
  const arrivals: DownloadedWheel[] = []
  let onNext: () => void = () => undefined
  const stop = watchArrivals(temporaryFiles, into, [located('a.whl', 'aaaa'), located('b.whl', 'bbbb')], (wheel) => {
    arrivals.push(wheel)
    onNext()
  })
  const arrival = new Promise<void>((resolve) => {
    onNext = resolve
  })
  const folder = join(temporaryFiles, 'pip-unpack-x')
  await mkdir(folder)
  await writeFile(join(folder, 'b.whl'), 'bb')
  await writeFile(join(folder, 'other.whl'), 'aaaa')
  await writeFile(join(folder, 'a.whl'), 'aaaa')
  await arrival
  await rm(folder, { recursive: true })
  await stop()
  expect(arrivals.map(({ filename }) => filename)).toEqual(['a.whl'])
  expect(await readFile(arrivals[0]?.path ?? '', 'utf8')).toBe('aaaa')
})

test('what has the size but not the hash does not arrive, until it is right', async () => {
  const [temporaryFiles, into] = [await folderWith(), await folderWith()]
  const arrivals: string[] = []
  const stop = watchArrivals(temporaryFiles, into, [located('a.whl', 'aaaa')], ({ filename }) =>
    arrivals.push(filename),
  )
  await writeFile(join(temporaryFiles, 'a.whl'), 'xxxx')
  await setTimeout(100)
  expect(arrivals).toEqual([])
  await writeFile(join(temporaryFiles, 'a.whl'), 'aaaa')
  for (let waited = 0; arrivals.length === 0 && waited < 5000; waited += 20) await setTimeout(20)
  await stop()
  expect(arrivals).toEqual(['a.whl'])
})
