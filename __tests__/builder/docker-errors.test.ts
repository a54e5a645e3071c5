import { describe, expect, test } from '@jest/globals'
import {
  EngineTimeout,
  engineError,
  lastLines,
  messageOf,
  stepAdvice,
  unreachableProblem,
} from '../../src/builder/docker-errors.ts'
import { pullProblem } from '../../src/builder/docker-pull.ts'
import { UserError } from '../../src/errors.ts'

const SOCKET = 'unix:///var/run/docker.sock'

/** An error as dockerode makes it of an engine's answer. */
function answered(statusCode: number, message: string, json: unknown = { message }): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) no such container - ${message} `), { statusCode, json })
}
const failed = (code: string, message = `connect ${code}`): Error => Object.assign(new Error(message), { code })

describe('an engine that does not answer', () => {
  test.each([
    [
      'no socket',
      failed('ENOENT'),
      SOCKET,
      `No container engine answers at ${SOCKET}`,
      /Start Docker.*docker context inspect.*builder: host/,
    ],
    [
      'no permission',
      failed('EACCES'),
      SOCKET,
      `This user may not talk to the container engine at ${SOCKET}`,
      /usermod -aG docker/,
    ],
    [
      'nobody listens',
      failed('ECONNREFUSED'),
      'tcp://127.0.0.1:2375',
      'No container engine answers at tcp://127.0.0.1:2375',
      /nothing listens.*DOCKER_HOST/,
    ],
    [
      'no such host',
      failed('ENOTFOUND'),
      'tcp://nowhere:2375',
      'No container engine answers at tcp://nowhere:2375',
      /name is not known/,
    ],
    ['silence', new EngineTimeout(5), SOCKET, `No container engine answers at ${SOCKET}`, /docker version/],
    ['ssh', undefined, 'ssh://me@host', 'A container engine behind ssh:// is not supported', /ssh -nNT -L/],
  ])('%s', (_, error, address, title, hint) => {
    const problem = unreachableProblem(error, address)
    expect(problem.title).toBe(title)
    expect(problem.hint).toMatch(hint)
  })
})

describe('a call that failed', () => {
  test.each([
    [
      'full disk',
      answered(500, 'Error processing tar file(exit status 1): write /a: no space left on device'),
      'The disk of the container engine is full',
    ],
    ['no answer', new EngineTimeout(120), 'The container engine did not start it: no answer within 120 seconds'],
    [
      'container removed',
      answered(404, 'No such container: 1234'),
      'The build container disappeared: the engine could not start it',
    ],
    [
      'exec of a removed container',
      answered(404, 'No such exec instance: 1234'),
      'The build container disappeared: the engine could not start it',
    ],
    [
      'container ended',
      answered(409, 'Container 1234 is not running'),
      'The build container disappeared: the engine could not start it',
    ],
    [
      'another architecture',
      answered(400, 'exec /bin/sh: exec format error'),
      'The container engine cannot run programs of this architecture',
    ],
    ['engine stopped before', failed('ECONNREFUSED'), `No container engine answers at ${SOCKET}`],
    [
      'engine stopped meanwhile',
      failed('ECONNRESET', 'socket hang up'),
      'The connection to the container engine broke: it could not start it',
    ],
    [
      'stream broken off',
      failed('ERR_STREAM_PREMATURE_CLOSE', 'Premature close'),
      'The connection to the container engine broke: it could not start it',
    ],
    ['anything else that it says', answered(500, 'driver failed'), 'The container engine could not start it'],
  ])('%s', (_, error, title) => {
    const translated = engineError(error, 'start it', SOCKET)
    expect(translated).toBeInstanceOf(UserError)
    expect(translated.message).toBe(title)
    expect(translated).toMatchObject({ detail: expect.any(String), hint: expect.stringMatching(/\w/) })
  })

  test.each([
    ['a bug of ours', new TypeError('x is not a function')],
    ['an abort', Object.assign(new Error('aborted'), { name: 'AbortError', code: 'ABORT_ERR' })],
    ['advice that was given already', new UserError({ title: 'a link leads out' })],
  ])('%s stays what it is', (_, error) => {
    expect(engineError(error, 'start it', SOCKET)).toBe(error)
  })

  test.each([
    ['json', answered(404, 'No such image: a:1'), 'No such image: a:1'],
    ['no json', answered(404, 'Could not find the file /nope', null), 'Could not find the file /nope'],
    ['no words at all', failed('EPIPE', ''), 'EPIPE'],
  ])('the engine’s own words: %s', (_, error, words) => {
    expect(messageOf(error)).toBe(words)
  })
})

describe('an image that cannot be pulled', () => {
  test.each([
    [
      'Get "https://public.ecr.aws/v2/": dial tcp: lookup public.ecr.aws: no such host',
      /does not reach the registry.*builder: host/,
    ],
    ['x509: certificate signed by unknown authority', /does not trust the registry/],
    ['pull access denied for x, repository does not exist or may require docker login', /docker login/],
    ['toomanyrequests: Rate exceeded', /limits anonymous pulls/],
    ['manifest for x:9 not found: manifest unknown', /no such name or tag/],
    ['something new', /^Try by hand/],
  ])('%s', (said, hint) => {
    const problem = pullProblem('x:9', 'linux/arm64', said)
    expect(problem).toMatchObject({ title: 'The image x:9 could not be pulled for linux/arm64', detail: said })
    expect(problem.hint).toMatch(hint)
    expect(problem.hint).toContain('docker pull --platform linux/arm64 x:9')
  })
})

test.each([
  ['E: Unable to locate package libqp-dev', /Correct system-packages/],
  ['Error: Unable to find a match: libqp-devel', /Correct system-packages/],
  ['SSLError(SSLCertVerificationError(1, certificate verify failed: self-signed certificate', /ca-file/],
  ['Temporary failure resolving deb.debian.org', /need the network/],
  ['Segmentation fault', /--verbose/],
])('advice for %s', (output, hint) => {
  expect(stepAdvice(output)).toMatch(hint)
})

test('a long output is cut to its end', () => {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
  expect(lastLines(`${lines.join('\n')}\n\n`, 2)).toBe('line 48\nline 49')
})
