import { delimiter, join } from 'node:path'
import type { Target } from '../../src/platform/target.ts'
import { PROGRAMS } from './measure.ts'

/** The names of older manylinux that a runtime's glibc can load as well: pip takes each one literally. */
const MANYLINUX: Readonly<Record<string, readonly string[]>> = {
  '2.26': ['manylinux2014', 'manylinux_2_17'],
  '2.34': ['manylinux_2_34', 'manylinux_2_28', 'manylinux2014', 'manylinux_2_17'],
}

/** What is the same for all tools. */
export interface Facts {
  readonly target: Target
  readonly commands: string // a folder for PATH
  readonly cli: string // our command line, a file
  readonly pythonVersion: string
}

/**
 * The variables of a tool's scripts. Every cache lies in the tool's own folder, so that it is empty when the folder is new;
 * what the machine's owner has set for pip, uv and npm stays, an index above all.
 */
export function environmentOf(
  { target, commands, cli, pythonVersion }: Facts,
  installation: string,
  folder: string,
): Record<string, string> {
  const caches = join(folder, 'caches')
  const platforms = (MANYLINUX[target.glibc] ?? []).map((name) => `${name}_x86_64`)
  return {
    ...inherited(),
    PATH: [commands, process.env['PATH'] ?? ''].join(delimiter),
    TZ: 'UTC',
    ...{ TMPDIR: join(folder, 'temporary'), XDG_CACHE_HOME: caches },
    ...{ PIP_CACHE_DIR: join(caches, 'pip'), UV_CACHE_DIR: join(caches, 'uv'), PEX_ROOT: join(caches, 'pex') },
    ...{ TOOL: installation, PROGRAMS, NODE: process.execPath, CLI: cli },
    ...{ RUNTIME: target.runtime, MINOR: target.pythonMinor, TAG: `cp${target.pythonMinor.replace('.', '')}` },
    UV_PLATFORM: target.glibc === '2.26' ? 'x86_64-manylinux2014' : 'x86_64-manylinux_2_34',
    UV_PYTHON_DOWNLOADS: 'never',
    PIP_PLATFORMS: platforms.map((name) => `--platform ${name}`).join(' '),
    PEX_PLATFORM: `${platforms[0]}-cp-${pythonVersion}-cp${target.pythonMinor.replace('.', '')}`,
    ...{ AWS_DEFAULT_REGION: 'us-east-1', SAM_CLI_TELEMETRY: '0', SLS_TELEMETRY_DISABLED: '1' },
  }
}

function inherited(): Record<string, string> {
  const left = /^(?:PYTHON|VIRTUAL_ENV|NODE_OPTIONS$|AWS_|WSGI_LAMBDA_|npm_)/
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || left.test(name) ? [] : [[name, value]],
    ),
  )
}
