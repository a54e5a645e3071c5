import { describe, expect, test } from '@jest/globals'
import { parseSmokeRequest, parseTraffic, smokeRequestsOf, trafficContradictions } from '../../src/settings/traffic.ts'

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

describe('traffic', () => {
  test('is a list of parts and times', () => {
    expect(parseTraffic('10% 5m,50%  90s , 99% 2h')).toEqual([
      { percent: 10, seconds: 300 },
      { percent: 50, seconds: 90 },
      { percent: 99, seconds: 7200 },
    ])
    expect(parseTraffic(undefined)).toEqual([])
    expect(parseTraffic('none')).toEqual([])
  })

  test.each([
    [{}, []],
    [{ traffic: '10% 5m, 50% 5m', trafficAlarms: ['errors'] }, []],
    [{ traffic: '50% 5m, 10% 5m' }, ['traffic: 50% 5m, 10% 5m does not rise']],
    [{ traffic: '10% 3h, 50% 3h' }, ['traffic takes 21600 seconds, and 18000 are the most']],
    [{ trafficAlarms: ['errors'] }, ['traffic-alarms is set, and traffic is not']],
    [{ traffic: 'none', trafficAlarms: ['errors'], smoke: false }, []],
    [{ traffic: '10% 5m', smoke: false }, ['traffic moves in steps, and nothing judges them']],
    [{ traffic: '10% 5m', trafficAlarms: ['errors'], smoke: false }, []],
  ])('%j', (given, titles) => {
    const problems = trafficContradictions({ traffic: undefined, trafficAlarms: [], smoke: true, ...given })
    expect(problems.map(({ title }) => title)).toEqual(titles)
  })
})
