import { describe, expect, test } from '@jest/globals'
import { findRuntime } from '../../src/settings/python-version.ts'
import { folderWith } from './project-folder.ts'

const pyproject = (required?: unknown) => ({
  exists: true,
  text: '',
  hasDependencies: false,
  project: required === undefined ? {} : { 'requires-python': required },
  settings: {},
  stages: {},
  problems: [],
})
const NONE = 'Set runtime to one of python3.10, python3.11, python3.12, python3.13, python3.14.'

describe('.python-version', () => {
  test.each([
    ['3.12', 'python3.12'],
    ['3.12.4\n', 'python3.12'],
    ['\n# the servers\n 3.11 \n3.9\n', 'python3.11'],
    ['3.10.1\r\n', 'python3.10'],
    ['cpython-3.14', 'python3.14'],
    ['cpython@3.13.2', 'python3.13'],
    ['cpython3.13', 'python3.13'],
  ])('%j', async (text, runtime) => {
    const project = await folderWith({ '.python-version': text })
    expect(await findRuntime(project, pyproject('>=3.10,<3.11'))).toEqual({ runtime, from: '.python-version' })
  })

  test.each([
    ['3.9', '3.9'],
    ['3.1', '3.1'],
    ['3.100', '3.100'],
    ['pypy3.10-7.3.12', 'pypy3.10-7.3.12'],
    ['system', 'system'],
    ['# nothing\n', ''],
  ])('%j has no runtime', async (text, pin) => {
    expect(await findRuntime(await folderWith({ '.python-version': text }), pyproject('>=3.10'))).toEqual({
      problem: { title: `.python-version asks for ${JSON.stringify(pin)}, which no Lambda runtime has`, hint: NONE },
    })
  })
})

describe('requires-python', () => {
  test.each([
    ['>=3.10', 'python3.13'],
    ['>=3.14', 'python3.14'],
    ['>=3.10,<3.13', 'python3.12'],
    ['>=3.11, <3.12', 'python3.11'],
    ['==3.12.*', 'python3.12'],
    ['~=3.12', 'python3.13'],
    ['~=3.11.2', 'python3.11'],
    ['>=3.12.4,!=3.13.*', 'python3.14'],
    ['<4', 'python3.13'],
    ['>3.13.1', 'python3.13'],
    ['', 'python3.13'],
  ])('%j', async (required, runtime) => {
    expect(await findRuntime(await folderWith(), pyproject(required))).toEqual({
      runtime,
      from: `requires-python ${JSON.stringify(required)}`,
    })
  })

  test.each(['>=3.15', '<3.10', '==2.7.*', 'three'])('%j has no runtime', async (required) => {
    expect(await findRuntime(await folderWith(), pyproject(required))).toEqual({
      problem: { title: `requires-python is ${JSON.stringify(required)}, which no Lambda runtime has`, hint: NONE },
    })
  })
})

test.each([undefined, 3.12])('requires-python %j: the default', async (required) => {
  expect(await findRuntime(await folderWith(), pyproject(required))).toEqual({
    runtime: 'python3.13',
    from: 'the default',
  })
})
