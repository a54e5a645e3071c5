import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Toolchain } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { sha256Of } from '../store/hash.ts'
import type { WheelPath } from './download.ts'

/**
 * Wheels whose shared objects are without the symbols that no loader needs (`strip --strip-unneeded`), by their file
 * names; those without shared objects are not among them. @throws UserError when the builder cannot do that
 */
export async function stripWheels(
  wheels: readonly WheelPath[],
  { toolchain, temporary, toolsFolder }: { toolchain: Toolchain; temporary: string; toolsFolder: string },
): Promise<ReadonlyMap<string, string>> {
  const compiled = wheels.filter(({ filename }) => !filename.endsWith('-any.whl'))
  if (compiled.length === 0) return new Map()
  const builder = await toolchain.open(['compilers'])
  const folder = `strip-${++rounds}`
  const local = join(temporary, folder)
  await mkdir(local)
  for (const { filename, path } of compiled) await copyFile(path, join(local, filename))
  await copyFile(join(toolsFolder, SCRIPT), join(local, SCRIPT))
  await builder.put(local, folder)
  const paths = compiled.map(({ filename }) => `${folder}/${filename}`)
  const command = [builder.python, '-I', '-B', `${folder}/${SCRIPT}`, `${folder}/stripped`, ...paths]
  const { exitCode, stderr } = await builder.run(command)
  if (exitCode !== 0) {
    throw new UserError({
      title: 'The symbols of shared objects could not be stripped',
      detail: stderr.trim(),
      hint: 'Leave strip out, or name an image with binutils as base-image.',
    })
  }
  const taken = await builder.take(`${folder}/stripped`, join(temporary, `${folder}-taken`))
  return new Map(compiled.map(({ filename }) => [filename, join(taken, filename)]))
}

/** Of the program that strips: a part of keys. */
export async function stripperDigest(toolsFolder: string): Promise<string> {
  return (await sha256Of(join(toolsFolder, SCRIPT))).toString('hex')
}

let rounds = 0
const SCRIPT = 'strip_wheel.py'
