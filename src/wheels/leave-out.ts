import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'

/** The list that is installed, and what was taken from it, for the log. */
export interface Shortened {
  readonly pins: readonly Pin[]
  /** Names, in the order of the list. */
  readonly leftOut: readonly string[]
}

/** How the project itself appears among those who require a distribution. */
const PROJECT = ''

/** The AWS SDK as every Python runtime has it. Source: AWS Lambda developer guide, "Runtime-included SDK versions". */
const SDK: ReadonlySet<string> = new Set(['boto3', 'botocore', 's3transfer', 'jmespath'])

/** What the SDK needs, and others as well. */
const NEEDS_OF_SDK: ReadonlySet<string> = new Set(['python-dateutil', 'six', 'urllib3'])

const RUNTIME_SDK: ReadonlySet<string> = new Set([...SDK, ...NEEDS_OF_SDK])

/**
 * Setting `runtime-sdk`: leaves the SDK to the runtime as far as no other distribution asks for a part of it: that one may insist on a version
 * (aiobotocore does). What others use too goes only where the manifest tells that nobody does.
 */
export function withoutRuntimeSdk(pins: readonly Pin[]): Shortened {
  const others = pins.filter(({ name, requiredBy }) => {
    if (SDK.has(name)) return false
    return !NEEDS_OF_SDK.has(name) || requiredBy.length === 0 || requiredBy.includes(PROJECT)
  })
  const isLeftToRuntime = leftBy(pins, others, new Set())
  return shorten(pins, ({ name }) => RUNTIME_SDK.has(name) && isLeftToRuntime(name))
}

/** Setting `no-deploy`: leaves out distributions whoever asks for them, and what nothing else needs then. */
export function withoutDistributions(pins: readonly Pin[], names: readonly string[]): Shortened {
  const wanted = new Set(names.map(normalise))
  const isBelow = reachedFrom(
    pins,
    pins.filter(({ name }) => wanted.has(name)),
    new Set(),
  )
  const listed = new Set(pins.map(({ name }) => name))
  const stays = ({ name, requiredBy }: Pin): boolean =>
    !wanted.has(name) &&
    // Of which the manifest does not tell who needs it, or somebody does who is not on the list.
    (!isBelow.has(name) || requiredBy.length === 0 || requiredBy.some((other) => !listed.has(other)))
  const isLeft = leftBy(pins, pins.filter(stays), wanted)
  return shorten(pins, ({ name }) => wanted.has(name) || (isBelow.has(name) && isLeft(name)))
}

function shorten(pins: readonly Pin[], isOut: (pin: Pin) => boolean): Shortened {
  return { pins: pins.filter((pin) => !isOut(pin)), leftOut: pins.filter(isOut).map(({ name }) => name) }
}

function leftBy(pins: readonly Pin[], roots: readonly Pin[], barred: ReadonlySet<string>): (name: string) => boolean {
  const reached = reachedFrom(pins, roots, barred)
  return (name) => !reached.has(name)
}

/** The roots and all that they require, directly or not, without the way through what is barred. */
function reachedFrom(pins: readonly Pin[], roots: readonly Pin[], barred: ReadonlySet<string>): ReadonlySet<string> {
  const reached = new Set(roots.map(({ name }) => name))
  // A set's iteration comes to what is added meanwhile.
  for (const requirer of reached) {
    for (const { name, requiredBy } of pins) if (requiredBy.includes(requirer) && !barred.has(name)) reached.add(name)
  }
  return reached
}
