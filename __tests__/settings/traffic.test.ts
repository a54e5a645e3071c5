import { describe, expect, test } from '@jest/globals'
import { parseSmokeRequest, smokeRequestsOf } from '../../src/settings/traffic.ts'

describe('smoke-requests', () => {
  test.each([
    ['/', { path: '/', status: { from: 0, to: 499 }, text: undefined }],
    ['/health 204', { path: '/health', status: { from: 204, to: 204 }, text: undefined }],
    ['/a?b=1  3xx', { path: '/a?b=1', status: { from: 300, to: 399 }, text: undefined }],
    ['/ 399-200', { path: '/', status: { from: 200, to: 399 }, text: undefined }],
    ['/login 200 Sign in, please', { path: '/login', status: { from: 200, to: 200 }, text: 'Sign in, please' }],
  ])('%s', (line, request) => {
    expect(parseSmokeRequest(line)).toEqual(request)
  })

  test.each([
    ['smoke-path alone', '/', [], ['/']],
    ['instead of its default', '/', ['/health 200'], ['/health']],
    ['beside the one that was chosen', '/start', ['/health 200'], ['/start', '/health']],
  ])('%s', (_, smokePath, smokeRequests, paths) => {
    expect(smokeRequestsOf({ smokePath, smokeRequests }).map(({ path }) => path)).toEqual(paths)
  })
})
