import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Builder } from '../builder/builder.ts'
import { pipTargetOptions } from '../platform/tags.ts'
import { resolutionFailure } from '../requirements/failure.ts'
import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'
import type { Located } from './locate.ts'
import { runPip } from './pip.ts'
import { indexLines, requirementLine } from './requirement-lines.ts'

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

interface Surroundings {
  readonly builder: Builder
  readonly pipOptions: readonly string[]
  readonly temporary: string
  /** Where wheels are, as far as that is known: then pip need not look for them. */
  readonly located: ReadonlyMap<Pin, Located>
}

/**
 * Brings the wheel of each pin that is best for the target, by pip, whose settings and credentials users have already; pip
 * checks the hashes. @throws UserError when the index cannot be reached or refuses, or a hash is wrong
 */
export async function downloadWheels(pins: readonly Pin[], surroundings: Surroundings): Promise<Downloaded> {
  const { located } = surroundings
  const wheels = new Map<string, WheelPath>()
  const known = pins.filter((pin) => located.has(pin))
  const { exitCode, taken } = await download(known, surroundings)
  // An index may give its pages and files to different users: what fails is tried from the page on.
  const unknown = exitCode === 0 ? pins.filter((pin) => !located.has(pin)) : pins
  for (const wheel of taken) wheels.set(wheel.name, wheel)
  const wheelless: Pin[] = []
  const search = { ...surroundings, located: new Map<Pin, Located>() }
  // pip's checking of hashes is all or nothing (`--require-hashes`).
  const hashed = unknown.filter(({ hashes }) => hashes.length > 0)
  // Without a hash, nothing but the index tells who made it: each is asked for what may come from it alone.
  const unhashed = unknown.filter(({ hashes }) => hashes.length === 0)
  const indexes = [...new Set(unhashed.map(onlyIndex))]
  for (const part of [hashed, ...indexes.map((index) => unhashed.filter((pin) => onlyIndex(pin) === index))]) {
    let wanted = part
    while (wanted.length > 0) {
      const { exitCode, stderr, taken } = await download(wanted, search)
      for (const wheel of taken) wheels.set(wheel.name, wheel)
      if (exitCode === 0) break
      const missing = wanted.find((pin) => saysNoWheel(stderr, pin))
      if (!missing) throw resolutionFailure(stderr, surroundings.builder, [])
      wheelless.push(missing)
      wanted = wanted.filter((pin) => pin !== missing)
    }
  }
  return { wheels, wheelless }
}

function onlyIndex({ source }: Pin): string | undefined {
  return source.kind === 'index' ? source.index : undefined
}

interface Attempt {
  readonly exitCode: number
  readonly stderr: string
  readonly taken: readonly (WheelPath & { readonly name: string })[]
}

async function download(
  pins: readonly Pin[],
  { builder, pipOptions, temporary, located }: Surroundings,
): Promise<Attempt> {
  if (pins.length === 0) return { exitCode: 0, stderr: '', taken: [] }
  const folder = `download-${++downloads}`
  const staging = join(temporary, folder)
  await mkdir(staging)
  const isHashed = pins.some((pin) => pin.hashes.length > 0 || located.has(pin))
  // In a file, and not as arguments: pip fills in variables there, and no list of processes shows a password.
  const lines = [
    ...indexLines(await withReachableFolders(pipOptions, folder, builder), isHashed ? undefined : pins[0]?.source),
    ...pins.map((pin) => requirementLine(atItsPlace(pin, located.get(pin)))),
  ]
  await writeFile(join(staging, 'requirements.txt'), `${lines.join('\n')}\n`)
  await builder.put(staging, folder)
  const options = [
    ...['download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--progress-bar', 'off'],
    ...['--dest', `${folder}/wheels`, '--requirement', `${folder}/requirements.txt`],
    ...(isHashed ? ['--require-hashes'] : []),
    ...pipTargetOptions(builder.target, builder.pythonVersion),
    ...(pipOptions.includes('--prefer-binary') ? ['--prefer-binary'] : []),
  ]
  const { exitCode, stderr } = await runPip(options, builder)
  if (exitCode !== 0) return { exitCode, stderr, taken: [] }
  const taken = await builder.take(`${folder}/wheels`, join(temporary, `${folder}-wheels`))
  const filenames = await readdir(taken)
  return {
    exitCode,
    stderr,
    taken: filenames.map((filename) => ({
      name: normalise(filename.split('-', 1)[0] ?? ''),
      filename,
      path: join(taken, filename),
    })),
  }
}

function atItsPlace(pin: Pin, located: Located | undefined): Pin {
  if (!located) return pin
  return { ...pin, hashes: located.hashes, source: { kind: 'url', url: located.url } }
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
