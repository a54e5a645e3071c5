import { describe, expect, test } from '@jest/globals'
import { newMigrations, remarksOn } from '../../../src/release/comparison/migrations.ts'

const paths = (files: readonly string[], served: readonly string[] = []): string[] =>
  newMigrations(files, served).map(({ path }) => path)

describe('which files are migrations', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["Django's, at any depth", ['a/b/migrations/0002_x.py'], ['a/b/migrations/0002_x.py']],
    ['none without a number', ['shop/migrations/__init__.py', 'shop/migrations/helpers.py'], []],
    ['none of another folder', ['shop/0001_x.py', 'shop/migrations/sql/0001_x.sql'], []],
    [
      "Alembic's, beside env.py",
      ['migrations/env.py', 'migrations/versions/ae10_x.py'],
      ['migrations/versions/ae10_x.py'],
    ],
    ['no other folder of that name', ['boto/versions/ae10_x.py'], []],
    [
      'source and bytecode are one',
      ['shop/migrations/0001_x.py', 'shop/migrations/__pycache__/0001_x.cpython-313.pyc'],
      ['shop/migrations/0001_x.py'],
    ],
  ])('%s', (_, files, found) => {
    expect(paths(files)).toEqual(found)
  })

  test('only those that the served version has not, whatever it has them as', () => {
    const served = ['shop/migrations/0001_x.pyc', 'shop/migrations/__pycache__/0002_y.cpython-312.pyc']
    const files = ['shop/migrations/0001_x.py', 'shop/migrations/0002_y.py', 'shop/migrations/0003_z.py']
    expect(paths(files, served)).toEqual(['shop/migrations/0003_z.py'])
  })

  test('bytecode alone is said', () => {
    expect(newMigrations(['shop/migrations/0001_x.pyc'], [])).toEqual([
      { path: 'shop/migrations/0001_x.py', tool: 'django', hasSource: false },
    ])
  })
})

describe('Django: what removes or renames', () => {
  const marked = (source: string): string[] =>
    remarksOn(source, 'django').map(({ line, operation }) => `${line} ${operation}`)

  test.each([
    'RemoveField',
    'DeleteModel',
    'RenameField',
    'RenameModel',
    'AlterModelTable',
    'RemoveConstraint',
    'RemoveIndex',
    'AlterField',
    'AlterUniqueTogether',
    'RunSQL',
    'RunPython',
  ])('%s', (operation) => {
    expect(marked(`operations = [\n    migrations.${operation}("shop", "x"),\n]`)).toEqual([`2 ${operation}`])
    expect(marked(`operations = [${operation} (\n  "x")]`)).toEqual([`1 ${operation}`])
  })

  test.each(['CreateModel', 'AddField', 'AddIndex', 'AddConstraint', 'AlterModelOptions', 'toString', 'constructor'])(
    '%s is none',
    (operation) => {
      expect(marked(`operations = [migrations.${operation}("x")]`)).toEqual([])
    },
  )

  test.each([
    ['a comment', '# RemoveField("x")\n'],
    ['a text', "help_text='RemoveField('\n"],
    ['a text with an escape', '"a \\" RemoveField("\n'],
    ['a docstring of several lines', '"""\nRemoveField(\n""" \n'],
    ['a comment with a quote, and a text after it', "# it's\nx = 'RemoveField('\n"],
    ['a definition', 'class RunPython(Base): ...\ndef RemoveField(x): ...\n'],
  ])('%s is none', (_, source) => {
    expect(marked(`${source}migrations.DeleteModel("x")`)).toEqual([`${source.split('\n').length} DeleteModel`])
  })

  test('why it matters stands beside it', () => {
    const [remark] = remarksOn('migrations.RenameField("a", "b", "c")', 'django')
    expect(remark?.reason).toBe('the version that still serves knows only the old name')
  })
})

describe('Alembic: what removes or renames', () => {
  const marked = (body: string): string[] =>
    remarksOn(`def upgrade():\n    ${body}\n\n\ndef downgrade():\n    op.drop_table("x")\n`, 'alembic').map(
      ({ line, operation, reason }) => `${line} ${operation}: ${reason}`,
    )
  const serving = (does: string): string => `the version that still serves ${does}`

  test.each([
    ['op.drop_column("a", "b")', `2 op.drop_column: ${serving('reads and writes this column')}`],
    ['op.drop_table("a")', `2 op.drop_table: ${serving('uses this table')}`],
    ['op.rename_table("a", "b")', `2 op.rename_table: ${serving('knows only the old name')}`],
    ['op.alter_column("a", "b",\n new_column_name="c")', `2 op.alter_column: ${serving('knows only the old name')}`],
    ['op.alter_column("a", "b", type_=f(1))', `2 op.alter_column: ${serving('works with the old type and rules')}`],
    ['batch_op.drop_column("b")', `2 op.drop_column: ${serving('reads and writes this column')}`],
    ['op.execute("select 1")', '2 op.execute: it can do anything: look at it'],
  ])('%s', (body, remark) => {
    expect(marked(body)).toEqual([remark])
  })

  test.each([
    'op.add_column("a", b)',
    'op.create_table("a")',
    'op.alter_column("a", "b", server_default=None)',
    'shop.drop("a")',
    '# op.drop_table("a")',
    'x = "op.drop_table()"',
  ])('%s is none, and neither is what takes it back', (body) => {
    expect(marked(body)).toEqual([])
  })
})
