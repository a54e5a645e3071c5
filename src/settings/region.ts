/** The region that the variables of the SDK name. */
export function regionOf(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  return variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION']
}

/** For a hint about what is not there: most often it is somewhere else. */
export function theRegion({ region }: { readonly region: string | undefined }): string {
  return region === undefined ? 'the region' : `the region (${region})`
}
