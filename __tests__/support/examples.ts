import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runAct } from '../../scripts/environment/act.ts'
import { REPOSITORY, type World } from './world.ts'

const run = promisify(execFile)

/** Stand for the actions of others: each says what it was asked for, and does as much of it as a test can see. */
const STANDING_IN: Readonly<Record<string, string>> = {
  'aws-actions/configure-aws-credentials': `name: Sign in
inputs:
  role-to-assume: { required: true }
  aws-region: { required: true }
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        [ -n "$ROLE" ] && [ -n "$REGION" ]
        echo "signed in as $ROLE in $REGION"
        echo "AWS_REGION=$REGION" >>"$GITHUB_ENV"
      env:
        ROLE: \${{ inputs.role-to-assume }}
        REGION: \${{ inputs.aws-region }}
`,
  'actions/attest-build-provenance': attesting('provenance'),
  'actions/attest-sbom': attesting('sbom'),
}

/** As those of GitHub do, it takes files that are there. */
function attesting(what: string): string {
  return `name: Attest
inputs:
  subject-path: { required: true }
  sbom-path: {}
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        [ -s "$SUBJECT" ] && { [ -z "$SBOM" ] || [ -s "$SBOM" ]; }
        echo "attested (${what}) $(sha256sum <"$SUBJECT" | cut -d ' ' -f 1)"
      env:
        SUBJECT: \${{ inputs.subject-path }}
        SBOM: \${{ inputs.sbom-path }}
`
}

export interface ExampleEvent {
  readonly name: string
  readonly payload?: object
}

/** A repository with one of `examples/workflows/` in it. */
export interface ExampleRepository {
  readonly folder: string
  /** Runs the workflow as it is shown, by act. */
  readonly start: (
    event: ExampleEvent,
    env?: Readonly<Record<string, string>>,
    secrets?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly exitCode: number; readonly output: string }>
}

/** Makes repositories that use the bundles of this one. */
export async function exampleRepositories(
  world: World,
): Promise<(example: string, files: Readonly<Record<string, string>>) => Promise<ExampleRepository>> {
  const ours = join(world.folder, 'action')
  for (const path of ['action.yml', 'dist', 'docker', 'runtime'])
    await cp(join(REPOSITORY, path), join(ours, path), { recursive: true })
  const others = join(world.folder, 'others')
  for (const [name, text] of Object.entries(STANDING_IN)) {
    await mkdir(join(others, name), { recursive: true })
    await writeFile(join(others, name, 'action.yml'), text)
  }

  return async (example, files) => {
    const text = await readFile(join(REPOSITORY, 'examples/workflows', example), 'utf8')
    const used = [...text.matchAll(/([\w-]+\/[\w-]+)@[0-9a-f]{40}/g)].filter(([, name = '']) => name in STANDING_IN)
    const folder = await mkdtemp(join(world.folder, `${example}-`))
    const workflow = `.github/workflows/${example}`
    await mkdir(join(folder, '.github/workflows'), { recursive: true })
    await writeFile(join(folder, workflow), text)
    for (const [to, from] of Object.entries(files))
      await cp(join(REPOSITORY, from), join(folder, to), { recursive: true })
    const git = (...args: readonly string[]) =>
      run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], {
        cwd: folder,
      })
    await git('init', '--quiet', '--initial-branch', 'main')
    await git('remote', 'add', 'origin', 'https://github.com/owner/name.git')
    await git('add', '--all')
    await git('commit', '--quiet', '--message', 'A project with a workflow')
    return {
      folder,
      start: (event, env = {}, secrets = {}) =>
        runAct({
          ...{ workflow, event, secrets, workspace: folder },
          env: { ...world.env, ...settingsOf(world.inputs), ...env },
          repositories: {
            ...Object.fromEntries(used.map(([reference, name = '']) => [reference, join(others, name)])),
            'OWNER/wsgi-lambda@v1': ours,
          },
        }),
    }
  }
}

/** Settings as variables. */
export function settingsOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`WSGI_LAMBDA_${name.toUpperCase().replaceAll('-', '_')}`, value]),
  )
}
