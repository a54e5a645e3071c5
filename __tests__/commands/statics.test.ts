import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { BuildResult } from '../../src/commands/build.ts'
import { staticsOf } from '../../src/commands/statics.ts'
import type { DeploySettings } from '../../src/settings/settings.ts'
import { digestOf } from '../../src/static/static-files.ts'

const PREVIEW = {
  'managed-by': 'wsgi-lambda',
  'wsgi-lambda:host': 'github.com',
  'wsgi-lambda:place': '123456789012/eu-west-1',
  'wsgi-lambda:repository': '42',
  'wsgi-lambda:preview': 'shop',
  'wsgi-lambda:pr': '7',
}

test.each([
  ['shop-pr-7', PREVIEW, '123456789012'],
  ['shop', {}, undefined],
])(
  'static files of %s go into a bucket of the account that they are removed from: %j',
  async (functionName, tags, owner) => {
    const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-statics-'))
    await mkdir(join(folder, 'app.static'))
    await writeFile(join(folder, 'app.static.json'), JSON.stringify({ digest: digestOf([]), files: [] }))
    const opened: unknown[] = []
    const statics = await staticsOf(
      {
        artifact: { path: join(folder, 'app.zip'), codeSha256: '' },
        static: { digest: digestOf([]), bytes: 0 },
      } as BuildResult,
      { static: 's3://files/shop', staticKeep: 30, alias: 'live', functionName, tags } as unknown as DeploySettings,
      {
        openStaticBucket: (...asked) => {
          opened.push(asked)
          return Promise.reject(new Error('refused'))
        },
        report: { info: () => undefined } as never,
        order: { now: () => 0 },
      },
    )
    await expect(statics?.release.upload(undefined)).rejects.toThrow('refused')
    expect(opened).toEqual([['s3://files/shop', owner]])
    await rm(folder, { recursive: true })
  },
)
