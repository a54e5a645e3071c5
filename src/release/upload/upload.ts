import { readFile } from 'node:fs/promises'
import type { Code } from '../../aws/lambda.ts'
import type { Bucket } from '../../aws/s3.ts'
import { LIMITS } from '../../platform/limits.ts'
import type { Reporter } from '../../report/reporter.ts'
import { megabytes } from '../../report/size.ts'

/** A zip that is to be released. */
interface Zip {
  readonly path: string
  readonly sha256: string
  readonly zipBytes: number
}

/** How a zip reaches Lambda: within the request, or by a bucket that it is put into first. */
export interface Transport {
  /** `s3://BUCKET/KEY`; undefined where the request has it. */
  readonly address: string | undefined
  readonly readCode: (architecture: string) => Promise<Code>
  readonly upload: () => Promise<void>
}

/** @param bucket undefined where none is set: the zip's size has been checked by then. */
export function transportOf(zip: Zip, bucket: Bucket | undefined, report: Reporter): Transport {
  if (zip.zipBytes <= LIMITS.directUploadBytes || bucket === undefined) {
    return {
      address: undefined,
      readCode: async (architecture) => ({ zip: await readFile(zip.path), architecture }),
      upload: () => Promise.resolve(),
    }
  }
  const key = `${zip.sha256}.zip`
  return {
    address: bucket.addressOf(key),
    readCode: (architecture) =>
      Promise.resolve({ object: { bucket: bucket.name, key: bucket.keyOf(key) }, architecture }),
    upload: () => putOnce(zip, key, bucket, report),
  }
}

/** The key says what the object holds, so one that is whole is not sent again. */
async function putOnce({ path, sha256, zipBytes }: Zip, key: string, bucket: Bucket, report: Reporter): Promise<void> {
  // Who may only write is not told whether it is there: then it is sent.
  const found = await bucket.find(key).catch(() => undefined)
  if (found?.bytes === zipBytes && found.sha256 === sha256) {
    report.info(`${bucket.addressOf(key)} is there already`)
    return
  }
  report.progress(`uploading ${megabytes(zipBytes)} to ${bucket.addressOf(key)}`)
  await bucket.write(key, path, sha256)
}
