import { describe, expect, test } from '@jest/globals'
import { buildProblem, equipmentWanted } from '../../src/wheels/build-failure.ts'

const where = { image: 'docker (an image)', location: { file: 'requirements.txt', line: 3 } }

describe('a failed build', () => {
  test.each([
    ['Error: pg_config executable not found.', 'pg_config of PostgreSQL is missing', 'libpq-devel'],
    [
      'Exception: Can not find valid pkg-config name.\nSpecify MYSQLCLIENT_CFLAGS',
      'the client library of MySQL is missing',
      'mariadb-connector-c-devel',
    ],
    ['/bin/sh: 1: mysql_config: not found', 'the client library of MySQL is missing', 'default-libmysqlclient-dev'],
    ['c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory', 'libffi is missing', 'libffi-devel'],
    ['fatal error: Python.h: No such file or directory', 'the headers of Python are missing', 'libpython3.13-dev'],
    [
      'Error: Please make sure the libxml2 and libxslt development packages are installed.',
      'libxml2 and libxslt',
      'libxslt-devel',
    ],
    ['The headers or library files could not be found for zlib,', 'zlib is missing', 'zlib1g-dev'],
    ['fatal error: lber.h: No such file or directory', 'OpenLDAP is missing', 'openldap-devel'],
    [
      'Package libsystemd was not found in the pkg-config search path.',
      'a library that pkg-config looks for',
      'system-packages',
    ],
    ['fatal error: gmp.h: No such file or directory', 'a header file of a library is missing', 'system-packages'],
    ['/usr/bin/ld: cannot find -lsnappy: No such file', 'a library to link with is missing', 'system-packages'],
    ['error: rustc 1.63.0 is not supported by the following packages:', 'a Rust that is too old', 'rustup'],
    [
      'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.',
      'another file than the one',
      'Lock again',
    ],
    ['git@example.org: Permission denied (publickey).', 'refused access', 'docker-ssh'],
    ['Host key verification failed.', "the repository's host is not known", 'ssh-keyscan'],
    [
      'setuptools-scm was unable to detect version for /x',
      'the history of its repository',
      'SETUPTOOLS_SCM_PRETEND_VERSION',
    ],
    ['c++: fatal error: Killed signal terminated program cc1plus', 'the memory ran out', 'MAKEFLAGS'],
  ])('%s', (said, why, hint) => {
    const problem = buildProblem('thing 1.0', `building\n${said}\n`, where)
    expect(problem.title).toMatch(/^thing 1\.0 could not be built: /)
    expect(problem.title).toContain(why)
    expect(problem.hint).toContain(hint)
    expect(problem.detail).toContain(said.split('\n')[0])
    expect(problem.location).toEqual(where.location)
  })

  const passedOver = (versions: string): string =>
    `ERROR: Ignored the following versions that require a different python version: ${versions}\n` +
    'ERROR: No matching distribution found for django==6.1.3\n'

  test.each([
    [
      '6.1 Requires-Python >=3.12; 6.1.3 Requires-Python >=3.12; 6.2 Requires-Python >=3.13',
      'does not support this Python',
    ],
    ['6.1.3 Requires-Python >=3.12', 'does not support this Python'],
    ['6.1 Requires-Python >=3.12; 6.1.30 Requires-Python >=3.12', 'has no source distribution'],
    ['16.1.3 Requires-Python >=3.12', 'has no source distribution'],
  ])('of a version that pip passed over (%s): %s', (versions, why) => {
    expect(buildProblem('django 6.1.3', passedOver(versions), where).title).toContain(why)
  })

  test('shows the beginning of a line that is very long', () => {
    const { detail } = buildProblem('thing', `(from versions: ${'1.0, '.repeat(1000)})`, where)
    expect(detail).toMatch(/^\(from versions: 1\.0, .{300,400} …$/)
  })

  test('for another reason shows the end of what was said, without the frame of pip', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`)
    const frame = ['  note: This error originates from a subprocess', 'ERROR: Failed building wheel for thing', '']
    const { title, detail, hint, output } = buildProblem('thing', [...lines, ...frame].join('\n'), where)
    expect(title).toBe('thing could not be built')
    expect(detail?.split('\n')).toEqual(lines.slice(-25))
    expect(hint).toContain('--verbose')
    expect(output).toContain('line 0')
  })
})

test.each([
  ["error: command 'gcc' failed: No such file or directory", ['compilers']],
  ["unable to execute 'x86_64-linux-gnu-gcc': No such file or directory", ['compilers']],
  ['CMake Error: CMAKE_C_COMPILER not set\nNo CMAKE_CXX_COMPILER could be found.', ['compilers']],
  ['../meson.build:1:0: ERROR: Unknown compiler(s): [[cc], [gcc]]', ['compilers']],
  ["error: can't find Rust compiler", ['rust']],
  ['Cargo, the Rust package manager, is not installed or is not on PATH.', ['rust']],
  ["ERROR: Cannot find command 'git' - do you have 'git' installed", ['git']],
  ['Error: pg_config executable not found.', []],
  ['fatal error: ffi.h: No such file or directory', []],
  ['gcc -Wall -c x.c\nx.c:1: error: expected ;', []],
])('%s', (said, equipment) => {
  expect(equipmentWanted(said)).toEqual(equipment)
})
