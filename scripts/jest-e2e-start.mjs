import { startEngine } from './environment/engine.ts'
import { ensureLambdaImages } from './environment/images.ts'

/**
 * Before the end-to-end tests: one container engine and its images for all of them, since several run at a time. Where there can
 * be no engine, the tests that need one say so.
 */
export default async () => {
  const engine = await startEngine()
  if ('missing' in engine) return
  globalThis.stopEngine = engine.stop
  await ensureLambdaImages()
}
