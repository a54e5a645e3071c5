import { describe, expect, test } from '@jest/globals'
import { desiredRelease } from '../../../src/release/desired/desired.ts'
import type { CurrentRelease } from '../../../src/release/state.ts'
import { checkValues } from '../../../src/settings/values.ts'
import { current, invokeStatement, latest, nothing, policy, ROLE, url, urlStatement } from '../releases.ts'
import { CODE, settings } from '../settings.ts'

describe('the configuration', () => {
  test('of a new function', () => {
    const { configuration, architecture } = desiredRelease(settings({ role: ROLE }), CODE, nothing)
    expect(configuration).toEqual({
      runtime: 'python3.13',
      handler: 'wsgi_handler.handler',
      role: ROLE,
      memory: 512,
      timeout: 30,
      description: '',
      environment: {},
      options: {},
    })
    expect(architecture).toBe('arm64')
  })

  test('what nobody set stays as the function has it', () => {
    const from = {
      ...current,
      latest: { ...latest, memory: 2048, timeout: 120, description: 'Ours', runtime: 'python3.12' },
    }
    expect(desiredRelease(settings(), CODE, from).configuration).toMatchObject({
      runtime: 'python3.13',
      role: ROLE,
      memory: 2048,
      timeout: 120,
      description: 'Ours',
    })
  })

  test('what is set wins', () => {
    const role = 'arn:aws:iam::123456789012:role/other'
    const given = { role, memory: '128', timeout: '1', description: 'Other' }
    expect(desiredRelease(settings(given), CODE, current).configuration).toMatchObject({
      role,
      memory: 128,
      timeout: 1,
      description: 'Other',
    })
  })

  test.each([
    ['merge', { KEPT: 'ours', DEBUG: '1', ADDED: 'x' }],
    ['replace', { DEBUG: '1', ADDED: 'x' }],
  ])('variables: %s', (strategy, environment) => {
    const from = { ...current, latest: { ...latest, environment: { KEPT: 'ours', DEBUG: '0' } } }
    const given = { environment: 'DEBUG=1\nADDED=x', 'environment-strategy': strategy }
    expect(desiredRelease(settings(given), CODE, from).configuration.environment).toEqual(environment)
  })
})

describe('protection of access', () => {
  const variable = 'WSGI_LAMBDA_BASIC_AUTH'
  const ofFunction = (given: Record<string, unknown>, own: Record<string, string> = {}) =>
    desiredRelease(settings(given), CODE, { ...current, latest: { ...latest, environment: own } })

  test('is a variable, and what the smoke request says', () => {
    const { configuration, smoke } = ofFunction({ 'basic-auth': 'team:canary-1' })
    expect(Object.keys(configuration.environment)).toEqual([variable])
    expect(smoke).toMatchObject({ authorization: 'Basic dGVhbTpjYW5hcnktMQ==' })
  })

  test.each<[string, Record<string, unknown>, Record<string, string>]>([
    ['stays where nobody says anything', {}, { [variable]: 'hash' }],
    ['stays under replace', { 'environment-strategy': 'replace' }, { [variable]: 'hash' }],
    ['ends with none', { 'basic-auth': 'none' }, {}],
  ])('%s', (_, given, environment) => {
    expect(ofFunction(given, { [variable]: 'hash' }).configuration.environment).toEqual(environment)
  })

  test('is the same for the same settings', () => {
    const own = ofFunction({ 'basic-auth': 'team:canary-1' }).configuration.environment
    expect(ofFunction({ 'basic-auth': 'team:canary-1' }, { ...own }).configuration.environment).toEqual(own)
    expect(ofFunction({ 'basic-auth': 'team:canary-2' }, { ...own }).configuration.environment).not.toEqual(own)
  })

  test('is nothing for environment', () => {
    const given = { environment: `${variable}=x` }
    expect(checkValues([{ given, nameOf: String }]).problems).toEqual([
      {
        title: `environment: ${variable} is not valid`,
        hint: 'Write the setting basic-auth instead: the variable is made of it.',
      },
    ])
  })
})

describe('references to secrets', () => {
  const variable = 'WSGI_LAMBDA_SECRETS'
  const environmentOf = (given: Record<string, unknown>, own: Record<string, string>) =>
    desiredRelease(settings(given), CODE, { ...current, latest: { ...latest, environment: own } }).configuration
      .environment

  test('are one variable, whatever order they have', () => {
    const text = '{"DATABASE_URL":"secretsmanager:shop#url","SECRET_KEY":"ssm:/shop/key"}'
    const one = { SECRET_KEY: 'ssm:/shop/key', DATABASE_URL: 'secretsmanager:shop#url' }
    const other = 'DATABASE_URL=secretsmanager:shop#url\nSECRET_KEY=ssm:/shop/key'
    for (const secrets of [one, other]) expect(environmentOf({ secrets }, {})).toEqual({ [variable]: text })
  })

  test.each<[string, Record<string, unknown>, Record<string, string>, Record<string, string>]>([
    ['without the setting there is no variable', {}, { KEPT: '1' }, { KEPT: '1' }],
    ['without the setting it does not stay', {}, { KEPT: '1', [variable]: '{"KEY":"ssm:key"}' }, { KEPT: '1' }],
    [
      'the setting replaces all of it',
      { secrets: 'NEW=ssm:new' },
      { [variable]: '{"KEY":"ssm:key"}' },
      { [variable]: '{"NEW":"ssm:new"}' },
    ],
    [
      'the plain value of what is a secret now does not stay',
      { secrets: 'KEY=ssm:key' },
      { KEPT: '1', KEY: 'hunter2' },
      { KEPT: '1', [variable]: '{"KEY":"ssm:key"}' },
    ],
    [
      'variables that are set stand beside it',
      { secrets: 'KEY=ssm:key', environment: 'DEBUG=1', 'environment-strategy': 'replace' },
      { KEPT: '1' },
      { DEBUG: '1', [variable]: '{"KEY":"ssm:key"}' },
    ],
  ])('%s', (_, given, own, environment) => {
    expect(environmentOf(given, own)).toEqual(environment)
  })

  test('count into what Lambda takes', () => {
    expect(() => environmentOf({ secrets: `KEY=ssm:/${'x'.repeat(4096)}` }, {})).toThrow(
      expect.objectContaining({
        title: expect.stringMatching(/^The environment is too large: 41\d\d bytes, and Lambda takes 4096$/),
        detail: 'Variables: WSGI_LAMBDA_SECRETS',
      }),
    )
  })
})

describe('the commands', () => {
  test('migrate comes first', () => {
    const given = {
      migrate: 'true',
      'before-traffic': 'manage check --deploy',
      'after-traffic': 'manage clearsessions',
    }
    const { beforeTraffic, afterTraffic } = desiredRelease(settings(given), CODE, current)
    expect(beforeTraffic).toEqual(['manage migrate --plan', 'manage migrate --noinput', 'manage check --deploy'])
    expect(afterTraffic).toEqual(['manage clearsessions'])
  })

  test('without its plan, where that is not wanted', () => {
    const given = { migrate: 'true', 'migrate-plan': 'false' }
    expect(desiredRelease(settings(given), CODE, current).beforeTraffic).toEqual(['manage migrate --noinput'])
  })

  test.each([
    [{}, { path: '/', host: undefined }],
    [
      { 'smoke-path': '/health', 'smoke-host': 'a.example' },
      { path: '/health', host: 'a.example' },
    ],
    [{ smoke: 'false' }, undefined],
  ])('the request: %j', (given, request) => {
    const { smoke } = desiredRelease(settings(given), CODE, current)
    expect(smoke && { path: smoke.requests[0]?.path, host: smoke.host }).toEqual(request)
  })
})

describe('what cannot be', () => {
  test('a new function without a role', () => {
    expect(() => desiredRelease(settings(), CODE, nothing)).toThrow(
      expect.objectContaining({ title: 'The function shop does not exist, and role is missing', exitCode: 2 }),
    )
  })

  test('an address without a URL', () => {
    const given = { role: ROLE, environment: 'SITE={{url}}', 'function-url': 'none' }
    expect(() => desiredRelease(settings(given), CODE, nothing)).toThrow(
      expect.objectContaining({
        title: 'The environment uses {{url}}, {{origin}} or {{host}}, but there is no Function URL',
        exitCode: 2,
      }),
    )
    expect(desiredRelease(settings(given), CODE, current).access).toBe('none')
  })
})

describe('the way in, when nobody sets one', () => {
  const given = { role: ROLE }
  test.each([
    ['a new function gets a public URL', nothing, 'public'],
    ['one without a URL gets none', { ...current, url: undefined }, 'none'],
    ['a public URL stays public', current, 'public'],
    ['one that callers sign for stays so', { ...current, url: { ...url, authType: 'AWS_IAM' as const } }, 'iam'],
    ['one without the statement of October 2025 gets it', { ...current, policy: policy(urlStatement) }, 'public'],
    ['one that nobody was permitted to call yet is permitted', { ...current, policy: undefined }, 'public'],
    [
      'one whose policy lets only some in stays so',
      {
        ...current,
        policy: policy({ ...urlStatement, Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, invokeStatement),
      },
      'none',
    ],
  ])('%s', (_, from, access) => {
    expect(desiredRelease(settings(given), CODE, from).access).toBe(access)
  })

  test('who asks for a public URL gets one, whatever the policy says', () => {
    const restricted = { ...current, policy: policy({ ...urlStatement, Principal: '123456789012' }) }
    expect(desiredRelease(settings({ ...given, 'function-url': 'public' }), CODE, restricted).access).toBe('public')
  })

  test('a deployment that was ended before its URL goes on to it', () => {
    const alias = {
      arn: 'arn',
      version: '1',
      description: 'wsgi-lambda: not released yet',
      weights: {},
      revisionId: 'r',
    }
    expect(desiredRelease(settings(given), CODE, { ...current, url: undefined, alias }).access).toBe('public')
  })
})

describe('the mode of the URL', () => {
  const streams = { ...url, invokeMode: 'RESPONSE_STREAM' as const }
  const restricted = { ...current, policy: policy({ ...urlStatement, Principal: '123456789012' }) }
  const modeOf = (functionUrl: string | undefined, streaming: boolean, from: CurrentRelease) =>
    desiredRelease(settings({ role: ROLE, 'function-url': functionUrl }), { ...CODE, streaming }, from).invokeMode

  test.each<[string, string | undefined, boolean, CurrentRelease, string | undefined]>([
    ['whole answers by default', undefined, false, nothing, 'BUFFERED'],
    ['a new URL that streams', undefined, true, nothing, 'RESPONSE_STREAM'],
    ['one that is there is to stream', undefined, true, current, 'RESPONSE_STREAM'],
    ['one that streams is not to', undefined, false, { ...current, url: streams }, 'BUFFERED'],
    ['one whose policy lets only some in', undefined, true, restricted, 'RESPONSE_STREAM'],
    ['behind IAM', 'iam', true, current, 'RESPONSE_STREAM'],
    ['left alone', 'none', false, current, undefined],
    ['left alone, and it streams already', 'none', true, { ...current, url: streams }, undefined],
    ['left alone, and there is none', 'none', false, nothing, undefined],
  ])('%s', (_, functionUrl, streaming, from, mode) => {
    expect(modeOf(functionUrl, streaming, from)).toBe(mode)
  })

  test.each<[string, string | undefined, boolean, CurrentRelease, string]>([
    [
      'no URL wanted',
      'none',
      true,
      nothing,
      'streaming is on, but shop has no Function URL: nothing would be streamed',
    ],
    [
      'none there, and nobody asked for one',
      undefined,
      true,
      { ...current, url: undefined },
      'streaming is on, but shop has no Function URL: nothing would be streamed',
    ],
    [
      'a URL left alone that does not stream',
      'none',
      true,
      current,
      'streaming is on, and function-url: none leaves the Function URL in the mode BUFFERED',
    ],
    [
      'a URL left alone that streams',
      'none',
      false,
      { ...current, url: streams },
      'streaming is off, and function-url: none leaves the Function URL in the mode RESPONSE_STREAM',
    ],
  ])('what cannot be: %s', (_, functionUrl, streaming, from, title) => {
    expect(() => modeOf(functionUrl, streaming, from)).toThrow(expect.objectContaining({ title, exitCode: 2 }))
  })
})
