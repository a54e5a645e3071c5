import type { Architecture, Target } from './target.ts'

/**
 * Lambda's Python runtimes. Sources: AWS Lambda developer guide, "Lambda runtimes" (Amazon Linux 2 has glibc 2.26,
 * Amazon Linux 2023 has 2.34). uv has no name for manylinux_2_26, so Amazon Linux 2 takes 2_17 and below.
 */
const AMAZON_LINUX = {
  '2': { glibc: '2.26', manylinux: 'manylinux_2_17' },
  '2023': { glibc: '2.34', manylinux: 'manylinux_2_34' },
} as const

const RUNTIMES = {
  'python3.10': { amazonLinux: '2' },
  'python3.11': { amazonLinux: '2' },
  'python3.12': { amazonLinux: '2023' },
  'python3.13': { amazonLinux: '2023' },
  'python3.14': { amazonLinux: '2023' },
} as const

export type Runtime = keyof typeof RUNTIMES

export const RUNTIME_NAMES = Object.keys(RUNTIMES) as [Runtime, ...Runtime[]]

/** What Lambda runs when a project does not say which Python it wants. */
export const DEFAULT_RUNTIME: Runtime = 'python3.13'

export function targetOf(runtime: Runtime, architecture: Architecture): Target {
  const { glibc, manylinux } = AMAZON_LINUX[RUNTIMES[runtime].amazonLinux]
  const pythonMinor = runtime.slice('python'.length)
  return {
    runtime,
    pythonMinor,
    architecture,
    glibc,
    uvPlatform: `${architecture === 'arm64' ? 'aarch64' : 'x86_64'}-${manylinux}`,
    image: `public.ecr.aws/lambda/python:${pythonMinor}`,
  }
}
