import { beforeEach, describe, expect, test } from '@jest/globals'
import { runProcess } from '../../../src/builder/process.ts'
import { createByHook, deleteByHook, type HookCollaborators } from '../../../src/preview/database/hooks.ts'
import { identityOf } from '../../../src/preview/identity.ts'
import { silentReporter } from './silent.ts'

const IDENTITY = identityOf(
  'shop',
  { number: 7, host: 'github.com', repositoryId: '42', repository: 'o/shop' },
  '123456789012/eu-west-1',
)

let printed: string[] = []
let masked: string[] = []
beforeEach(() => {
  printed = []
  masked = []
})

const hooks: HookCollaborators = {
  run: runProcess,
  cwd: '/',
  environment: { PATH: process.env['PATH'] ?? '', NEON_API_KEY: 'key' },
  mask: (variables) => masked.push(...Object.values(variables)),
  report: { ...silentReporter, output: (line) => printed.push(line) },
}

describe('preview-database-create', () => {
  test('prints the address last, which is masked and shown nowhere', async () => {
    const line = `echo "branch of $WSGI_LAMBDA_PREVIEW, $WSGI_LAMBDA_PR, $NEON_API_KEY"; echo warned >&2; echo " postgresql://u:hush@h/d "; echo`
    expect(await createByHook(line, IDENTITY, hooks)).toBe('postgresql://u:hush@h/d')
    expect(printed.toSorted()).toEqual(['', 'branch of shop-pr-7, 7, key', 'warned'])
    expect(masked).toEqual(['postgresql://u:hush@h/d'])
  })

  test.each(['true', 'echo done', 'echo postgresql://u@h/d; echo created', 'echo "postgresql://u@h/d done"'])(
    'without an address: %s',
    async (line) => {
      await expect(createByHook(line, IDENTITY, hooks)).rejects.toMatchObject({
        title: 'preview-database-create printed no address as its last line',
      })
    },
  )

  test('fails with its exit code, whatever it printed', async () => {
    await expect(createByHook('echo postgresql://u:p@h/d; exit 3', IDENTITY, hooks)).rejects.toMatchObject({
      title: 'preview-database-create ended with exit code 3',
    })
  })

  test('takes a name for a word, whatever it holds', async () => {
    const hostile = { ...IDENTITY, functionName: '$(echo injected); "`\'' }
    await deleteByHook('printf "%s\\n" "$WSGI_LAMBDA_PREVIEW"', hostile, hooks)
    expect(printed).toEqual([hostile.functionName])
  })
})

describe('preview-database-delete', () => {
  test('shows all that it prints, and fails with its exit code', async () => {
    await expect(deleteByHook('echo gone; exit 1', IDENTITY, hooks)).rejects.toMatchObject({
      title: 'preview-database-delete ended with exit code 1',
    })
    expect(printed).toEqual(['gone'])
  })
})
