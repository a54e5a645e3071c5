import { join } from 'node:path'
import { compare } from '@renovatebot/pep440'
import type { Builder, Equipment } from '../builder/builder.ts'
import { TOOLS_INSIDE } from '../builder/docker-environment.ts'
import { UserError } from '../errors.ts'
import { wheelTags } from '../platform/tags.ts'
import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'
import { type Bench, listFolder, nameOf } from './bench.ts'

export type Attempt =
  /** A file of a folder of this machine. */
  | { readonly filename: string; readonly folder: string }
  /** What the builder lacks: another one has to try. */
  | { readonly needs: readonly Equipment[] }

interface WheelName {
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  readonly platforms: readonly string[]
}

/** What the name of a wheel says (PEP 427, "File name convention"). */
export function parseWheelName(filename: string): WheelName {
  const parts = filename.replace(/\.whl$/, '').split('-')
  const [name = '', version = ''] = parts
  return { name: normalise(name), version, platforms: (parts.at(-1) ?? '').split('.') }
}

/**
 * Takes a built wheel out of the builder. One with compiled code gets the shared libraries that it needs and the runtime
 * lacks copied into it, and must load with the target's C library.
 */
export async function completeWheel(pin: Pin, folder: string, bench: Bench): Promise<Attempt> {
  const { builder, equipment } = bench
  const filename = (await listFolder(folder, builder)).find((name) => name.endsWith('.whl')) ?? ''
  const { name, version, platforms } = parseWheelName(filename)
  if (name !== pin.name || (pin.version !== undefined && !isSameVersion(version, pin.version))) {
    throw new UserError({
      title: `${nameOf(pin)} was asked for, and its source makes ${filename}`,
      hint: 'Correct the name or the version in the manifest.',
      location: pin.location,
    })
  }
  if (platforms.includes('any')) return { filename, folder: await takeOut(folder, bench) }
  if (builder.kind === 'host')
    throw hostRefusal(pin, `Its build made ${filename}, which is of this machine and may not load on Lambda.`)
  if (!equipment.includes('compilers')) return { needs: ['compilers'] }
  return await repair(pin, `${folder}/${filename}`, bench)
}

async function repair(pin: Pin, wheel: string, bench: Bench): Promise<Attempt> {
  const { builder, run, workFolder } = bench
  const folder = `${workFolder}/complete`
  const { exitCode, stdout, stderr } = await run(
    auditwheel(builder, ['repair', '--plat', 'auto', '--wheel-dir', folder, wheel]),
  )
  const said = `${stdout}\n${stderr}`
  if (exitCode !== 0) {
    // A wheel can say that it is a machine's and hold nothing compiled.
    if (/does not look like a platform wheel|no ELF/i.test(said)) {
      const filename = wheel.split('/').at(-1) ?? ''
      return { filename, folder: await takeOut(wheel.slice(0, -filename.length - 1), bench) }
    }
    throw new UserError(repairProblem(pin, said, builder))
  }
  const filename = (await listFolder(folder, builder)).find((name) => name.endsWith('.whl')) ?? ''
  const allowed = wheelTags(builder.target).platforms
  const { platforms } = parseWheelName(filename)
  if (platforms.some((platform) => allowed.includes(platform)))
    return { filename, folder: await takeOut(folder, bench) }
  throw new UserError(tooNew(pin, `auditwheel finds that it needs ${platforms.join(' or ')}.`, builder))
}

/** Its programs stand in a folder of their own, so that no build finds them. */
function auditwheel(builder: Builder, args: readonly string[]): string[] {
  const folder = `${TOOLS_INSIDE}/build`
  const script = `PATH="${folder}/bin:$PATH" PYTHONPATH="${folder}" exec "$0" -m auditwheel "$@"`
  return ['/bin/sh', '-c', script, builder.python, ...args]
}

function repairProblem(pin: Pin, said: string, builder: Builder) {
  if (/too-recent versioned symbols/i.test(said)) return tooNew(pin, lastLine(said), builder)
  const missing = /required library "?([^"\s]+)"? could not be located/i.exec(said)?.[1]
  return {
    title: `${nameOf(pin)} was compiled, and ${missing === undefined ? 'could not be made whole' : `needs ${missing}, which is not in the image`}`,
    detail: said.trim().split('\n').slice(-10).join('\n'),
    hint:
      missing === undefined
        ? undefined
        : `Name the package that has ${missing} in system-packages, or install it in a dockerfile where the linker finds it.`,
    location: pin.location,
  }
}

function tooNew(pin: Pin, why: string, builder: Builder) {
  const { runtime, glibc, image } = builder.target
  return {
    title: `${nameOf(pin)} was compiled against a newer C library than ${runtime} has`,
    detail: `${why} ${runtime} has glibc ${glibc}. Built in: ${builder.description}.`,
    hint: `Compile where the C library is not newer: leave base-image and dockerfile out to use ${image}, or name an image with glibc ${glibc} or older.`,
    location: pin.location,
  }
}

/** @param why one sentence */
export function hostRefusal(pin: Pin, why: string): UserError {
  return new UserError({
    title: `${nameOf(pin)} has no wheel that could be used, and has to be compiled`,
    detail: why,
    hint: 'Use builder: docker (with system-packages for what it needs), choose another version, or a binary variant of the package (psycopg[binary] instead of psycopg2).',
    location: pin.location,
  })
}

async function takeOut(folder: string, { builder, equipment, temporary }: Bench): Promise<string> {
  return await builder.take(folder, join(temporary, ['taken', ...equipment].join('-')))
}

/** File names of older backends write the `+` of a local version as `_`. */
function isSameVersion(written: string, wanted: string): boolean {
  return compare(written.replace('_', '+'), wanted) === 0
}

export const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''
