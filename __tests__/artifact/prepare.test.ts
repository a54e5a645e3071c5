import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { prepareDependencies } from '../../src/artifact/prepare.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeBuilder } from '../requirements/fakes.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test('kept dependencies that cannot be unpacked are told with what Python said', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  const kept = join(temporary, 'kept.zip')
  await writeFile(kept, '')
  await using builder = await fakeBuilder({ exitCode: 1, stderr: 'OSError: [Errno 28] No space left on device\n' })
  const product = { toolsFolder: join(ROOT, 'docker'), runtimeFolder: '', version: '1.2.3', compressor: 'zlib' }
  const store = {
    [Symbol.asyncDispose]: () => Promise.resolve(),
    find: () => Promise.resolve(kept),
    keep: () => Promise.reject(new Error('not expected')),
  }
  const requirements = { text: '', path: 'manifest/requirements.txt', isEmpty: true, files: [] }
  await expect(
    prepareDependencies(requirements, { product, temporary }, { builder, store, report: recordingReporter() }),
  ).rejects.toMatchObject({ name: 'UserError', detail: 'OSError: [Errno 28] No space left on device' })
  await rm(temporary, { recursive: true })
})
