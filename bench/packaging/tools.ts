import type { Project } from './projects.ts'

/** What is installed by pip into a virtual environment, or by npm into a folder; each pinned. */
export type Installation =
  | { readonly by: 'pip'; readonly packages: readonly string[] }
  | { readonly by: 'npm'; readonly packages: readonly string[] }

/**
 * One way to make a zip. Its scripts run by `sh -eu` in a folder of its own that holds the project as `site`, with these
 * variables:
 *
 * - `TOOL` its installation, `PROGRAMS` this folder, `NODE`, `CLI` our command line
 * - `RUNTIME` (python3.11), `MINOR` (3.11), `TAG` (cp311); a Python of that minor is on PATH as `$RUNTIME`, and so is uv
 * - `UV_PLATFORM`, `PIP_PLATFORMS`: what the two recipes need to get wheels that load on the runtime
 * - `SCENARIO`: what has changed since the build before
 */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly installation?: Installation
  /** Where in `site` the project's files lie. */
  readonly place?: string
  readonly files?: (project: Project, runtime: string) => Readonly<Record<string, string>>
  /** Before a cold build, and not timed. */
  readonly prepare?: string
  /** Leaves `result.zip`. */
  readonly build: string
  /** Ours, in another form: a column of its own, compared with nothing. */
  readonly isVariant?: boolean
}

export const OURS = 'ours'

const UV = { by: 'pip', packages: ['uv==0.13.9'] } as const
const SAM = { by: 'pip', packages: ['aws-sam-cli==1.170.0', 'aws-lambda-builders==1.67.0'] } as const

/** Recipes end with this: sorted, without extra fields. */
const ZIP = `cp -R site/. package
rm -f result.zip
cd package
find . -type f | LC_ALL=C sort | zip -qX ../result.zip -@`

const samTemplate = (runtime: string, metadata: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Site:
    Type: AWS::Serverless::Function
${metadata}    Properties:
      Runtime: ${runtime}
      Handler: handler.handler
      CodeUri: site
`

const samCommandLine = (options: string): string => `
"$TOOL/bin/sam" build --template template.yaml --cached ${options}
"$TOOL/bin/python" "$PROGRAMS/sam_zip.py" .aws-sam/build/Site result.zip`

const ours = (options: string): string =>
  `"$NODE" "$CLI" build --project site --runtime "$RUNTIME" --output result.zip --quiet ${options}`

/** Cold is without a store; the builder's image belongs to the engine and exists. */
const withImage = (build: string): string => `${build}
rm -rf caches temporary result.zip
mkdir caches temporary`

export const UV_INSTALLATION = UV

export const TOOLS: readonly Tool[] = [
  { name: OURS, title: 'wsgi-lambda', build: ours('--builder host') },
  {
    name: 'uv',
    title: 'uv recipe',
    installation: UV,
    build: `rm -rf package
uv pip install --quiet --no-installer-metadata --no-compile-bytecode --only-binary :all: --python-platform "$UV_PLATFORM" \\
  --python-version "$MINOR" --target package -r site/requirements.txt
${ZIP}`,
  },
  {
    name: 'pip',
    title: 'pip recipe',
    installation: { by: 'pip', packages: ['pip==26.3'] },
    build: `rm -rf package
"$TOOL/bin/python" -m pip install --quiet $PIP_PLATFORMS --python-version "$MINOR" --implementation cp --abi "$TAG" \\
  --only-binary=:all: --target package -r site/requirements.txt
${ZIP}`,
  },
  {
    name: 'sam-builder',
    title: 'lambda-builders, pip',
    installation: SAM,
    build: `"$TOOL/bin/python" "$PROGRAMS/sam_builder.py" site artifacts scratch "$RUNTIME"
"$TOOL/bin/python" "$PROGRAMS/sam_zip.py" artifacts result.zip`,
  },
  {
    name: 'sam',
    title: 'SAM CLI, pip',
    installation: SAM,
    files: (_, runtime) => ({ 'template.yaml': samTemplate(runtime, '') }),
    build: samCommandLine(''),
  },
  {
    name: 'sam-uv',
    title: 'SAM CLI, uv',
    installation: SAM,
    files: (_, runtime) => ({
      'template.yaml': samTemplate(runtime, '    Metadata:\n      BuildMethod: python-uv\n'),
    }),
    build: samCommandLine('--beta-features'),
  },
  {
    name: 'chalice',
    title: 'Chalice, packager',
    installation: { by: 'pip', packages: ['chalice==1.34.0'] },
    place: 'vendor',
    files: () => ({
      // Without a route it packages nothing.
      'site/app.py':
        'from chalice import Chalice\n\napp = Chalice(app_name="site")\n\n\n@app.route("/")\ndef index():\n    return {}\n',
      'site/.chalice/config.json': '{"version": "2.0", "app_name": "site", "stages": {"dev": {}}}\n',
    }),
    prepare: 'mv site/vendor/requirements.txt site/requirements.txt',
    build: `cd site
"$TOOL/bin/chalice" package ../package
cp ../package/deployment.zip ../result.zip`,
  },
  {
    name: 'pex',
    title: 'Pex, flat zip',
    installation: { by: 'pip', packages: ['pex==2.105.2'] },
    build: `rm -rf package package.zip
"$TOOL/bin/pex" -r site/requirements.txt -D site --platform "$PEX_PLATFORM" -o site.pex
"$TOOL/bin/pex3" venv create --dest-dir package --layout flat-zipped --pex-repository site.pex --platform "$PEX_PLATFORM"
mv package.zip result.zip`,
  },
  {
    name: 'zappa',
    title: 'Zappa',
    installation: { by: 'pip', packages: ['zappa==0.63.0'] },
    files: (project, runtime) => ({ 'site/zappa_settings.json': zappaSettings(project, runtime) }),
    // It packages the virtual environment that it runs in: each build has its own.
    prepare: 'cp -R "$TOOL" environment',
    build: `case "$SCENARIO" in
  cold|requirement) environment/bin/python -m pip install --quiet -r site/requirements.txt ;;
esac
cd site
VIRTUAL_ENV="$PWD/../environment" ../environment/bin/python -m zappa.cli package dev --output result.zip
mv result.zip ../result.zip`,
  },
  {
    name: 'serverless',
    title: 'Serverless 3',
    installation: {
      by: 'npm',
      packages: ['serverless@3.40.0', 'serverless-python-requirements@6.1.2', 'serverless-wsgi@3.1.0'],
    },
    files: (project, runtime) => ({ 'site/serverless.yml': serverlessYaml(project, runtime) }),
    build: `cd site
"$NODE" "$TOOL/node_modules/serverless/bin/serverless.js" package
cp .serverless/site.zip ../result.zip`,
  },
  {
    name: 'ours-docker',
    title: 'wsgi-lambda, docker',
    prepare: withImage(ours('--builder docker')),
    build: ours('--builder docker'),
    isVariant: true,
  },
  {
    name: 'ours-check',
    title: 'wsgi-lambda, docker, check',
    prepare: withImage(ours('--builder docker --check')),
    build: ours('--builder docker --check'),
    isVariant: true,
  },
]

function zappaSettings({ name, application }: Project, runtime: string): string {
  const settings = {
    ...(name === 'django' ? { django_settings: 'config.settings' } : { app_function: application.replace(':', '.') }),
    aws_region: 'us-east-1',
    project_name: 'shop',
    runtime,
    s3_bucket: 'none',
    exclude: ['boto3', 'dateutil', 'botocore', 's3transfer', 'concurrent'],
  }
  return JSON.stringify({ dev: settings }, undefined, 2)
}

function serverlessYaml({ application }: Project, runtime: string): string {
  return `service: site
frameworkVersion: '3'
provider:
  name: aws
  runtime: ${runtime}
plugins:
  - serverless-python-requirements
  - serverless-wsgi
custom:
  wsgi:
    app: ${application.replace(':', '.')}
    packRequirements: false
  pythonRequirements:
    cacheLocation: ../caches/serverless
functions:
  api:
    handler: wsgi_handler.handler
    events:
      - httpApi: '*'
`
}
