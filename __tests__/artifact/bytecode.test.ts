import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { compileBytecode, TOOLS } from '../../src/artifact/bytecode.ts'
import type { Builder, Completed } from '../../src/builder/builder.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeBuilder } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'

const TOOLS_FOLDER = fileURLToPath(new URL('../../docker', import.meta.url))

/** A workspace with these files, where this machine's own Python runs. */
async function createBuilder(files: Readonly<Record<string, string>>): Promise<Builder> {
  const builder = await fakeBuilder()
  await builder.put(TOOLS_FOLDER, TOOLS)
  await builder.put(await folderWith(files), 'application')
  const run = ([program = '', ...args]: readonly string[]): Promise<Completed> =>
    new Promise((resolve) => {
      execFile(program, args, { cwd: builder.workspace }, (error, stdout, stderr) => {
        resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr })
      })
    })
  return { ...builder, python: 'python3', run }
}

test('every module gets bytecode; what does not compile is left without', async () => {
  await using builder = await createBuilder({ 'app.py': 'x = 1\n', 'package/old.py': "print 'x'\n" })
  const report = recordingReporter()
  await compileBytecode('application', { builder, report })
  expect(existsSync(join(builder.workspace, 'application/__pycache__'))).toBe(true)
  expect(existsSync(join(builder.workspace, 'application/package/__pycache__'))).toBe(false)
  expect(report.of('debug')).toEqual([
    'bytecode of 1 modules in application',
    'without bytecode, since they do not compile: package/old.py',
  ])
})

test('bytecode that cannot be written is a failure, and not a module that does not compile', async () => {
  await using builder = await createBuilder({ 'app.py': 'x = 1\n', __pycache__: 'a file in the way' })
  await expect(compileBytecode('application', { builder, report: recordingReporter() })).rejects.toMatchObject({
    name: 'UserError',
    title: 'The bytecode of application could not be made',
    detail: expect.stringContaining('app.py'),
  })
})
