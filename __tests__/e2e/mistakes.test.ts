import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import { notTried } from '../support/optional.ts'
import { type Ended, machineVariables, REPOSITORY, runNode } from '../support/world.ts'

const run = promisify(execFile)
const CLI = join(REPOSITORY, 'dist/cli.cjs')
const ROLE = 'arn:aws:iam::000000000000:role/wsgi-lambda-test'
const fixture = (name: string): string => join(REPOSITORY, '__tests__/fixtures', name)

let folder: string
let python: Python

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-mistakes-')))
  const [found] = await findPythons()
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = found
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A project of these files, in a folder of its own. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await mkdtemp(join(folder, 'project-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return path
}

const WSGI = 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"ok"]\n'

async function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return await runNode([CLI, ...args], { env: { ...machineVariables(), TMPDIR: folder, ...env }, cwd: folder })
}

async function build(path: string, ...args: readonly string[]): Promise<Ended> {
  const host = ['--builder', 'host', '--runtime', `python${python.minor}`, '--python-bin', python.path]
  return await cli(['build', '--project', path, '--output', join(folder, 'out.zip'), ...host, ...args])
}

afterEach(async () => {
  // Whatever went wrong, nothing half-written stays: no temporary folder, no part of a zip.
  expect(
    (await readdir(folder)).filter((name) => /^wsgi-lambda-(?:build|artifact|manifest)|\.part$/.test(name)),
  ).toEqual([])
})

describe('mistakes in a project', () => {
  test('no manifest and no application are told together', async () => {
    const { exitCode, stderr } = await cli(['build', '--project', await project({}), '--runtime', 'python2.7'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--runtime is not valid')
    expect(stderr).toContain('Given: "python2.7"')
    expect(stderr).toContain('Allowed: python3.10, python3.11, python3.12, python3.13, python3.14. Example: python3.13')
    expect(stderr).toContain(
      'No manifest was found: there is no lock, no requirements.txt, and no dependencies in pyproject.toml',
    )
    expect(stderr).toContain('No WSGI application was found in')
  })

  test('a requirement that does not exist is named, with its line', async () => {
    const path = await project({ 'wsgi.py': WSGI, 'requirements.txt': '# first\nno-such-distribution-of-ours==1.0\n' })
    const { exitCode, stderr } = await build(path)
    expect(stderr).toContain('no-such-distribution-of-ours does not exist in the package index')
    expect(exitCode).toBe(1)
  }, 60_000)

  test('one that has no wheel is named, with what to do about it', async () => {
    const path = await project({ 'wsgi.py': WSGI, 'requirements.txt': 'psycopg2==2.9.10\n' })
    const { exitCode, stderr } = await build(path)
    expect(stderr).toContain(`psycopg2 has no wheel for python${python.minor} on x86_64`)
    expect(stderr).toContain('Use builder: docker')
    expect(exitCode).toBe(1)
  }, 60_000)

  test('a text that is no name of an application', async () => {
    const { exitCode, stderr } = await build(fixture('bare-wsgi'), '--app', 'wsgi application')
    expect(stderr).toContain('Allowed: module:attribute, module:factory() or dir/module.attribute')
    expect(exitCode).toBe(2)
  })

  test('an interpreter of another minor', async () => {
    const other = python.minor === '3.14' ? 'python3.10' : 'python3.14'
    const { exitCode, stderr } = await cli([
      'build',
      '--project',
      fixture('bare-wsgi'),
      '--builder',
      'host',
      '--runtime',
      other,
      '--python-bin',
      python.path,
    ])
    expect(stderr).toContain(`The host builder needs Python ${other.slice(6)} for ${other}`)
    expect(stderr).toContain(`is Python ${python.version}`)
    expect(exitCode).toBe(1)
  })

  test('a link out of the project', async () => {
    const path = await project({ 'wsgi.py': WSGI, 'requirements.txt': '' })
    await run('ln', ['-s', '/etc/hostname', join(path, 'outside.txt')])
    const { exitCode, stderr } = await build(path)
    expect(stderr).toContain('outside.txt is a link that leads out of the project')
    expect(exitCode).toBe(1)
  }, 60_000)
})

describe('mistakes around AWS', () => {
  const deploy = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> =>
    cli(
      [
        'deploy',
        '--project',
        fixture('bare-wsgi'),
        '--function-name',
        'f',
        '--builder',
        'host',
        '--runtime',
        `python${python.minor}`,
        '--python-bin',
        python.path,
        '--output',
        join(folder, 'out.zip'),
        ...args,
      ],
      env,
    )

  test('no credentials', async () => {
    const { exitCode, stderr } = await deploy({ AWS_REGION: 'eu-west-1' }, '--role', ROLE)
    expect(stderr).toContain('There are no AWS credentials')
    expect(stderr).toContain('aws-actions/configure-aws-credentials')
    expect(exitCode).toBe(1)
  }, 60_000)

  test('no region', async () => {
    const { exitCode, stderr } = await deploy({ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }, '--role', ROLE)
    expect(stderr).toContain('There is no AWS region')
    expect(exitCode).toBe(1)
  }, 60_000)

  test('an endpoint that nobody listens at', async () => {
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    }
    const { exitCode, stderr } = await deploy(env, '--role', ROLE)
    expect(stderr).toContain('AWS could not be reached (ECONNREFUSED)')
    expect(exitCode).toBe(1)
  }, 60_000)

  test('a role that is no ARN', async () => {
    const { exitCode, stderr } = await deploy({}, '--role', 'my-role')
    expect(stderr).toContain('--role is not valid')
    expect(stderr).toContain('Allowed: the ARN of an IAM role. Example: arn:aws:iam::123456789012:role/shop-execution')
    expect(exitCode).toBe(2)
  })
})

describe('mistakes around this machine', () => {
  test('an engine that does not answer', async () => {
    const { exitCode, stderr } = await cli(['build', '--project', fixture('bare-wsgi'), '--builder', 'docker'], {
      DOCKER_HOST: `unix://${folder}/no.sock`,
    })
    expect(stderr).toContain('no.sock')
    expect(stderr).toContain('builder: host')
    expect(exitCode).toBe(1)
  })

  test('auto says which builder it takes', async () => {
    const host = [
      '--runtime',
      `python${python.minor}`,
      '--python-bin',
      python.path,
      '--output',
      join(folder, 'out.zip'),
    ]
    const { exitCode, stdout } = await cli(['build', '--project', fixture('bare-wsgi'), ...host], {
      DOCKER_HOST: `unix://${folder}/no.sock`,
    })
    expect(stdout).toContain('no container engine answers, so the host builder is used')
    expect(exitCode).toBe(0)
  }, 60_000)

  test('a disk that is full', async () => {
    const small = join(folder, 'small')
    await mkdir(small)
    const isMounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small]).then(
      () => true,
      () => false,
    )
    if (!isMounted) {
      notTried('a disk that is full: only root may mount a small one')
      return
    }
    try {
      const { exitCode, stderr } = await build(fixture('bare-wsgi'), '--output', join(small, 'out.zip'))
      expect(stderr).toContain('The disk is full')
      expect(stderr).toContain('choose another place with output')
      expect(exitCode).toBe(1)
      expect(await readdir(small)).toEqual([])
    } finally {
      await run('umount', [small])
    }
  }, 60_000)

  test('an output below a file', async () => {
    const { exitCode, stderr } = await build(
      fixture('bare-wsgi'),
      '--output',
      join(fixture('bare-wsgi'), 'wsgi.py', 'out.zip'),
    )
    expect(stderr).toContain('A part of the path is a file, not a folder')
    expect(exitCode).toBe(1)
  }, 60_000)
})

describe('the same input', () => {
  test('gives the same bytes from two folders', async () => {
    const copies = [join(folder, 'copy-one'), join(folder, 'elsewhere', 'copy-two')]
    for (const copy of copies) await cp(fixture('api'), copy, { recursive: true })
    const results = []
    for (const [index, copy] of copies.entries()) {
      const store = join(folder, `store-${index}`)
      const { stdout } = await build(copy, '--store', store, '--json')
      results.push(JSON.parse(stdout) as { artifact: { sha256: string }; slices: object })
    }
    expect(results[0]?.artifact.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(results[1]?.artifact.sha256).toBe(results[0]?.artifact.sha256)
    expect(results[1]?.slices).toMatchObject({ reused: 0 })
  }, 120_000)
})
