import { expect, test } from '@jest/globals'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { ElfFacts } from '../../src/wheels/elf.ts'
import { type Binary, verifyBinaries, verifyNeeded } from '../../src/wheels/verify.ts'

const PYTHON_311 = targetOf('python3.11', 'x86_64')
const PYTHON_313 = targetOf('python3.13', 'x86_64')
const PYTHON_313_ARM = targetOf('python3.13', 'arm64')

const SHOP = { name: 'shop', version: '1.2', tags: ['cp313-cp313-manylinux_2_17_x86_64'] }
const MODULE = 'shop/_fast.cpython-313-x86_64-linux-gnu.so'

const X86_64 = 62
const ARM64 = 183

function binary(path: string, facts: Partial<ElfFacts> = {}): Binary {
  const nothing = { bits: 64, isLittleEndian: true, machine: X86_64, soname: undefined } as const
  return { path, facts: { ...nothing, needed: [], searchPaths: [], needs: [], defines: [], ...facts } }
}

function needing(library: string, ...versions: string[]): Partial<ElfFacts> {
  return { needed: [library], needs: [{ library, versions }] }
}

test.each([
  ['python3.11', 'libc.so.6', 'GLIBC_2.26', []],
  ['python3.11', 'libc.so.6', 'GLIBC_2.27', ['error']],
  ['python3.13', 'libm.so.6', 'GLIBC_2.34', []],
  ['python3.13', 'libm.so.6', 'GLIBC_2.35', ['error']],
  ['python3.13', 'libc.so.6', 'GLIBC_2.2.5', []],
  ['python3.13', 'libc.so.6', 'GLIBC_ABI_DT_RELR', ['error']],
  ['python3.13', 'ld-linux-x86-64.so.2', 'GLIBC_2.35', ['error']],
  ['python3.11', 'libstdc++.so.6', 'GLIBCXX_3.4.24', []],
  ['python3.11', 'libstdc++.so.6', 'GLIBCXX_3.4.25', ['error']],
  ['python3.11', 'libstdc++.so.6', 'CXXABI_1.3.11', []],
  ['python3.11', 'libstdc++.so.6', 'CXXABI_1.3.12', ['error']],
  ['python3.13', 'libstdc++.so.6', 'GLIBCXX_3.4.29', []],
  ['python3.13', 'libstdc++.so.6', 'GLIBCXX_3.4.30', ['error']],
  ['python3.13', 'libstdc++.so.6', 'CXXABI_1.3.13', []],
  ['python3.13', 'libstdc++.so.6', 'CXXABI_1.3.14', ['error']],
  ['python3.13', 'libstdc++.so.6', 'CXXABI_FLOAT128', []],
  ['python3.13', 'libgcc_s.so.1', 'GCC_12.0.0', ['error']],
  ['python3.13', 'libz.so.1', 'ZLIB_1.2.9', []],
  ['python3.13', 'libz.so.1', 'ZLIB_1.2.12', ['error']],
  ['python3.13', 'libfoo.so.1', 'GLIBC_9.9', []],
] as const)('%s: %s with %s', (runtime, library, version, severities) => {
  const target = targetOf(runtime, 'x86_64')
  const module = binary('shop/_fast.abi3.so', needing(library, version))
  expect(verifyBinaries([module], target, SHOP).map(({ severity }) => severity)).toEqual(severities)
})

test('the message names package, files, versions of symbols, the tag that was chosen and the way out', () => {
  const wheel = { name: 'cryptography', version: '50.0.2', tags: ['cp311-abi3-manylinux_2_34_x86_64'] }
  const facts = needing('libc.so.6', 'GLIBC_2.2.5', 'GLIBC_2.33', 'GLIBC_2.28')
  const path = 'cryptography/hazmat/bindings/_rust.abi3.so'
  expect(verifyBinaries([binary(path, facts)], PYTHON_311, wheel)).toEqual([
    {
      severity: 'error',
      title: 'cryptography 50.0.2 needs newer system libraries than python3.11 has',
      detail: `${path} needs GLIBC_2.28, GLIBC_2.33 of libc.so.6
python3.11 (Amazon Linux 2) has at most GLIBC_2.26, GLIBCXX_3.4.24 and CXXABI_1.3.11.
The wheel is cryptography 50.0.2, cp311-abi3-manylinux_2_34_x86_64.`,
      hint: 'Choose another version of cryptography, or have it compiled in the Lambda image: builder: docker, with pip-args: --no-binary cryptography. Or choose a newer runtime: python3.12 and later have glibc 2.34.',
    },
  ])
})

test('one message for a wheel, with the first files and how many more there are', () => {
  const modules = Array.from({ length: 8 }, (_, index) =>
    binary(`shop/_${index}.abi3.so`, needing('libc.so.6', 'GLIBC_2.35')),
  )
  const found = verifyBinaries(modules, PYTHON_313, SHOP)
  expect(found).toHaveLength(1)
  expect(found[0]?.detail).toContain('shop/_4.abi3.so needs GLIBC_2.35 of libc.so.6\nand 3 more files\n')
})

test('a wheel with a C++ library of its own is not measured by the one of the runtime', () => {
  const own = binary('shop.libs/libstdc++.so.6', { soname: 'libstdc++.so.6' })
  const module = binary(MODULE, needing('libstdc++.so.6', 'GLIBCXX_3.4.32'))
  expect(verifyBinaries([own, module], PYTHON_313, SHOP)).toEqual([])
})

test.each([
  ['for ARM', { machine: ARM64 }, 'arm64'],
  ['32 bit x86', { machine: 3, bits: 32 }, '32 bit x86'],
  ['x32', { bits: 32 }, 'x86_64 with 32 bit addresses (x32)'],
  ['unheard of', { machine: 4711 }, 'processor 4711'],
] as const)('a module %s is an error on x86_64', (_, facts, name) => {
  const [found] = verifyBinaries([binary('shop/_fast.abi3.so', facts)], PYTHON_313, SHOP)
  expect(found).toMatchObject({ severity: 'error', title: 'shop 1.2 has binaries that are not for x86_64' })
  expect(found?.detail).toMatch(`shop/_fast.abi3.so is for ${name}\n`)
})

const ANY = { ...SHOP, tags: ['py3-none-any'] }

test.each([
  ['a library without one for this processor', SHOP, [binary('shop/libfast.so', { machine: ARM64 })], ['error']],
  [
    'a library beside one for this processor, of which the package takes the right one',
    SHOP,
    [binary('shop/arm/libfast.so', { machine: ARM64 }), binary('shop/x86/libfast.so')],
    ['warning'],
  ],
  [
    'a library that a module is linked with',
    SHOP,
    [
      binary(MODULE, { needed: ['libfast.so.1'] }),
      binary('shop.libs/libfast.so', { machine: ARM64, soname: 'libfast.so.1' }),
    ],
    ['error'],
  ],
  ['a program in a wheel for any platform', ANY, [binary('shop/attach_arm64', { machine: ARM64 })], ['warning']],
  ['a module in a wheel for any platform', ANY, [binary('shop/_fast.abi3.so', { machine: ARM64 })], ['error']],
  [
    'a module that this Python does not look for',
    SHOP,
    [binary('shop/_fast.cpython-313-aarch64-linux-gnu.so', { machine: ARM64 })],
    [],
  ],
] as const)('another processor: %s', (_, wheel, binaries, severities) => {
  expect(verifyBinaries(binaries, PYTHON_313, wheel).map(({ severity }) => severity)).toEqual(severities)
})

test.each([
  ['cpython-312-x86_64-linux-gnu', []],
  ['cpython-313t-x86_64-linux-gnu', []],
  ['cpython-313-x86_64-linux-musl', []],
  ['pypy310-pp73-x86_64-linux-gnu', []],
  ['cpython-313-x86_64-linux-gnu', ['error']],
  ['cpython-313', ['error']],
  ['abi3', ['error']],
] as const)('only a module that Python looks for is verified: %s', (tag, severities) => {
  const module = binary(`shop/_fast.${tag}.so`, { ...needing('libc.so.6', 'GLIBC_2.99'), needed: ['libgone.so.1'] })
  const wheel = { ...SHOP, tags: ['cp313-cp313-linux_x86_64'] }
  expect(verifyBinaries([module], PYTHON_313, wheel).map(({ severity }) => severity)).toEqual(severities)
  expect(verifyNeeded([{ wheel, binaries: [module] }], PYTHON_313).map(({ severity }) => severity)).toEqual(severities)
})

const BUILT_HERE = { ...SHOP, tags: ['cp313-cp313-linux_x86_64'] }

function severitiesOfNeeded(wheel: typeof SHOP, ...binaries: readonly Binary[]) {
  return verifyNeeded([{ wheel, binaries }], PYTHON_313).map(({ severity }) => severity)
}

test('libraries are found in the runtime, in the wheel by file and by soname, in other distributions, and among the named', () => {
  const needed = [
    'libc.so.6',
    'libstdc++.so.6',
    'libz.so.1',
    'libpython3.13.so.1.0',
    'libown-1234.so.1',
    'libnamed.so.2',
  ]
  const binaries = [
    binary(MODULE, { needed: [...needed, 'libother.so.3', 'libextra.so.4'] }),
    binary('shop.libs/libown-1234.so.1'),
    binary('shop/lib/libnamed.so', { soname: 'libnamed.so.2' }),
  ]
  const other = { wheel: { ...SHOP, name: 'other' }, binaries: [binary('other/libother.so.3')] }
  expect(verifyNeeded([{ wheel: BUILT_HERE, binaries }, other], PYTHON_313, ['libextra.so.4'])).toEqual([])
})

test('a module of a wheel that was built here needs a library that nobody has: an error with the way out', () => {
  const wheel = { name: 'psycopg2', version: '2.9.10', tags: ['cp313-cp313-linux_x86_64'] }
  const path = 'psycopg2/_psycopg.cpython-313-x86_64-linux-gnu.so'
  const binaries = [binary(path, { needed: ['libpq.so.5', 'libc.so.6'] })]
  expect(verifyNeeded([{ wheel, binaries }], PYTHON_313)).toEqual([
    {
      severity: 'error',
      title: 'psycopg2 2.9.10 needs libpq.so.5, which neither python3.13 nor another distribution has',
      detail: `${path} needs libpq.so.5\nThe wheel is psycopg2 2.9.10, cp313-cp313-linux_x86_64.`,
      hint: expect.stringMatching(/^Depend on psycopg\[binary\] .* docker-extra-files \(\/usr\/lib64\/libpq\.so\.5\)/),
    },
  ])
})

test.each([
  ['a library that the runtime lacks although the policy names it', MODULE, 'libGL.so.1', ['error']],
  ['a library that its maker left out on purpose', MODULE, 'libtbb.so.12', ['warning']],
  ['the C library of another system', MODULE, 'libc.musl-x86_64.so.1', ['warning']],
  ['a plugin that nothing is linked with', 'shop/plugins/libviewer.so', 'libGL.so.1', ['warning']],
] as const)('a published wheel: %s', (_, path, library, severities) => {
  const other = binary('shop/_other.abi3.so')
  expect(severitiesOfNeeded(SHOP, binary(path, { needed: [library] }), other)).toEqual(severities)
})

test('a published wheel whose only module needs a library that nobody has cannot be imported', () => {
  expect(severitiesOfNeeded(SHOP, binary(MODULE, { needed: ['libodbc.so.2'] }))).toEqual(['error'])
})

test('what a library of a module is linked with counts as what the module is linked with', () => {
  const module = binary(MODULE, { needed: ['libown.so.1'] })
  const own = binary('shop.libs/libown.so.1', { needed: ['libdeep.so.1'] })
  const deep = binary('shop.libs/libdeep.so.1', { needed: ['libown.so.1', 'libgone.so.1'] })
  expect(severitiesOfNeeded(BUILT_HERE, module, own, deep)).toEqual(['error'])
  expect(severitiesOfNeeded(BUILT_HERE, own, deep)).toEqual(['warning'])
})

test("another Python's own library is missing, and so is one for another processor", () => {
  expect(severitiesOfNeeded(BUILT_HERE, binary(MODULE, { needed: ['libpython3.12.so.1.0'] }))).toEqual(['error'])
  const wrong = binary('shop.libs/libown.so.1', { machine: ARM64 })
  expect(severitiesOfNeeded(BUILT_HERE, binary(MODULE, { needed: ['libown.so.1'] }), wrong)).toEqual(['error'])
})

test('the libraries of the runtime depend on the system and the processor', () => {
  const crypt = binary('shop/_fast.abi3.so', { needed: ['libcrypt.so.1'] })
  expect(verifyNeeded([{ wheel: BUILT_HERE, binaries: [crypt] }], PYTHON_311)).toEqual([])
  expect(severitiesOfNeeded(BUILT_HERE, crypt)).toEqual(['error'])
  const arm = binary('shop/_fast.abi3.so', { machine: ARM64, needed: ['ld-linux-aarch64.so.1', 'libmvec.so.1'] })
  const [found, ...more] = verifyNeeded([{ wheel: BUILT_HERE, binaries: [arm] }], PYTHON_313_ARM)
  expect(found?.title).toMatch('libmvec.so.1')
  expect(more).toEqual([])
})
