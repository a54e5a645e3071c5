import { expect, test } from '@jest/globals'
import { entryPointScripts, withInterpreter } from '../../src/wheels/scripts.ts'

const PYTHON = '#!/var/lang/bin/python3.13'

test.each<[string, string | undefined]>([
  ['#!python\nimport os\n', `${PYTHON}\nimport os\n`],
  ['#!python\r\nimport os\r\n', `${PYTHON}\r\nimport os\r\n`],
  ['#!python -E\n', `${PYTHON} -E\n`],
  ['#!pythonw\n', `${PYTHON}\n`],
  ['#!python3\n', `${PYTHON}\n`],
  ['#!python', PYTHON],
  ['#!/usr/bin/env python3\n', undefined],
  ['#!/bin/sh\n', undefined],
  ['import os\n#!python\n', undefined],
  [' #!python\n', undefined],
  ['', undefined],
])('the script %j', (script, expected) => {
  expect(withInterpreter(Buffer.from(script), '3.13')?.toString()).toBe(expected)
})

test('bytes that are no text stay as they are', () => {
  const bytes = Buffer.concat([Buffer.from('#!python\n'), Buffer.from([0xff, 0x00, 0x80])])
  expect(withInterpreter(bytes, '3.13')).toEqual(Buffer.concat([Buffer.from(`${PYTHON}\n`), bytes.subarray(9)]))
})

test('a console script calls what the entry point names', () => {
  const [script] = entryPointScripts('[console_scripts]\nrun = pkg.cli:App.main\n', '3.13')
  expect(script?.name).toBe('run')
  expect(script?.content.toString()).toBe(
    `${PYTHON}\nimport sys\n\nfrom pkg.cli import App\n\nif __name__ == "__main__":\n    sys.exit(App.main())\n`,
  )
})

test.each<[string, readonly string[]]>([
  ['', []],
  ['[console_scripts]\nb=p:m\na = p : m\n', ['a', 'b']],
  ['[console_scripts]\r\na = p:m\r\n', ['a']],
  ['[ console_scripts ]\n  a.b-c = p:m [extra]\n', ['a.b-c']],
  ['[console_scripts]\n.. = p:m\n. = p:m\na = p:m\n', ['a']],
  ['[gui_scripts]\na = p:m\n[console_scripts]\nb = p:m\n', ['a', 'b']],
  ['[other]\na = p:m\n', []],
  ['[console_scripts]\n# a = p:m\n; b = p:m\n\n', []],
  ['[console_scripts]\n../../etc/x = p:m\n/x = p:m\n', []],
  ['[console_scripts]\na = p;import os:m\nb = p:m()\nc = p\n', ['b']],
  ['[console_scripts]\na = p:m\n[other]\nb = p:m\n', ['a']],
])('the programs of %j', (entryPoints, names) => {
  expect(entryPointScripts(entryPoints, '3.13').map(({ name }) => name)).toEqual(names)
})
