import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Builder, Completed } from '../builder/builder.ts'
import { pipTargetOptions } from '../platform/tags.ts'
import { resolutionFailure } from '../requirements/failure.ts'
import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'
import { sha256Of } from '../store/hash.ts'
import { type DownloadedWheel, watchArrivals } from './arrivals.ts'
import type { Located } from './locate.ts'
import { runPip } from './pip.ts'
import { indexLines, requirementLine } from './requirement-lines.ts'

/** A wheel file on this machine. */
export type WheelPath = Pick<DownloadedWheel, 'filename' | 'path'>

let downloads = 0

interface Surroundings {
  readonly builder: Builder
  readonly pipOptions: readonly string[]
  readonly temporary: string
  /** Where wheels are, as far as that is known: then pip need not look for them. */
  readonly located: ReadonlyMap<Pin, Located>
  /** Called once for each wheel, where it can be while pip still brings others. */
  readonly onWheel: (pin: Pin, wheel: DownloadedWheel) => void
}

/**
 * Brings the wheel of each pin that is best for the target, by pip, whose settings and credentials users have already; pip
 * checks the hashes. @returns the pins of which no wheel is published for the target
 * @throws UserError when the index cannot be reached or refuses, or a hash is wrong
 */
export async function downloadWheels(pins: readonly Pin[], surroundings: Surroundings): Promise<readonly Pin[]> {
  const { located } = surroundings
  const brought = new Set<Pin>()
  await download(
    pins.filter((pin) => located.has(pin)),
    brought,
    surroundings,
  )
  // An index may give its pages and files to different users: what fails is tried from the page on.
  const search = { ...surroundings, located: new Map<Pin, Located>() }
  const unknown = pins.filter((pin) => !brought.has(pin))
  const wheelless: Pin[] = []
  // pip's checking of hashes is all or nothing (`--require-hashes`).
  const hashed = unknown.filter(({ hashes }) => hashes.length > 0)
  // Without a hash, nothing but the index tells who made it: each is asked for what may come from it alone.
  const unhashed = unknown.filter(({ hashes }) => hashes.length === 0)
  const indexes = [...new Set(unhashed.map(onlyIndex))]
  for (const part of [hashed, ...indexes.map((index) => unhashed.filter((pin) => onlyIndex(pin) === index))]) {
    let wanted = part
    while (wanted.length > 0) {
      const { exitCode, stderr } = await download(wanted, brought, search)
      if (exitCode === 0) break
      const missing = wanted.find((pin) => saysNoWheel(stderr, pin))
      if (!missing) throw resolutionFailure(stderr, surroundings.builder, [])
      wheelless.push(missing)
      wanted = wanted.filter((pin) => pin !== missing)
    }
  }
  return wheelless
}

function onlyIndex({ source }: Pin): string | undefined {
  return source.kind === 'index' ? source.index : undefined
}

/** Adds the pins whose wheels were handed over to those that were brought. */
async function download(
  pins: readonly Pin[],
  brought: Set<Pin>,
  { builder, pipOptions, temporary, located, onWheel }: Surroundings,
): Promise<Pick<Completed, 'exitCode' | 'stderr'>> {
  if (pins.length === 0) return { exitCode: 0, stderr: '' }
  const folder = `download-${++downloads}`
  const staging = join(temporary, folder)
  await mkdir(join(staging, TEMPORARY_FILES), { recursive: true })
  const isHashed = pins.some((pin) => pin.hashes.length > 0 || located.has(pin))
  // In a file, and not as arguments: pip fills in variables there, and no list of processes shows a password.
  const lines = [
    ...indexLines(await withReachableFolders(pipOptions, folder, builder), isHashed ? undefined : pins[0]?.source),
    ...pins.map((pin) => requirementLine(atItsPlace(pin, located.get(pin)))),
  ]
  await writeFile(join(staging, 'requirements.txt'), `${lines.join('\n')}\n`)
  await writeFile(join(staging, TEMPORARY_FILES, '.keep'), '')
  await builder.put(staging, folder)
  const options = [
    ...['download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--progress-bar', 'off'],
    ...['--dest', `${folder}/wheels`, '--requirement', `${folder}/requirements.txt`],
    ...(isHashed ? ['--require-hashes'] : []),
    ...pipTargetOptions(builder.target, builder.pythonVersion),
    ...(pipOptions.includes('--prefer-binary') ? ['--prefer-binary'] : []),
  ]
  const handOver = (wheel: DownloadedWheel): void => {
    const pin = pins.find(({ name }) => name === distributionOf(wheel.filename))
    if (!pin || brought.has(pin)) return
    brought.add(pin)
    onWheel(pin, wheel)
  }
  const temporaryFiles = join(builder.workspace, folder, TEMPORARY_FILES)
  const awaited = builder.kind === 'host' ? pins.flatMap((pin) => located.get(pin) ?? []) : []
  const stopWatching = watchArrivals(temporaryFiles, staging, awaited, handOver)
  try {
    const completed = await runPip(options, builder, { env: { TMPDIR: temporaryFiles } })
    await stopWatching()
    if (completed.exitCode !== 0) return completed
    const taken = await builder.take(`${folder}/wheels`, `${staging}-wheels`)
    const early = new Set([...brought].map(({ name }) => name))
    for (const filename of (await readdir(taken)).filter((filename) => !early.has(distributionOf(filename)))) {
      const path = join(taken, filename)
      handOver({ filename, path, sha256: (await sha256Of(path)).toString('hex') })
    }
    return completed
  } finally {
    await stopWatching()
  }
}

const TEMPORARY_FILES = 'temporary'

/** Normalised, PEP 503. */
function distributionOf(filename: string): string {
  return normalise(filename.split('-', 1)[0] ?? '')
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
