import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Builder } from '../builder/builder.ts'
import { pipTargetOptions } from '../platform/tags.ts'
import { resolutionFailure } from '../requirements/failure.ts'
import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'
import { indexLines, requirementLine } from './build-source.ts'
import { runPip } from './pip.ts'

/** A wheel file on this machine. */
export interface WheelPath {
  readonly filename: string
  readonly path: string
}

export interface Downloaded {
  /** By the pin's name. */
  readonly wheels: ReadonlyMap<string, WheelPath>
  /** Pins of which no wheel is published for the target. */
  readonly wheelless: readonly Pin[]
}

let downloads = 0

/**
 * Brings the wheel of each pin that is best for the target, by pip, whose settings and credentials users have already; pip
 * checks the hashes. @throws UserError when the index cannot be reached or refuses, or a hash is wrong
 */
export async function downloadWheels(
  pins: readonly Pin[],
  { builder, pipOptions, temporary }: { builder: Builder; pipOptions: readonly string[]; temporary: string },
): Promise<Downloaded> {
  const wheelless: Pin[] = []
  const wheels = new Map<string, WheelPath>()
  // pip's checking of hashes is all or nothing (`--require-hashes`).
  const hashed = pins.filter(({ hashes }) => hashes.length > 0)
  const unhashed = pins.filter(({ hashes }) => hashes.length === 0)
  for (const part of [hashed, unhashed]) {
    let wanted = part
    while (wanted.length > 0) {
      const folder = `download-${++downloads}`
      const { exitCode, stderr } = await download(wanted, folder, builder, pipOptions)
      if (exitCode === 0) {
        const taken = await builder.take(`${folder}/wheels`, join(temporary, folder))
        for (const filename of await readdir(taken))
          wheels.set(normalise(filename.split('-', 1)[0] ?? ''), { filename, path: join(taken, filename) })
        break
      }
      const missing = wanted.find((pin) => saysNoWheel(stderr, pin))
      if (!missing) throw resolutionFailure(stderr, builder, [])
      wheelless.push(missing)
      wanted = wanted.filter((pin) => pin !== missing)
    }
  }
  return { wheels, wheelless }
}

async function download(pins: readonly Pin[], folder: string, builder: Builder, pipOptions: readonly string[]) {
  const staging = await mkdtemp(join(tmpdir(), 'wsgi-lambda-download-'))
  try {
    // In a file, and not as arguments: pip fills in variables there, and no list of processes shows a password.
    const lines = [...indexLines(await withReachableFolders(pipOptions, folder, builder)), ...pins.map(requirementLine)]
    await writeFile(join(staging, 'requirements.txt'), `${lines.join('\n')}\n`)
    await builder.put(staging, folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  const isHashed = pins.some(({ hashes }) => hashes.length > 0)
  const options = [
    ...['download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--progress-bar', 'off'],
    ...['--dest', `${folder}/wheels`, '--requirement', `${folder}/requirements.txt`],
    ...(isHashed ? ['--require-hashes'] : []),
    ...pipTargetOptions(builder.target, builder.pythonVersion),
    ...(pipOptions.includes('--prefer-binary') ? ['--prefer-binary'] : []),
  ]
  return await runPip(options, builder)
}

/** Folders of this machine, which a container gets a copy of. */
async function withReachableFolders(
  pipOptions: readonly string[],
  folder: string,
  builder: Builder,
): Promise<readonly string[]> {
  if (builder.kind === 'host') return pipOptions
  return await Promise.all(
    pipOptions.map(async (option, index) => {
      if (pipOptions[index - 1] !== '--find-links' || !isAbsolute(option)) return option
      await builder.put(option, `${folder}/links-${index}`)
      return `${builder.workspace}/${folder}/links-${index}`
    }),
  )
}

/** pip's words when an index has the distribution, but no file of it that fits the target. */
function saysNoWheel(stderr: string, { name, version }: Pin): boolean {
  const found = /No matching distribution found for ([\w.-]+)(?:==(\S+))?/.exec(stderr)
  if (!found || normalise(found[1] ?? '') !== name) return false
  return version === undefined || found[2] === undefined || found[2] === version
}

/** Whether the options of pip ask for this distribution to be built from its source. */
export function isToBeBuilt(name: string, pipOptions: readonly string[]): boolean {
  return pipOptions.some((option, index) => {
    const value = option.startsWith('--no-binary=')
      ? option.slice('--no-binary='.length)
      : pipOptions[index - 1] === '--no-binary'
        ? option
        : ''
    return value.split(',').some((entry) => entry === ':all:' || (entry !== '' && normalise(entry) === name))
  })
}
