import { describe, expect, test } from '@jest/globals'
import { holds, markerEnvironment } from '../../src/requirements/markers.ts'

const x86 = markerEnvironment({ architecture: 'x86_64' }, '3.12.4')
const arm = markerEnvironment({ architecture: 'arm64' }, '3.10.16')

test.each<[string, boolean, boolean]>([
  ["sys_platform == 'linux'", true, true],
  ["sys_platform == 'win32'", false, false],
  ["'linux' in sys_platform", true, true],
  ["sys_platform not in 'win32 darwin'", true, true],
  ["sys_platform  not  in  'linux darwin'", false, false],
  ['os_name=="posix"', true, true],
  ["platform_machine == 'aarch64'", false, true],
  ["platform_machine in 'x86_64 amd64'", true, false],
  ["platform_system != 'Windows'", true, true],
  ["python_version >= '3.11'", true, false],
  ["python_version < '3.9'", false, false],
  ["python_version == '3.12'", true, false],
  ["python_version == '3.1'", false, false],
  ["python_version == '3.12.*'", true, false],
  ["python_version in '3.10 3.11'", false, true],
  ["'3.11' <= python_version", true, false],
  ["python_full_version >= '3.12.4'", true, false],
  ["python_full_version ~= '3.10.3'", false, true],
  ["implementation_name == 'cpython'", true, true],
  ["platform_python_implementation == 'PyPy'", false, false],
  ["os.name == 'posix' and sys.platform == 'linux'", true, true],
  ["python_version >= '3.11' and sys_platform == 'win32'", false, false],
  ["python_version < '3.11' or sys_platform == 'linux'", true, true],
  ["python_version < '3.11' and sys_platform == 'win32' or platform_machine == 'x86_64'", true, false],
  ["python_version < '3.11' and (sys_platform == 'linux' or platform_machine == 'x86_64')", false, true],
  ["(python_version >= '3.10')", true, true],
  ["extra == 'cache'", false, false],
])('%s: %p on python3.12 x86_64, %p on python3.10 arm64', (marker, onX86, onArm) => {
  expect([holds(marker, x86), holds(marker, arm)]).toEqual([onX86, onArm])
})

test('no marker always holds', () => {
  expect([holds(undefined, x86), holds('  ', x86)]).toEqual([true, true])
})

test.each<[string, boolean]>([
  ["extra == 'Web_Cache'", true],
  ["extra != 'web-cache'", false],
  ["extra == 'web-cache' and sys_platform == 'linux'", true],
  ["extra == 'other'", false],
  ["'web-cache' in extras", true],
  ["'other' not in extras", true],
  ["'prod' in dependency_groups", true],
  ["'dev' in dependency_groups", false],
])('%s, where the extra web-cache and the group prod are asked for: %p', (marker, expected) => {
  expect(holds(marker, x86, { extras: new Set(['web-cache']), groups: new Set(['prod']) })).toBe(expected)
})

describe('one that cannot be read is refused', () => {
  test.each([
    'sys_platform',
    "sys_platform = 'linux'",
    "system == 'linux'",
    "(sys_platform == 'linux'",
    "sys_platform == 'linux')",
    "sys_platform == 'linux' python_version > '3'",
    "python_version > '3' and",
  ])('%s', (marker) => {
    expect(() => holds(marker, x86)).toThrow(`The marker cannot be read: ${marker}`)
  })
})
