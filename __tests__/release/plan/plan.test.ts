import { describe, expect, test } from '@jest/globals'
import type { FunctionConfiguration } from '../../../src/aws/lambda.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { differences, usesAddress, withAddress } from '../../../src/release/plan/difference.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { Step } from '../../../src/release/plan/steps.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { parseSmokeRequest } from '../../../src/settings/traffic.ts'
import {
  alias,
  configured,
  current,
  invokeStatement,
  latest,
  NOT_RELEASED,
  nothing,
  policy,
  same,
  UNFINISHED,
  url,
  urlStatement,
  version7,
} from '../releases.ts'

/** One word for each step. */
function words(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    if (step.kind === 'run') return step.phase
    if (step.kind === 'permit-url') return `permit-${step.statement}`
    return step.kind
  })
}

const OWN_BUCKET = { name: 'own', isThere: false }
const proof = ['before-traffic', 'smoke']
const after = ['after-traffic', 'finish']
const permits = ['permit-url', 'permit-invoke']
const withUrl = configured({ environment: { DEBUG: '0', SITE: '{{url}}' } })
const filled = { DEBUG: '0', SITE: 'https://abc.lambda-url.eu-west-1.on.aws' }
const closed: CurrentRelease = { ...current, url: { ...url, authType: 'AWS_IAM' }, policy: undefined }
const pending: CurrentRelease = { ...current, alias: { ...alias, description: NOT_RELEASED } }

const streams: DesiredRelease = { ...same, codeSha256: 'new', invokeMode: 'RESPONSE_STREAM' }
const streaming: CurrentRelease = { ...current, url: { ...url, invokeMode: 'RESPONSE_STREAM' } }

const cases: readonly [string, CurrentRelease, DesiredRelease, readonly string[]][] = [
  ['the alias serves it', current, same, []],
  [
    'the first deployment',
    nothing,
    same,
    [...['create-function', 'publish', 'create-alias', 'create-url'], ...proof, 'move-alias', ...permits, ...after],
  ],
  [
    'the first deployment of what needs its address',
    nothing,
    withUrl,
    [
      ...['create-function', 'publish', 'create-alias', 'create-url', 'fill-url'],
      ...[...proof, 'move-alias', ...permits, ...after],
    ],
  ],
  [
    'the first deployment behind IAM',
    nothing,
    { ...same, access: 'iam' },
    [...['create-function', 'publish', 'create-alias', 'create-url'], ...proof, 'move-alias', ...after],
  ],
  [
    'the first deployment without a URL',
    nothing,
    { ...same, access: 'none' },
    ['create-function', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'the first deployment to a function that somebody else made',
    { ...nothing, latest },
    { ...same, codeSha256: 'new' },
    [...['update-code', 'publish', 'create-alias', 'create-url'], ...[...proof, 'move-alias', ...permits, ...after]],
  ],
  ['new code', current, { ...same, codeSha256: 'new' }, ['update-code', 'publish', ...proof, 'move-alias', ...after]],
  [
    'new code that is too large for a request',
    current,
    { ...same, codeSha256: 'new', upload: 's3://uploads/new.zip' },
    ['upload', 'update-code', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'a first deployment that is too large for a request, behind IAM',
    nothing,
    { ...same, access: 'iam', upload: 's3://uploads/new.zip' },
    [...['upload', 'create-function', 'publish', 'create-alias', 'create-url'], ...proof, 'move-alias', ...after],
  ],
  [
    'new code that is too large for a request, and no bucket yet',
    current,
    { ...same, codeSha256: 'new', upload: 's3://own/new.zip', ownBucket: OWN_BUCKET },
    ['make-bucket', 'upload', 'update-code', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'a first deployment that is too large for a request, behind IAM, and no bucket yet',
    nothing,
    { ...same, access: 'iam', upload: 's3://own/new.zip', ownBucket: OWN_BUCKET },
    [
      ...['make-bucket', 'upload', 'create-function', 'publish', 'create-alias', 'create-url'],
      ...[...proof, 'move-alias', ...after],
    ],
  ],
  [
    'more memory, and no bucket for code that is there',
    current,
    configured({ memory: 1024 }, { ...same, upload: 's3://own/old.zip', ownBucket: OWN_BUCKET }),
    ['update-configuration', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'more memory for code that was too large for a request',
    current,
    configured({ memory: 1024 }, { ...same, upload: 's3://uploads/old.zip' }),
    ['update-configuration', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'another architecture, even with the same zip',
    current,
    { ...same, architecture: 'arm64' },
    ['update-code', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'more memory',
    current,
    configured({ memory: 1024 }),
    ['update-configuration', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'new code and more memory',
    current,
    configured({ memory: 1024 }, { ...same, codeSha256: 'new' }),
    ['update-code', 'update-configuration', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'a variable less',
    current,
    configured({ environment: {} }),
    ['update-configuration', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'a version whose description is not the function’s',
    { ...current, served: { ...version7, description: 'commit def' } },
    same,
    [],
  ],
  [
    'a failed run left its code in $LATEST',
    { ...current, latest: { ...latest, codeSha256: 'new' } },
    { ...same, codeSha256: 'new' },
    ['publish', ...proof, 'move-alias', ...after],
  ],
  [
    'a failed run left its configuration in $LATEST',
    { ...current, latest: { ...latest, memory: 1024 } },
    configured({ memory: 1024 }),
    ['publish', ...proof, 'move-alias', ...after],
  ],
  [
    'a failed run left code in $LATEST, and the change was taken back',
    { ...current, latest: { ...latest, codeSha256: 'new', memory: 1024 } },
    same,
    [],
  ],
  [
    'a failed run left code in $LATEST, and the next one has other code',
    { ...current, latest: { ...latest, codeSha256: 'new' } },
    { ...same, codeSha256: 'newer' },
    ['update-code', 'publish', ...proof, 'move-alias', ...after],
  ],
  ['the alias waits for a version that has not proven itself', pending, same, [...proof, 'move-alias', ...after]],
  [
    'the alias waits, and the code is another now',
    pending,
    { ...same, codeSha256: 'new' },
    ['update-code', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'the alias waits, without URL and permission',
    { ...pending, url: undefined, policy: undefined },
    same,
    ['create-url', ...proof, 'move-alias', ...permits, ...after],
  ],
  [
    'the alias waits for the address to be written',
    { ...pending, policy: undefined },
    withUrl,
    ['update-configuration', 'publish', ...proof, 'move-alias', ...permits, ...after],
  ],
  ['no statement at all', { ...current, policy: undefined }, same, ['mark-unfinished', ...proof, ...permits, ...after]],
  [
    'only the older statement',
    { ...current, policy: policy(urlStatement) },
    same,
    ['mark-unfinished', ...proof, 'permit-invoke', ...after],
  ],
  [
    'only the newer statement',
    { ...current, policy: policy(invokeStatement) },
    same,
    ['mark-unfinished', ...proof, 'permit-url', ...after],
  ],
  [
    'statements in other words',
    {
      ...current,
      policy: policy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'],
      }),
    },
    same,
    [],
  ],
  [
    'statements for one account',
    {
      ...current,
      policy: policy(
        { ...urlStatement, Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
        { ...invokeStatement, Principal: { Service: 's3.amazonaws.com' } },
      ),
    },
    same,
    ['mark-unfinished', ...proof, ...permits, ...after],
  ],
  [
    'statements that deny',
    { ...current, policy: policy({ ...urlStatement, Effect: 'Deny' }, { ...invokeStatement, Effect: 'Deny' }) },
    same,
    ['mark-unfinished', ...proof, ...permits, ...after],
  ],
  [
    'statements that hold for an organisation, or for signed requests',
    {
      ...current,
      policy: policy(
        { ...urlStatement, Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } } },
        { ...invokeStatement, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
      ),
    },
    same,
    ['mark-unfinished', ...proof, ...permits, ...after],
  ],
  [
    'from public to IAM: closed before anything runs',
    current,
    { ...same, access: 'iam' },
    ['mark-unfinished', 'update-url', ...proof, ...after],
  ],
  [
    'from public to IAM with new code',
    current,
    { ...same, access: 'iam', codeSha256: 'new' },
    ['update-code', 'publish', 'update-url', ...proof, 'move-alias', ...after],
  ],
  [
    'from IAM to public: opened after everything else',
    closed,
    same,
    ['mark-unfinished', ...proof, 'update-url', ...permits, ...after],
  ],
  [
    'from IAM to public with new code',
    closed,
    { ...same, codeSha256: 'new' },
    ['update-code', 'publish', ...proof, 'move-alias', 'update-url', ...permits, ...after],
  ],
  ['IAM as it is', closed, { ...same, access: 'iam' }, []],
  ['no URL wanted, and none there', { ...current, url: undefined, policy: undefined }, { ...same, access: 'none' }, []],
  ['no URL wanted: the one that is there stays', current, { ...same, access: 'none' }, []],
  [
    'a URL for a function that had none',
    { ...current, url: undefined, policy: undefined },
    same,
    ['mark-unfinished', 'create-url', ...proof, ...permits, ...after],
  ],
  [
    'a URL for a function that had none, and its address in the environment: the version with it gets the traffic',
    { ...current, url: undefined, policy: undefined },
    withUrl,
    ['create-url', 'fill-url', ...proof, 'move-alias', ...permits, ...after],
  ],
  [
    'the same after a failed run left other code in $LATEST',
    { ...current, latest: { ...latest, codeSha256: 'new' }, url: undefined, policy: undefined },
    withUrl,
    ['update-code', 'create-url', 'fill-url', ...proof, 'move-alias', ...permits, ...after],
  ],
  [
    'the address is in the environment already',
    { ...current, latest: { ...latest, environment: filled }, served: { ...version7, environment: filled } },
    withUrl,
    [],
  ],
  [
    'the address is wanted in the environment, and known',
    current,
    withUrl,
    ['update-configuration', 'publish', ...proof, 'move-alias', ...after],
  ],
  [
    'streaming is turned on: right before traffic moves',
    current,
    streams,
    ['update-code', 'publish', ...proof, 'change-mode', 'move-alias', ...after],
  ],
  [
    'streaming is turned off: right before traffic moves',
    streaming,
    { ...same, codeSha256: 'new' },
    ['update-code', 'publish', ...proof, 'change-mode', 'move-alias', ...after],
  ],
  [
    'streaming is turned on by a run that was killed before traffic moved',
    streaming,
    streams,
    ['update-code', 'publish', ...proof, 'move-alias', ...after],
  ],
  ['streaming as it is', streaming, { ...streams, codeSha256: 'old' }, []],
  [
    'the served version is right, and the mode was changed by hand: before anything runs',
    streaming,
    same,
    ['mark-unfinished', 'change-mode', ...proof, ...after],
  ],
  [
    'the served version is right, the mode is not, and commands are still to run',
    { ...streaming, alias: { ...alias, description: UNFINISHED } },
    same,
    ['change-mode', ...proof, 'move-alias', ...after],
  ],
  [
    'streaming is turned on, and the URL becomes public',
    closed,
    streams,
    ['update-code', 'publish', ...proof, 'change-mode', 'move-alias', 'update-url', ...permits, ...after],
  ],
  [
    'streaming is turned on, and the policy says who may call the URL',
    current,
    { ...streams, access: 'none' },
    ['update-code', 'publish', ...proof, 'change-mode', 'move-alias', ...after],
  ],
  ['a URL that is left alone keeps its mode', streaming, { ...same, access: 'none', invokeMode: undefined }, []],
  [
    'neither commands nor a request',
    current,
    { ...same, codeSha256: 'new', beforeTraffic: [], afterTraffic: [], smoke: undefined },
    ['update-code', 'publish', 'move-alias'],
  ],
]

test('a release that was killed before its commands after traffic were done is gone on with', () => {
  const unfinished = { ...current, alias: { ...alias, description: UNFINISHED } }
  expect(words(planRelease(unfinished, same))).toEqual([...proof, 'move-alias', ...after])
})

describe('planRelease', () => {
  test.each(cases)('%s', (_, from, to, steps) => {
    expect(words(planRelease(from, to))).toEqual(steps)
  })

  test.each<[string, DesiredRelease, Step['kind'], string]>([
    ['is created', { ...streams, codeSha256: 'old' }, 'create-url', 'RESPONSE_STREAM'],
    ['is created for whole answers', same, 'create-url', 'BUFFERED'],
  ])('the mode with which a URL %s', (_, desired, kind, invokeMode) => {
    expect(planRelease(nothing, desired)).toContainEqual({ kind, invokeMode })
    expect(words(planRelease(nothing, desired))).not.toContain('change-mode')
  })

  test.each([
    ['on', current, streams, 'RESPONSE_STREAM'],
    ['off', streaming, { ...same, codeSha256: 'new' }, 'BUFFERED'],
  ] as const)('the mode that a URL is changed to when streaming is turned %s', (_, from, to, invokeMode) => {
    expect(planRelease(from, to)).toContainEqual({ kind: 'change-mode', invokeMode })
  })

  test('commands run in the order in which they were given', () => {
    const desired = {
      ...same,
      codeSha256: 'new',
      beforeTraffic: ['manage a', 'flask b'],
      afterTraffic: ['exec c', 'shell d'],
    }
    expect(planRelease(current, desired).filter((step) => step.kind === 'run')).toEqual([
      { kind: 'run', phase: 'before-traffic', command: 'manage a' },
      { kind: 'run', phase: 'before-traffic', command: 'flask b' },
      { kind: 'run', phase: 'after-traffic', command: 'exec c' },
      { kind: 'run', phase: 'after-traffic', command: 'shell d' },
    ])
  })

  test.each(cases.filter(([, , , steps]) => steps.includes('move-alias')))(
    'nobody is permitted and no URL is opened before traffic moves: %s',
    (_, from, to) => {
      const steps = planRelease(from, to)
      const before = words(steps.slice(0, words(steps).indexOf('move-alias')))
      expect(
        before.filter((word) => word.startsWith('permit-') || (word === 'update-url' && to.access === 'public')),
      ).toEqual([])
    },
  )
})

describe('differences', () => {
  test.each<[string, Partial<FunctionConfiguration>, string[]]>([
    ['nothing', {}, []],
    ['memory and timeout', { memory: 128, timeout: 1 }, ['memory', 'timeout']],
    ['the handler', { handler: 'app.handler' }, ['handler app.handler instead of wsgi_handler.handler']],
    ['the runtime', { runtime: 'python3.12' }, ['runtime']],
    ['the role', { role: 'arn:aws:iam::123456789012:role/other' }, ['role']],
    ['the description', { description: 'Another' }, ['description']],
    ['a variable', { environment: { DEBUG: '1' } }, ['environment DEBUG']],
    [
      'variables that come and go, sorted',
      { environment: { Z: 'z', A: 'a' } },
      ['environment A', 'removes environment DEBUG', 'environment Z'],
    ],
  ])('%s', (_, changes, names) => {
    expect(differences(latest, { ...same.configuration, ...changes })).toEqual(names)
  })

  test('values of variables are never among them: they may be secrets', () => {
    const { configuration } = configured({ environment: { SECRET_KEY: 'hunter2' } })
    const [step] = planRelease(current, { ...same, configuration })
    expect(JSON.stringify(step)).toContain('SECRET_KEY')
    expect(JSON.stringify(step)).not.toContain('hunter2')
  })
})

describe('the address in the environment', () => {
  const address = 'https://abc.lambda-url.eu-west-1.on.aws/'
  const { configuration } = configured({
    environment: { PLAIN: 'x', SITE: '{{url}}', HOOK: '{{ url }}/hook?back={{url}}/', OTHER: '{{stage}}' },
  })

  test('is filled in without its final slash', () => {
    expect(withAddress(configuration, address).environment).toEqual({
      PLAIN: 'x',
      SITE: 'https://abc.lambda-url.eu-west-1.on.aws',
      HOOK: 'https://abc.lambda-url.eu-west-1.on.aws/hook?back=https://abc.lambda-url.eu-west-1.on.aws/',
      OTHER: '{{stage}}',
    })
  })

  test('variables that need it are left out while there is none', () => {
    expect(withAddress(configuration, undefined).environment).toEqual({ PLAIN: 'x', OTHER: '{{stage}}' })
  })

  test('is not read as a replacement pattern', () => {
    expect(withAddress(configuration, 'https://a$&b/').environment['SITE']).toBe('https://a$&b')
  })

  test.each([
    [{ A: '{{url}}' }, true],
    [{ A: 'x', B: 'a{{  url }}b' }, true],
    [{ A: '{{urls}}' }, false],
    [{ '{{url}}': 'x' }, false],
    [{}, false],
  ])('%j uses it: %s', (environment, uses) => {
    expect(usesAddress({ ...configuration, environment })).toBe(uses)
  })
})

test.each<[Step, string]>([
  [{ kind: 'make-bucket', name: 'own', isThere: false }, 'make the bucket own, for uploads'],
  [{ kind: 'make-bucket', name: 'own', isThere: true }, 'finish the bucket own, for uploads'],
  [{ kind: 'upload', address: 's3://uploads/new.zip' }, 'upload the code to s3://uploads/new.zip'],
  [
    { kind: 'publish-layer', name: 'shop-dependencies' },
    'publish a version of the layer shop-dependencies, which has the dependencies',
  ],
  [{ kind: 'create-function' }, 'create the function shop'],
  [{ kind: 'update-code' }, 'update the code'],
  [
    { kind: 'update-configuration', changes: ['memory', 'environment A'] },
    'update the configuration: memory, environment A',
  ],
  [{ kind: 'publish' }, 'publish a version and wait until it is active'],
  [{ kind: 'create-alias' }, 'create the alias live, which nobody is permitted to call yet'],
  [{ kind: 'create-url', invokeMode: 'BUFFERED' }, 'create the Function URL (public)'],
  [{ kind: 'create-url', invokeMode: 'RESPONSE_STREAM' }, 'create the Function URL (public, RESPONSE_STREAM)'],
  [{ kind: 'update-url' }, 'change the Function URL to public'],
  [{ kind: 'change-mode', invokeMode: 'BUFFERED' }, 'change the invoke mode of the Function URL to BUFFERED'],
  [{ kind: 'fill-url' }, 'write the address of the Function URL into the environment and publish again'],
  [{ kind: 'run', phase: 'before-traffic', command: 'manage migrate' }, 'run before traffic moves: manage migrate'],
  [{ kind: 'run', phase: 'after-traffic', command: 'manage x' }, 'run after traffic moves: manage x'],
  [
    { kind: 'smoke', requests: ['/health 200', '/login'].map(parseSmokeRequest) },
    'request /health, /login from the new version',
  ],
  [{ kind: 'move-alias' }, 'move the alias live to the new version'],
  [{ kind: 'permit-url', statement: 'url' }, 'permit everyone to call the Function URL'],
  [{ kind: 'permit-url', statement: 'invoke' }, 'permit everyone to invoke the function through it'],
])('%j is described as: %s', (step, line) => {
  expect(describeStep(step, same)).toBe(line)
})
