/**
 * Lambda's Python images for the end-to-end tests: the real ones where the machine has them, else stand-ins that are
 * made of Debian packages (`images/make-tree.sh`) and kept by the engine under the real names.
 *
 *     node scripts/node24.mjs scripts/environment/images.ts [3.11 3.13]
 *
 * A stand-in has the layout, entrypoint, runtime interface client and emulator of the real image, and a newer C library.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import Docker from 'dockerode'

export interface LambdaImage {
  readonly tag: string
  readonly pythonMinor: string
  /** As in `3.13.5`. */
  readonly pythonVersion: string
  readonly glibc: string
  readonly isStandIn: boolean
}

/** The Debian suites whose Python is of that minor. */
const SUITES: Readonly<Record<string, string>> = { '3.11': 'bookworm', '3.13': 'trixie' }
export const STAND_IN_MINORS: readonly string[] = Object.keys(SUITES)

const RUNTIME_CLIENT = 'awslambdaric==4.2.2'
/** Its wheel carries the runtime interface emulator. */
const EMULATOR = 'aws-sam-cli==1.170.0'
const LABEL = 'wsgi-lambda.stand-in'

const HERE = fileURLToPath(new URL('images/', import.meta.url))
const CACHE = fileURLToPath(new URL('../../.cache/environment/', import.meta.url))

export async function ensureLambdaImages(
  minors: readonly string[] = STAND_IN_MINORS,
  onLine: (line: string) => void = () => undefined,
): Promise<LambdaImage[]> {
  const docker = new Docker()
  const recipe = await recipeHash()
  const tags = minors.map((minor) => ({ minor, tag: `public.ecr.aws/lambda/python:${minor}` }))
  const states = await Promise.all(tags.map(({ tag }) => stateOf(docker, tag, recipe)))
  const makings = tags
    .filter((_, index) => states[index] === 'missing')
    .map(({ minor, tag }) =>
      makeStandIn(docker, tag, minor, recipe, (line) => {
        onLine(`${tag}: ${line}`)
      }),
    )
  // All to their end, so that a failure leaves nothing at work behind it.
  for (const made of await Promise.allSettled(makings)) if (made.status === 'rejected') throw made.reason
  return Promise.all(tags.map(({ minor, tag }, index) => describe(docker, tag, minor, states[index] !== 'real')))
}

/** `missing` also where the stand-in there was made by another recipe. */
async function stateOf(docker: Docker, tag: string, recipe: string): Promise<'real' | 'stand-in' | 'missing'> {
  try {
    const { Config } = await docker.getImage(tag).inspect()
    const label = (Config.Labels as Readonly<Record<string, string>> | null)?.[LABEL]
    if (label === undefined) return 'real'
    return label === recipe ? 'stand-in' : 'missing'
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return 'missing'
    throw error
  }
}

async function recipeHash(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([SUITES, RUNTIME_CLIENT, EMULATOR, changes('', '')]))
  for (const name of (await readdir(HERE)).sort()) {
    hash.update(`${name}\0`).update(await readFile(join(HERE, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function makeStandIn(
  docker: Docker,
  tag: string,
  minor: string,
  recipe: string,
  onLine: (line: string) => void,
): Promise<void> {
  const suite = SUITES[minor]
  if (suite === undefined) throw new Error(`No Debian suite has Python ${minor}: only ${STAND_IN_MINORS.join(', ')}`)
  await mkdir(CACHE, { recursive: true })
  const tree = await mkdtemp(join(CACHE, `tree-${minor}-`))
  try {
    const mirror = await debianMirror()
    await downloadWheels(minor, `${tree}.wheels`, onLine)
    await run('sh', [join(HERE, 'make-tree.sh'), suite, minor, tree, mirror, join(CACHE, `debs-${suite}`)], onLine)
    await run('cp', ['-R', `${tree}.wheels/runtime/.`, join(tree, 'var/runtime')], onLine)
    await copyFile(`${tree}.wheels/aws-lambda-rie`, join(tree, 'usr/local/bin/aws-lambda-rie'))
    onLine('into the engine')
    await importTree(docker, tree, tag, changes(minor, recipe))
    onLine('done')
  } finally {
    await rm(tree, { recursive: true, force: true })
    await rm(`${tree}.wheels`, { recursive: true, force: true })
  }
}

/** The mirror that this machine's apt uses for Debian, else the public one. */
async function debianMirror(): Promise<string> {
  const format = '$(ORIGIN) $(CREATED_BY) $(COMPONENT) $(SITE)'
  const lines: string[] = []
  await run('apt-get', ['indextargets', '--format', format], (line) => lines.push(line)).catch(() => undefined)
  const line = lines.find((text) => text.startsWith('Debian Packages main '))
  return line?.split(' ')[3] ?? 'http://deb.debian.org/debian'
}

/** By this machine's pip, so that its index, proxy and authorities hold. */
async function downloadWheels(minor: string, folder: string, onLine: (line: string) => void): Promise<void> {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet']
  const forTarget = ['--only-binary', ':all:', '--python-version', minor, '--platform', `manylinux2014_${machine}`]
  await run(
    'python3',
    [...pip, 'install', ...forTarget, '--no-compile', '--target', `${folder}/runtime`, RUNTIME_CLIENT],
    // pip compares a --target with what else this machine has installed, and complains.
    (line) => {
      if (!/conflict|resolver|requires/.test(line)) onLine(line)
    },
  )
  await run('python3', [...pip, 'download', '--no-deps', '--only-binary', ':all:', '-d', folder, EMULATOR], onLine)
  const unzip = [
    'import glob, os, sys, zipfile',
    'folder, member = sys.argv[1:]',
    'wheel = zipfile.ZipFile(glob.glob(folder + "/aws_sam_cli-*.whl")[0])',
    'path = folder + "/aws-lambda-rie"',
    'open(path, "wb").write(wheel.read(member))',
    'os.chmod(path, 0o755)',
  ]
  const member = `samcli/local/rapid/aws-lambda-rie-${machine === 'aarch64' ? 'arm64' : 'x86_64'}`
  await run('python3', ['-c', unzip.join('\n'), folder, member], onLine)
}

/** What AWS's image says of itself, in Dockerfile instructions. */
function changes(minor: string, recipe: string): string[] {
  const libraries = '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib'
  return [
    'ENV LANG=en_US.UTF-8 TZ=:/etc/localtime PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    `ENV LD_LIBRARY_PATH=${libraries} LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime`,
    'WORKDIR /var/task',
    'ENTRYPOINT ["/lambda-entrypoint.sh"]',
    `LABEL ${LABEL}=${recipe} ${LABEL}.python=${minor}`,
  ]
}

async function importTree(docker: Docker, tree: string, tag: string, config: readonly string[]): Promise<void> {
  const tar = spawn('tar', ['-C', tree, '--numeric-owner', '--exclude=./dev/*', '--exclude=./proc/*', '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const body = new PassThrough()
  tar.stdout.pipe(body)
  const [repo, version] = tag.split(':')
  const options = { fromSrc: '-', repo, tag: version, changes: config }
  const answer = await docker.importImage(body, options)
  for await (const chunk of answer) {
    const text = String(chunk)
    if (text.includes('"error"')) throw new Error(`The engine did not take ${tag}: ${text}`)
  }
}

/** Asks the image itself, so that a real one is described truly. */
async function describe(docker: Docker, tag: string, pythonMinor: string, isStandIn: boolean): Promise<LambdaImage> {
  const ask = 'import os, sys; print("%d.%d.%d" % sys.version_info[:3], os.confstr("CS_GNU_LIBC_VERSION").split()[1])'
  const container = await docker.createContainer({
    Image: tag,
    Entrypoint: [`/var/lang/bin/python${pythonMinor}`, '-c', ask],
    Cmd: [],
    Labels: { 'wsgi-lambda': '1' },
  })
  try {
    await container.start()
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    const said = (await container.logs({ stdout: true, stderr: true })).toString('latin1')
    const [, pythonVersion, glibc] = /(\d+\.\d+\.\d+) (\d+\.\d+)/.exec(said) ?? []
    if (StatusCode !== 0 || pythonVersion === undefined || glibc === undefined)
      throw new Error(`${tag} does not run: exit code ${StatusCode}, ${said}`)
    return { tag, pythonMinor, pythonVersion, glibc, isStandIn }
  } finally {
    await container.remove({ force: true })
  }
}

async function run(program: string, args: readonly string[], onLine: (line: string) => void): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line)
      if (last.length > 20) last.shift()
      onLine(line)
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  if (code !== 0) throw new Error(`${program} ended with ${code ?? 'a signal'}:\n${last.join('\n')}`)
}

if (import.meta.main) {
  const minors = process.argv.slice(2)
  const started = Date.now()
  const images = await ensureLambdaImages(minors.length > 0 ? minors : undefined, (line) => {
    if (!/: I: /.test(line)) console.log(line) // debootstrap says each package
  })
  console.table(images)
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`)
}
