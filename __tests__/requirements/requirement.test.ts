import { expect, test } from '@jest/globals'
import { archiveIdentity, parseRequirement, requirementText } from '../../src/requirements/requirement.ts'

const plain = { extras: [], specifier: '', url: undefined, marker: undefined }

test.each<[string, ReturnType<typeof parseRequirement>]>([
  ['Django', { ...plain, name: 'django' }],
  ['django >= 5.2, < 6', { ...plain, name: 'django', specifier: '>= 5.2, < 6' }],
  ['django (>=5.2)', { ...plain, name: 'django', specifier: '>=5.2' }],
  [
    'Zope.Interface[Test_All, docs]==7',
    { ...plain, name: 'zope-interface', extras: ['test-all', 'docs'], specifier: '==7' },
  ],
  ["tomli>=2;python_version<'3.11'", { ...plain, name: 'tomli', specifier: '>=2', marker: "python_version<'3.11'" }],
  ["a ; os_name == 'nt'", { ...plain, name: 'a', marker: "os_name == 'nt'" }],
  ['a @ https://x.example/a;b.zip', { ...plain, name: 'a', url: 'https://x.example/a;b.zip' }],
  [
    "a[b]@git+https://x.example/a.git@main ; os_name == 'posix'",
    { ...plain, name: 'a', extras: ['b'], url: 'git+https://x.example/a.git@main', marker: "os_name == 'posix'" },
  ],
  ['django 5.2', undefined],
  ['django=5.2', undefined],
  ['./lib', undefined],
  ['', undefined],
])('%s', (text, requirement) => {
  expect(parseRequirement(text)).toEqual(requirement)
})

test.each(['a', 'a[b,c]>=1,<2', "a>=1 ; os_name == 'nt'", 'a @ https://x.example/a.zip'])(
  '%s is written as it was',
  (text) => {
    const requirement = parseRequirement(text)
    expect(requirement && requirementText(requirement)).toBe(text)
  },
)

test.each<[string, { name: string; version: string } | undefined]>([
  ['https://x.example/Django-5.2-py3-none-any.whl', { name: 'django', version: '5.2' }],
  [
    'vendor/my_lib-1.0+local-1-cp312-cp312-manylinux_2_28_x86_64.whl#sha256=0f',
    { name: 'my-lib', version: '1.0+local' },
  ],
  ['./zope.interface-7.1.tar.gz', { name: 'zope-interface', version: '7.1' }],
  ['https://x.example/archive/main.zip', undefined],
])('%s', (url, identity) => {
  expect(archiveIdentity(url)).toEqual(identity)
})
