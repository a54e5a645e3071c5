import { lines, oneOf, type Table, table, text, trueOrFalse, wholeNumber } from './kinds.ts'

const NAMES = {
  format: 'one name a line',
  // PEP 503 and PEP 735 take the same names.
  each: /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/,
} as const

/** Settings that choose which distributions are installed. */
export const REQUIREMENT_SETTINGS = {
  requirements: text({
    description: 'The manifest to install: a lock, a requirements file or pyproject.toml, relative to the project.',
    format: 'a path',
    example: 'requirements/production.txt',
    defaultText:
      'the first of uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock, requirements.txt, pyproject.toml',
    placeholder: 'FILE',
  }),
  groups: lines({
    ...NAMES,
    description: 'Dependency groups to install too. Without it, those for development are left out.',
    example: 'production',
    default: [],
    placeholder: 'NAMES',
  }),
  'without-groups': lines({
    ...NAMES,
    description: 'Dependency groups to leave out that would be installed.',
    example: 'docs',
    default: [],
    placeholder: 'NAMES',
  }),
  'only-groups': lines({
    ...NAMES,
    description: "Dependency groups to install instead of the project's own dependencies.",
    example: 'lambda',
    default: [],
    placeholder: 'NAMES',
  }),
  extras: lines({
    ...NAMES,
    description: "The project's optional dependencies to install.",
    example: 'postgres',
    default: [],
    placeholder: 'NAMES',
  }),
  'pip-args': text({
    description:
      'More options for resolving and downloading, as for pip: --index-url, --extra-index-url, --find-links, --pre, --no-deps, --no-binary, --only-binary, --constraint, --trusted-host, --prefer-binary.',
    format: 'options of pip, split like a shell does',
    example: '--index-url https://pypi.example.org/simple --pre',
    isConfidential: true,
    placeholder: 'ARGS',
  }),
  'build-constraints': lines({
    description: 'Constraints on what the builds of packages require, for those that have no wheel.',
    format: 'one requirement a line',
    example: 'setuptools<81',
    default: [],
    placeholder: 'REQUIREMENTS',
  }),
  'no-deploy': lines({
    ...NAMES,
    description: 'Distributions to leave out of the artifact, whoever asks for them.',
    example: 'boto3',
    default: [],
    placeholder: 'NAMES',
  }),
  'runtime-sdk': trueOrFalse({
    description:
      'Leave out boto3 and what it needs, unless another distribution needs them too: the runtime has them, in a version that AWS changes without notice.',
    example: 'true',
    default: false,
  }),
} as const

const SECRET_ID = /^[A-Za-z0-9][\w.-]*$/

function wrongSecretSources(secrets: Table) {
  return Object.entries(secrets)
    .filter(([, source]) => !/^(?:env|file):./.test(source))
    .map(([id]) => ({ entry: id, hint: 'Write env:VARIABLE, or file:PATH.' }))
}

/** Settings of the image that the docker builder works in. */
export const IMAGE_SETTINGS = {
  dockerfile: text({
    description: 'A Dockerfile that makes the image of the docker builder, instead of base-image.',
    format: 'a path',
    example: 'lambda.Dockerfile',
    placeholder: 'FILE',
  }),
  'docker-build-args': table({
    description: 'Build arguments for the dockerfile.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: /^[A-Za-z_]\w*$/,
    mistakes: () => [],
    isConfidential: true,
    example: 'PROXY=http://proxy.example.org:3128',
    default: {},
    placeholder: 'LINES',
  }),
  'docker-env': table({
    description: 'Variables for what runs in the container of the docker builder: compilers, pip, uv.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: /^[A-Za-z_]\w*$/,
    mistakes: () => [],
    isConfidential: true,
    example: 'CFLAGS=-O2',
    default: {},
    placeholder: 'LINES',
  }),
  'docker-secrets': table({
    description:
      'Files at /run/secrets/ID while the dockerfile is built and packages are installed; no image or artifact keeps them.',
    format: 'ID=env:VARIABLE or ID=file:PATH, one a line, or a JSON object',
    names: SECRET_ID,
    mistakes: wrongSecretSources,
    isConfidential: true,
    example: 'netrc=file:~/.netrc',
    default: {},
    placeholder: 'LINES',
  }),
  'docker-ssh': trueOrFalse({
    description: 'Hand the SSH agent (SSH_AUTH_SOCK) on to git and pip, for repositories that need a key.',
    example: 'true',
    default: false,
  }),
  'docker-extra-files': lines({
    description: "Files of the builder's image that go into the artifact, at lib/ where they are shared libraries.",
    format: 'an absolute path a line, with * and ? in its last part; PATH:TARGET to name where it goes',
    each: /^\/[^:]+(?::[^/:][^:]*)?$/,
    example: '/usr/lib64/libmagic.so.1*',
    default: [],
    placeholder: 'PATHS',
  }),
} as const

/** Settings of what goes into the artifact. */
export const CONTENT_SETTINGS = {
  exclude: lines({
    description: 'Files of the project to leave out of the artifact, in the syntax of .gitignore.',
    example: 'docs/',
    default: [],
    placeholder: 'PATTERNS',
  }),
  include: lines({
    description: 'Files of the project to take although .gitignore leaves them out, in its syntax.',
    example: 'static/build/',
    default: [],
    placeholder: 'PATTERNS',
  }),
  vendor: text({
    description: 'A folder of the project that is laid over the dependencies: its files stand at the root.',
    format: 'a path',
    example: 'vendor',
    placeholder: 'DIR',
  }),
  bytecode: oneOf(['all', 'dependencies', 'only', 'none'], {
    description:
      'What is compiled: all, the dependencies without the application, all without the sources (only), or nothing.',
    example: 'only',
    default: 'all',
    placeholder: 'WHAT',
  }),
  slim: trueOrFalse({
    description: 'Leave out what no function uses: tests, type stubs, headers, static libraries, caches.',
    without: 'Keep what no function uses too: tests, type stubs, headers, static libraries, caches.',
    example: 'false',
    default: true,
  }),
  'slim-patterns': lines({
    description: 'More files of dependencies to leave out, in the syntax of .gitignore.',
    example: '**/locale/*/LC_MESSAGES/*.po',
    default: [],
    placeholder: 'PATTERNS',
  }),
  strip: trueOrFalse({
    description: 'Strip symbols of shared objects, where the application still imports after it (docker builder).',
    example: 'true',
    default: false,
  }),
  'on-conflict': oneOf(['error', 'warn'], {
    description: 'When two distributions have different modules or libraries at one path: fail, or take the later one.',
    example: 'warn',
    default: 'error',
    placeholder: 'ACTION',
  }),
  'dependencies-layer': trueOrFalse({
    description: 'Put the dependencies into a layer, which is published only when they change.',
    example: 'true',
    default: false,
  }),
  handler: oneOf(['wsgi', 'none'], {
    description:
      'Whether the runtime is packaged: none packages requirements and files without the runtime, for a plain Lambda function.',
    example: 'none',
    default: 'wsgi',
    placeholder: 'KIND',
  }),
  sbom: text({
    description:
      'Where the bill of materials of the artifact is written: CycloneDX 1.6 as JSON, with the distributions, their hashes, licences and who requires them.',
    format: 'a path',
    example: 'build/sbom.cdx.json',
    placeholder: 'FILE',
  }),
  'pack-requirements': trueOrFalse({
    description:
      'Whether requirements are packaged: false packages application and runtime alone, for dependencies that come from a layer.',
    without: 'Package application and runtime alone: the dependencies come from a layer.',
    example: 'false',
    default: true,
  }),
} as const

/** Settings of the import check. */
export const CHECK_SETTINGS = {
  check: trueOrFalse({
    description:
      'Import the application from the finished artifact in the Lambda image, and send it one request (docker builder).',
    example: 'false',
    defaultText: 'true for deploy and the action, false for build',
  }),
  'check-path': text({
    description: 'The path of that request. With it, an answer of 500 or more fails.',
    format: 'a path that starts with /',
    pattern: /^\//,
    example: '/health',
    defaultText: '/, where any well-formed answer passes',
    placeholder: 'PATH',
  }),
  'check-status': wholeNumber(100, 599, 'HTTP status', {
    description: 'The status that the answer to that request must have.',
    example: '200',
    placeholder: 'STATUS',
  }),
  'check-environment': table({
    description: 'Variables for the check alone, over those of environment: stand-ins for secrets.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: /^[A-Za-z_]\w*$/,
    mistakes: () => [],
    isConfidential: true,
    example: 'DATABASE_URL=sqlite://:memory:',
    default: {},
    placeholder: 'LINES',
  }),
} as const

/** Settings of where dependencies are kept between builds. */
export const STORE_SETTINGS = {
  store: text({
    description: 'A folder that keeps installed and compressed dependencies between builds.',
    format: 'a path',
    example: '.cache/wsgi-lambda',
    defaultText: "a folder of the user's cache",
    placeholder: 'DIR',
  }),
  'store-size': wholeNumber(50, 1_000_000, 'MB', {
    description: 'How large that folder may grow; what was not used for longest goes first.',
    example: '500',
    default: 2000,
    placeholder: 'MB',
  }),
  'shared-store': text({
    description: 'A bucket that many repositories read dependencies from. Only a default branch writes to it.',
    format: 's3://BUCKET or s3://BUCKET/PREFIX',
    pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/[^\s]*)?$/,
    example: 's3://example-builds/wsgi-lambda',
    placeholder: 'ADDRESS',
  }),
  'shared-store-write': oneOf(['auto', 'true', 'false'], {
    description:
      'Whether this build adds to the shared store: auto does on a push to the default branch of a repository on GitHub.',
    example: 'false',
    default: 'auto',
    placeholder: 'WHETHER',
  }),
  cache: trueOrFalse({
    description: "The action keeps the store in GitHub's cache between runs.",
    without: "Leave GitHub's cache alone.",
    example: 'false',
    default: true,
  }),
  'cache-private': trueOrFalse({
    description:
      "Keep distributions of private indexes in GitHub's cache too, which everyone who can open a pull request can read.",
    example: 'true',
    default: false,
  }),
} as const

/** Settings of how the artifact reaches Lambda. */
export const UPLOAD_SETTINGS = {
  'upload-bucket': text({
    description:
      'An S3 bucket (and prefix) for artifacts that are too large for a direct upload: one that is there, or auto, which makes wsgi-lambda-ACCOUNT-REGION where it is missing.',
    format: 'auto, auto/PREFIX, s3://BUCKET or s3://BUCKET/PREFIX',
    pattern: /^(?:auto|s3:\/\/[a-z0-9][a-z0-9.-]+)(?:\/[^\s]*)?$/,
    example: 'auto',
    placeholder: 'ADDRESS',
  }),
  'upload-kms-key': text({
    description: 'The KMS key that artifacts in upload-bucket are encrypted with.',
    format: 'the ARN, the id or alias/NAME of a key',
    pattern: /^(?:arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+|alias\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})$/,
    example: 'arn:aws:kms:eu-west-1:123456789012:key/11112222-3333-4444-5555-666677778888',
    defaultText: "the bucket's own encryption",
    placeholder: 'KEY',
  }),
  'upload-bucket-owner': text({
    description: 'The account that upload-bucket must belong to: nothing is sent to a bucket of another one.',
    format: '12 digits',
    pattern: /^\d{12}$/,
    example: '123456789012',
    placeholder: 'ID',
  }),
} as const
