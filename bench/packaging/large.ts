import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Target } from '../../src/platform/target.ts'
import { type Contents, inspect, MACHINE, measure, PROGRAMS, runPython } from './measure.ts'
import type { Problem } from './rounds.ts'

/** How much memory our build of a large artifact takes. */
export interface LargeBuild {
  readonly wheelMegabytes: number // unzipped, without the bytecode that is added
  readonly cold: Memory | Problem
  readonly unchanged: Memory | Problem
  readonly contents: Contents | undefined
}

export interface Memory {
  readonly seconds: number
  readonly largestProcessBytes: number
  readonly allProcessesBytes: number
}

/** With the bytecode, close to what may be sent directly and close to all that Lambda takes. */
export const WHEEL_MEGABYTES = [44, 220] as const

const APPLICATION = `def app(environ, start_response):
    start_response("200 OK", [])
    return [b"large"]
`

/** From wheels that are made here, without an index. */
export async function buildLarge(
  wheelMegabytes: number,
  {
    python,
    folder,
    environment,
    target,
  }: {
    python: string
    folder: string
    environment: Readonly<Record<string, string>>
    target: Target
  },
): Promise<LargeBuild> {
  await layOut(wheelMegabytes, folder, python)
  const running = { folder, log: join(folder, 'build.log'), limitSeconds: 600 }
  const env = { ...environment, PIP_NO_INDEX: '1', UV_NO_INDEX: '1' }
  const script = `"$NODE" "$CLI" build --project site --app app:app --runtime "$RUNTIME" --builder host --output result.zip --quiet \\
  --pip-args "--find-links $PWD/wheels"`
  const memory = async (): Promise<Memory | Problem> => {
    const { exitCode, ...cost } = await measure(python, script, { ...running, env })
    return exitCode === 0 ? cost : { problem: `exit ${exitCode ?? 'none: it took too long'}` }
  }
  const cold = await memory()
  const unchanged = await memory()
  if ('problem' in cold) return { wheelMegabytes, cold, unchanged, contents: undefined }
  const contents = await inspect(python, join(folder, 'result.zip'), { glibc: target.glibc, machine: MACHINE })
  return { wheelMegabytes, cold, unchanged, contents }
}

async function layOut(wheelMegabytes: number, folder: string, python: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  for (const name of ['site', 'temporary', 'caches']) await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, 'site/app.py'), APPLICATION)
  await runPython(python, join(PROGRAMS, 'large.py'), [join(folder, 'wheels'), String(wheelMegabytes)])
  await rename(join(folder, 'wheels/requirements.txt'), join(folder, 'site/requirements.txt'))
}
