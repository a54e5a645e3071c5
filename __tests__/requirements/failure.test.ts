import { describe, expect, test } from '@jest/globals'
import { targetOf } from '../../src/platform/runtimes.ts'
import { resolutionFailure } from '../../src/requirements/failure.ts'
import { requirementsFile } from '../../src/requirements/files.ts'
import { fakeBuilder } from './fakes.ts'

// What uv 0.13.9 wrote to standard error.
const UNSATISFIABLE = 'we can conclude that your requirements are unsatisfiable.'
const SAID = {
  noVersion: `error: No solution found when resolving dependencies
  cause: Because there is no version of flask==99.0 and you require flask==99.0, ${UNSATISFIABLE}
`,
  conflict: `error: No solution found when resolving dependencies
  cause: Because flask==3.1.0 depends on werkzeug>=3.1 and you require flask==3.1.0, we can conclude that you require werkzeug>=3.1.
         And because you require werkzeug<2, ${UNSATISFIABLE}
`,
  noWheel: `error: No solution found when resolving dependencies
  cause: Because psycopg2==2.9.10 has no usable wheels and you require psycopg2==2.9.10, ${UNSATISFIABLE}

hint: Wheels are required for \`psycopg2\` because building from source is disabled for all packages (i.e., with \`--no-build\`)
`,
  noWheelAtAll: `error: No solution found when resolving dependencies
  cause: Because all versions of uwsgi have no usable wheels and you require uwsgi, ${UNSATISFIABLE}

hint: Wheels are required for \`uwsgi\` because building from source is disabled for all packages (i.e., with \`--no-build\`)
`,
  otherAbi: `error: No solution found when resolving dependencies
  cause: Because tensorflow==2.20.0 has no wheels with a matching Python ABI tag (e.g., \`cp314\`) and you require tensorflow==2.20.0, ${UNSATISFIABLE}

hint: You require CPython 3.14 (\`cp314\`), but we only found wheels for \`tensorflow\` (v2.20.0) with the following Python ABI tags: \`cp39\`, \`cp310\`
`,
  unknown: `error: No solution found when resolving dependencies
  cause: Because no-such-distribution was not found in the package registry and you require no-such-distribution, ${UNSATISFIABLE}
`,
  credentials: `error: No solution found when resolving dependencies
  cause: Because flask was not found in the package registry and you require flask, ${UNSATISFIABLE}

hint: An index URL (https://x.example/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
`,
  forbidden: `error: No solution found when resolving dependencies
  cause: Because flask was not found in the package registry and you require flask, ${UNSATISFIABLE}

hint: An index (https://x.example/simple) returned a 403 Forbidden error. Check that the index URL is correct and the credentials are valid.
`,
  refused: `error: Request failed after 3 retries in 6.8s
  cause: Failed to fetch: https://x.example/simple/flask/
  cause: error sending request for url (https://x.example/simple/flask/)
  cause: client error (Connect)
  cause: tcp connect error
  cause: Connection refused (os error 111)
`,
  noName: `error: Request failed after 3 retries in 11.3s
  cause: Failed to fetch: https://x.example/simple/flask/
  cause: error sending request for url (https://x.example/simple/flask/)
  cause: client error (Connect)
  cause: dns error
  cause: error resolving DNS
  cause: failed to lookup address information: Name or service not known
`,
  broken: `error: Failed to fetch: https://x.example/simple/flask/
  cause: HTTP status server error (500 Internal Server Error) for url (https://x.example/simple/flask/)
`,
  certificate: `error: Failed to fetch: https://x.example/simple/flask/
  cause: error sending request for url (https://x.example/simple/flask/)
  cause: client error (Connect)
  cause: invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))
`,
  issuer: `error: Failed to fetch: https://x.example/simple/flask/
  cause: error sending request for url (https://x.example/simple/flask/)
  cause: client error (Connect)
  cause: invalid peer certificate: UnknownIssuer
`,
  digits: `error: No solution found when resolving dependencies
  cause: Because types-requests==2.31.0.20240310 depends on urllib3>=2 and you require types-requests==2.31.0.20240310, we can conclude that you require urllib3>=2.
         And because you require urllib3<2, ${UNSATISFIABLE}
`,
  certificateWarning: `warning: Invalid \`SSL_CERT_FILE\`. Path is not a file: /dev/null. No default certificates will be trusted.
error: No solution found when resolving dependencies
  cause: Because there is no version of flask==99.0 and you require flask==99.0, ${UNSATISFIABLE}
`,
  unhappyName: `error: No solution found when resolving dependencies
  cause: Because django-certificates was not found in the package registry and you require django-certificates==99, ${UNSATISFIABLE}
`,
  syntax: `error: Couldn't parse requirement in \`manifest/requirements.txt\` at position 0
  cause: Unexpected end of version specifier, expected version
         flask ==
               ^^
`,
} as const

// What pip 23 to 26 wrote.
const PIP = {
  hash: `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
    flask==3.1.0 from https://x.example/packages/flask-3.1.0-py3-none-any.whl (from -r pinned.txt (line 1)):
        Expected sha256 0000
             Got        4721
`,
  nothing: `ERROR: Could not find a version that satisfies the requirement uwsgi==2.0.28 (from versions: none)
ERROR: No matching distribution found for uwsgi==2.0.28
`,
  refused: `WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/flask/
ERROR: No matching distribution found for flask
`,
  forbidden: `Could not fetch URL https://me:secret@x.example/simple/flask/: 403 Client Error: Forbidden for url: https://x.example/simple/flask/ - skipping
ERROR: No matching distribution found for flask
`,
  broken: `Could not fetch URL https://x.example/simple/flask/: 500 Server Error: Internal Server Error for url: https://x.example/simple/flask/ - skipping
ERROR: No matching distribution found for flask
`,
  certificate: `Could not fetch URL https://x.example/simple/flask/: There was a problem confirming the ssl certificate: HTTPSConnectionPool(host='x.example', port=443): Max retries exceeded with url: /simple/flask/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1000)'))) - skipping
ERROR: No matching distribution found for flask
`,
} as const

const files = [
  requirementsFile('requirements.txt', '-r base.txt\nflask\npsycopg2==2.9.10\nuWSGI\ntensorflow==2.20.0\n'),
  requirementsFile('base.txt', 'no_such.distribution\ntypes-requests\n'),
]

const failureOf = async (
  said: string,
  kind: 'docker' | 'host' = 'host',
  architecture: 'x86_64' | 'arm64' = 'x86_64',
) => {
  await using builder = await fakeBuilder({}, { kind, target: targetOf('python3.13', architecture) })
  return resolutionFailure(said, builder, files)
}

const EXCLUDED = 'The requirements cannot be installed for python3.13 on x86_64'

test.each<[keyof typeof SAID, string, RegExp, { file: string; line: number } | undefined]>([
  ['noVersion', EXCLUDED, /lines above/, { file: 'requirements.txt', line: 2 }],
  ['conflict', EXCLUDED, /exclude each other/, { file: 'requirements.txt', line: 2 }],
  ['digits', EXCLUDED, /exclude each other/, { file: 'base.txt', line: 2 }],
  ['syntax', EXCLUDED, /what failed/, { file: 'requirements.txt', line: 2 }],
  ['certificateWarning', EXCLUDED, /lines above/, { file: 'requirements.txt', line: 2 }],
  [
    'noWheel',
    'psycopg2 has no wheel for python3.13 on x86_64',
    /psycopg\[binary\]/,
    { file: 'requirements.txt', line: 3 },
  ],
  [
    'noWheelAtAll',
    'uwsgi has no wheel for python3.13 on x86_64',
    /builder: docker/,
    { file: 'requirements.txt', line: 4 },
  ],
  [
    'otherAbi',
    'tensorflow has no wheel for python3.13 on x86_64',
    /another version/,
    { file: 'requirements.txt', line: 5 },
  ],
  ['unknown', 'no-such-distribution does not exist in the package index', /spelling/, { file: 'base.txt', line: 1 }],
  ['unhappyName', 'django-certificates does not exist in the package index', /spelling/, undefined],
  ['credentials', 'The package index refused access', /UV_INDEX_…_USERNAME/, { file: 'requirements.txt', line: 2 }],
  ['forbidden', 'The package index refused access', /credentials/, { file: 'requirements.txt', line: 2 }],
  ['refused', 'The package index could not be reached', /PIP_INDEX_URL/, { file: 'requirements.txt', line: 2 }],
  ['noName', 'The package index could not be reached', /network/, { file: 'requirements.txt', line: 2 }],
  ['broken', 'The package index does not work at the moment', /later/, { file: 'requirements.txt', line: 2 }],
  [
    'certificate',
    'The package index could not be reached safely: its certificate is not trusted',
    /ca-file/,
    { file: 'requirements.txt', line: 2 },
  ],
  [
    'issuer',
    'The package index could not be reached safely: its certificate is not trusted',
    /ca-file/,
    { file: 'requirements.txt', line: 2 },
  ],
])('%s: %s', async (said, title, hint, location) => {
  const failure = await failureOf(SAID[said])
  expect(failure).toMatchObject({ title, detail: SAID[said].trim(), exitCode: 1 })
  expect(failure.hint).toMatch(hint)
  expect(failure.location).toEqual(location)
})

describe('what has no wheel', () => {
  test('is not sent to the docker builder from there', async () => {
    const { title, hint } = await failureOf(SAID.noWheel, 'docker', 'arm64')
    expect(title).toBe('psycopg2 has no wheel for python3.13 on arm64')
    expect(hint).toBe('Choose another version, or name what it needs to compile in system-packages.')
  })
})

test('what nobody has seen yet is shown whole', async () => {
  expect(await failureOf('error: something new\n  cause: who knows\n')).toMatchObject({
    title: EXCLUDED,
    detail: 'error: something new\n  cause: who knows',
    location: undefined,
  })
})

describe('what pip says', () => {
  const flask = { file: 'requirements.txt', line: 2 }
  test.each<[keyof typeof PIP, string, { file: string; line: number }]>([
    ['hash', 'The hash of flask is not the one in the manifest', flask],
    ['nothing', 'uwsgi==2.0.28 was not found for python3.13 on x86_64', { file: 'requirements.txt', line: 4 }],
    ['refused', 'The package index could not be reached', flask],
    ['forbidden', 'The package index refused access', flask],
    ['broken', 'The package index does not work at the moment', flask],
    ['certificate', 'The package index could not be reached safely: its certificate is not trusted', flask],
  ])('%s: %s', async (said, title, location) => {
    const failure = await failureOf(PIP[said])
    expect(failure).toMatchObject({ title, location })
    expect(failure.detail).not.toContain('secret')
  })
})

test('a repository that would have to be built is named with its line', async () => {
  await using builder = await fakeBuilder()
  const asked = [requirementsFile('requirements.txt', 'flask\ngit+https://token@x.example/a.git@main\n')]
  expect(resolutionFailure('error: Building source distributions is disabled\n', builder, asked)).toMatchObject({
    title: 'git+https://x.example/a.git@main must be built',
    location: { file: 'requirements.txt', line: 2 },
  })
})
