import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from '@jest/globals'

/** The SDK's clients of this file talk to `server`, on loopback, instead of AWS. */
export function useAsAws(server: Server): void {
  const variables = { ...process.env }
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '2',
    })
  })
  afterAll(() => {
    process.env = variables
    server.close()
    server.closeAllConnections()
  })
}
