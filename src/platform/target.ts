/** What an artifact is built for: one row of the runtime table and one of its architectures. */
export interface Target {
  /** Lambda's identifier, as in `python3.13`. */
  readonly runtime: string
  /** As in `3.13`. */
  readonly pythonMinor: string
  readonly architecture: Architecture
  /** The C library of the runtime: a wheel for a newer one does not load. As in `2.34`. */
  readonly glibc: string
  /** uv's name of the platform whose wheels load there, as in `x86_64-manylinux_2_34`. */
  readonly uvPlatform: string
  /** AWS's image of the runtime, with what is needed to build for it. */
  readonly image: string
}

export const ARCHITECTURES = ['x86_64', 'arm64'] as const

export type Architecture = (typeof ARCHITECTURES)[number]
