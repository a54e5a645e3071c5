import type { Architecture, Target } from './target.ts'

/** Families of symbol versions, each of which only grows: what has 2.26 has all before it. */
export type VersionFamily = 'GLIBC' | 'GLIBCXX' | 'CXXABI' | 'GCC' | 'ZLIB'

/** The shared libraries of a runtime on which a wheel may count. */
export interface RuntimeLibraries {
  /** As in `Amazon Linux 2023`. */
  readonly system: string
  readonly newest: Readonly<Record<VersionFamily, string>>
  readonly names: ReadonlySet<string>
}

/**
 * By the C library. Sources: GCC manual of libstdc++, "ABI Policy and Guidelines" (GCC 7.3 of Amazon Linux 2 has
 * GLIBCXX_3.4.24 and CXXABI_1.3.11, GCC 11 of Amazon Linux 2023 has GLIBCXX_3.4.29 and CXXABI_1.3.13); `libgcc-std.ver`
 * of the same releases; zlib 1.2.7 and 1.2.11 of the two systems.
 */
const SYSTEMS: Readonly<
  Record<string, { system: string; newest: RuntimeLibraries['newest']; own: readonly string[] }>
> = {
  '2.26': {
    system: 'Amazon Linux 2',
    newest: { GLIBC: '2.26', GLIBCXX: '3.4.24', CXXABI: '1.3.11', GCC: '7.0.0', ZLIB: '1.2.7' },
    // Parts of glibc there; Amazon Linux 2023 has them in packages that its runtimes are without.
    own: ['libcrypt.so.1', 'libnsl.so.1'],
  },
  '2.34': {
    system: 'Amazon Linux 2023',
    newest: { GLIBC: '2.34', GLIBCXX: '3.4.29', CXXABI: '1.3.13', GCC: '11.0', ZLIB: '1.2.11' },
    own: [],
  },
}

/**
 * What every Python runtime needs itself: glibc, and what GCC's code and Python's `zlib` module are linked with. The image
 * has more (microdnf brings GLib, for example), but the runtime of a function is not the image: libexpat.so.1 was in
 * the image of python3.12 when functions failed without it. So nothing else counts.
 */
const EVERYWHERE = [
  ...['libc.so.6', 'libm.so.6', 'libdl.so.2', 'librt.so.1', 'libpthread.so.0', 'libutil.so.1', 'libresolv.so.2'],
  ...['libanl.so.1', 'libgcc_s.so.1', 'libstdc++.so.6', 'libz.so.1'],
]

const BY_ARCHITECTURE: Readonly<Record<Architecture, readonly string[]>> = {
  x86_64: ['ld-linux-x86-64.so.2', 'libmvec.so.1'],
  arm64: ['ld-linux-aarch64.so.1'],
}

export function runtimeLibraries({ glibc, architecture, pythonMinor }: Target): RuntimeLibraries {
  const found = SYSTEMS[glibc]
  if (found === undefined) throw new Error(`no table of libraries for glibc ${glibc}`)
  // Python is linked with its own library there, which LD_LIBRARY_PATH leads to.
  const python = [`libpython${pythonMinor}.so.1.0`, 'libpython3.so']
  return {
    system: found.system,
    newest: found.newest,
    names: new Set([...EVERYWHERE, ...BY_ARCHITECTURE[architecture], ...found.own, ...python]),
  }
}

/**
 * Libraries that a manylinux wheel may leave to the system and that a runtime does not have. Source: auditwheel's
 * `manylinux-policy.json`, whose `lib_whitelist` names them for one policy or another.
 */
export const LEFT_TO_THE_SYSTEM: ReadonlySet<string> = new Set([
  ...['libX11.so.6', 'libXext.so.6', 'libXrender.so.1', 'libICE.so.6', 'libSM.so.6', 'libGL.so.1'],
  ...['libglib-2.0.so.0', 'libgobject-2.0.so.0', 'libgthread-2.0.so.0', 'libexpat.so.1', 'libatomic.so.1'],
  ...['libcrypt.so.1', 'libnsl.so.1', 'libncursesw.so.5', 'libpanelw.so.5'],
])
