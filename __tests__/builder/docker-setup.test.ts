import { describe, expect, test } from '@jest/globals'
import {
  equipmentPackages,
  headerPackages,
  type ImageFacts,
  installCommands,
  isOlder,
  lackingEquipment,
  PACKAGE_MANAGERS,
  parseFacts,
  pythonPackages,
  unfitProblem,
  wrongPackageNames,
} from '../../src/builder/docker-setup.ts'
import { targetOf } from '../../src/platform/runtimes.ts'

const target = targetOf('python3.13', 'x86_64')

const fit: ImageFacts = {
  packageManager: 'dnf',
  machine: 'x86_64',
  glibc: '2.34',
  python: '/var/lang/bin/python3.13',
  pythonVersion: '3.13.5',
  hasPip: true,
  hasHeaders: true,
  programs: [],
  otherPythons: [],
}
const bare: ImageFacts = { ...fit, python: undefined, pythonVersion: undefined, hasPip: false }

describe('what an image lacks', () => {
  test.each([
    ['nothing', fit, []],
    ['Python on Amazon Linux', bare, ['python3.13', 'python3.13-pip']],
    ['Python on Debian', { ...bare, packageManager: 'apt-get' as const }, ['python3.13', 'python3-pip']],
    ['only pip', { ...fit, hasPip: false }, ['python3.13', 'python3.13-pip']],
    ['Python and a package manager', { ...bare, packageManager: undefined }, []],
  ])('%s', (_, facts, packages) => {
    expect(pythonPackages(facts, '3.13')).toEqual(packages)
  })
})

describe('how packages are installed', () => {
  test.each([
    [
      'dnf',
      [
        ['dnf', 'install', '-y', '--setopt=install_weak_deps=0', 'libpq-devel'],
        ['dnf', 'clean', 'all'],
      ],
    ],
    [
      'microdnf',
      [
        ['microdnf', 'install', '-y', '--setopt=install_weak_deps=0', 'libpq-devel'],
        ['microdnf', 'clean', 'all'],
      ],
    ],
    [
      'yum',
      [
        ['yum', 'install', '-y', 'libpq-devel'],
        ['yum', 'clean', 'all'],
      ],
    ],
    [
      'apt-get',
      [
        ['apt-get', 'update', '-q'],
        ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'libpq-devel'],
        ['apt-get', 'clean'],
        ['find', '/var/lib/apt/lists', '-mindepth', '1', '-delete'],
      ],
    ],
  ] as const)('%s', (manager, commands) => {
    expect(installCommands(manager, ['libpq-devel'])).toEqual(commands)
  })

  test.each(PACKAGE_MANAGERS)('%s does nothing for no packages', (manager) => {
    expect(installCommands(manager, [])).toEqual([])
  })
})

describe('equipment', () => {
  const debian = { ...fit, packageManager: 'apt-get' as const, programs: ['git', 'ssh', 'gcc'] }

  test.each([
    ['nothing', [], []],
    ['what is there', ['git'], []],
    ['what is there in part', ['compilers', 'git'], ['compilers']],
    ['all', ['compilers', 'rust'], ['compilers', 'rust']],
  ] as const)('that an image lacks: %s', (_, wanted, lacking) => {
    expect(lackingEquipment(debian, wanted)).toEqual(lacking)
  })

  test.each([
    ['dnf', ['gcc', 'gcc-c++', 'make', 'pkgconfig', 'git-core', 'openssh-clients', 'rust', 'cargo']],
    ['microdnf', ['gcc', 'gcc-c++', 'make', 'pkgconfig', 'git-core', 'openssh-clients', 'rust', 'cargo']],
    ['yum', ['gcc', 'gcc-c++', 'make', 'pkgconfig', 'git-core', 'openssh-clients', 'rust', 'cargo']],
    [
      'apt-get',
      ['gcc', 'g++', 'make', 'libc6-dev', 'pkg-config', 'git', 'openssh-client', 'ca-certificates', 'rustc', 'cargo'],
    ],
  ] as const)('of %s', (manager, packages) => {
    expect(equipmentPackages(manager, ['compilers', 'git', 'rust'])).toEqual(packages)
  })

  test.each([
    ['are there', { ...debian, hasHeaders: true }, ['compilers'], []],
    ['are of Debian', { ...debian, hasHeaders: false }, ['compilers'], ['libpython3.13-dev']],
    ['are of Amazon Linux', { ...fit, hasHeaders: false }, ['compilers'], ['python3.13-devel']],
    ['are not needed', { ...debian, hasHeaders: false }, ['git'], []],
  ] as const)('headers that %s', (_, facts, equipment, packages) => {
    expect(headerPackages(facts, '3.13', equipment)).toEqual(packages)
  })
})

test.each(['libpq-devel', 'gcc-c++', 'libpq5=15.8-0+deb12u1', 'libxml2.x86_64', 'libc6:amd64', 'g++', '7zip'])(
  '%s can be a package',
  (name) => {
    expect(wrongPackageNames([name])).toBeUndefined()
  },
)

test.each(['', '-y', '--nogpgcheck', 'a b', 'a;b', '$(id)', 'https://example.com/a.rpm', '/tmp/a.deb'])(
  '"%s" cannot be a package',
  (name) => {
    expect(wrongPackageNames(['libpq-devel', name])?.title).toBe(
      `system-packages: "${name}" cannot be the name of a package`,
    )
  },
)

test('reads what the probe says', () => {
  const said = `package-manager=microdnf
machine=aarch64
glibc=2.34
glibc=2.34
other-python=3.9
other-python=3.9
python=/var/lang/bin/python3.13
python-version=3.13.5
pip=yes
headers=yes
program=gcc
program=git
noise = of a login script
`
  expect(parseFacts(said)).toEqual({
    packageManager: 'microdnf',
    machine: 'aarch64',
    glibc: '2.34',
    python: '/var/lang/bin/python3.13',
    pythonVersion: '3.13.5',
    hasPip: true,
    hasHeaders: true,
    programs: ['gcc', 'git'],
    otherPythons: ['3.9'],
  })
})

test('reads an image that has nothing', () => {
  expect(parseFacts('')).toEqual({
    packageManager: undefined,
    machine: '',
    glibc: undefined,
    python: undefined,
    pythonVersion: undefined,
    hasPip: false,
    hasHeaders: false,
    programs: [],
    otherPythons: [],
  })
})

describe('which image is fit', () => {
  const arm64 = targetOf('python3.13', 'arm64')
  const without = { ...bare, packageManager: undefined }
  test.each([
    ["Lambda's own", fit, target, 'found', undefined],
    ['a newer C library', { ...fit, glibc: '2.41' }, target, 'found', undefined],
    [
      'an older C library',
      { ...fit, glibc: '2.31' },
      target,
      'found',
      'image has glibc 2.31, older than the 2.34 of python3.13',
    ],
    [
      'older by number, not by letter',
      { ...fit, glibc: '2.9' },
      target,
      'found',
      'image has glibc 2.9, older than the 2.34 of python3.13',
    ],
    ['another C library', { ...fit, glibc: undefined }, target, 'found', 'image has no GNU C library'],
    [
      'another machine',
      { ...fit, machine: 'aarch64' },
      target,
      'found',
      'image runs on aarch64, and x86_64 is what is built for',
    ],
    ['arm64', { ...fit, machine: 'aarch64' }, arm64, 'found', undefined],
    ['arm64 by its other name', { ...fit, machine: 'arm64' }, arm64, 'found', undefined],
    ['no Python yet', bare, target, 'found', undefined],
    ['no Python after all', bare, target, 'set up', 'image has no Python 3.13'],
    ['no Python, and nothing to bring it', without, target, 'found', 'image has no Python 3.13'],
    ['no pip after all', { ...fit, hasPip: false }, target, 'set up', 'image has no Python 3.13 with pip'],
  ] as const)('%s', (_, facts, wanted, stage, title) => {
    expect(unfitProblem('image', facts, wanted, stage)?.title).toBe(title)
  })

  test('says which Python an image has instead, and what to do', () => {
    expect(
      unfitProblem('debian:12', { ...bare, packageManager: 'apt-get', otherPythons: ['3.11'] }, target, 'set up'),
    ).toEqual({
      title: 'debian:12 has no Python 3.13',
      detail: 'Nor does apt-get bring it. It has Python 3.11.',
      hint: 'Leave base-image out to use public.ecr.aws/lambda/python:3.13, or name an image for python3.13 on x86_64.',
    })
  })
})

test.each([
  ['2.26', '2.34', true],
  ['2.34', '2.34', false],
  ['2.41', '2.34', false],
  ['2.9', '2.10', true],
  ['2', '2.1', true],
  ['3.0', '2.34', false],
])('%s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older)
})
