/** `s3://BUCKET/PREFIX`: the prefix ends with a slash, or is empty. */
export function parseBucketAddress(address: string): { readonly name: string; readonly prefix: string } {
  const [, name = '', path = ''] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/.exec(address) ?? []
  return { name, prefix: path === '' ? '' : `${path}/` }
}

const OWN = /^auto(-previews)?(?:\/+(.*?))?\/*$/

/** Whether `upload-bucket` leaves the bucket to this program: `auto`, or `auto/PREFIX`. */
export function isOwnBucket(setting: string): boolean {
  return OWN.test(setting)
}

/** `upload-bucket` with the prefix that stands for none: artifacts of a function lie below its name, where others need no rights. */
export function ownUploads(setting: string, functionName: string): string {
  return setting.replace(/^auto\/*$/, `auto/${functionName}`)
}

/** Where `upload-bucket` is, as `s3://BUCKET/PREFIX`. A bucket of this program has the name of its account and region. */
export function uploadAddress(
  setting: string,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  if (!isOwnBucket(setting)) return setting
  const [, purpose = '', prefix = ''] = OWN.exec(setting) ?? []
  return `s3://wsgi-lambda-${account}-${region}${purpose}/${prefix}`.replace(/\/$/, '')
}

/**
 * `upload-bucket` of previews of a function. Whoever writes into the function's own place could change what is deployed: theirs is below it.
 * And whoever may make a bucket may change its policy: the one that previews make is theirs alone.
 */
export function previewUploads(setting: string, functionName: string): string {
  if (!isOwnBucket(setting)) return `${setting.replace(/\/+$/, '')}/previews`
  const [, , prefix = ''] = OWN.exec(ownUploads(setting, functionName)) ?? []
  return `auto-previews/${prefix}`
}
