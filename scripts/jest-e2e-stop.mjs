/** After the end-to-end tests: ends the engine if it was started for them. */
export default async () => {
  await globalThis.stopEngine?.()
}
