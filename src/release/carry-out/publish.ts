import type { Releasing } from '../releasing.ts'
import { waitUntilActive, waitUntilUpdated } from '../wait.ts'

/** Publishes `$LATEST`, guarded by the hash of its code. @returns the version that can be called */
export async function publishVersion(
  { desired: { functionName, codeSha256 }, with: waiting }: Releasing,
  description: string,
): Promise<string> {
  // Also where this run changed nothing: an earlier one may have been killed while its change went on.
  await waitUntilUpdated(functionName, waiting)
  const version = await waiting.lambda.publish(functionName, codeSha256, description)
  await waitUntilActive(functionName, version, waiting)
  waiting.report.info(`version ${version}`)
  return version
}
