/** `s3://BUCKET/PREFIX`: the prefix ends with a slash, or is empty. */
export function parseBucketAddress(address: string): { readonly name: string; readonly prefix: string } {
  const [, name = '', path = ''] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/.exec(address) ?? []
  return { name, prefix: path === '' ? '' : `${path}/` }
}
