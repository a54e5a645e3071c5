import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { REPOSITORY } from '../support/world.ts'
import { CASES } from './cases.ts'
import { GUARDS } from './guards.ts'

test.each(GUARDS.map((guard) => [guard.name, guard] as const))(
  'the guard that it %s can be taken away',
  async (_, { without, case: name, combinations }) => {
    expect(CASES.map((each) => each.name)).toContain(name)
    expect(combinations.source).toContain(`^${name} `)
    for (const [file, replaced] of Object.entries(without)) {
      const source = await readFile(join(REPOSITORY, file), 'utf8')
      for (const [text] of replaced) expect(source.split(text)).toHaveLength(2)
    }
  },
)
