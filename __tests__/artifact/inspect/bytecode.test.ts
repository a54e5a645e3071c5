import { describe, expect, test } from '@jest/globals'
import { inspectBytecode } from '../../../src/artifact/inspect/bytecode.ts'
import { type BytecodeHeader, readHeader } from '../../../src/artifact/inspect/bytecode-header.ts'
import type { Contents, ZippedFile } from '../../../src/artifact/inspect/contents.ts'

const MAGIC = 3571
const MODIFIED = 1_700_000_000
const SOURCE = { path: 'a.py', crc: 1, zippedBytes: 10, unzippedBytes: 20, modified: MODIFIED }
const CACHED = '__pycache__/a.cpython-313.pyc'
const unchecked: BytecodeHeader = { kind: 'unchecked', magic: MAGIC, sourceHash: '00' }
const checked: BytecodeHeader = { kind: 'checked', magic: MAGIC, sourceHash: '00' }
const timestamp: BytecodeHeader = { kind: 'timestamp', magic: MAGIC, sourceModified: MODIFIED, sourceBytes: 20 }

interface Given {
  readonly sources?: readonly ZippedFile[]
  readonly hash?: string
}

function contents(
  bytecode: readonly (readonly [string, BytecodeHeader])[],
  { sources = [SOURCE], hash = '00', ...known }: Partial<Pick<Contents, 'pythonMinor'>> & Given = {},
): Contents {
  return {
    path: '/app.zip',
    sha256: '',
    zipBytes: 0,
    files: [...sources, ...bytecode.map(([path]) => ({ ...SOURCE, path }))],
    told: {},
    pythonMinor: 'pythonMinor' in known ? known.pythonMinor : '3.13',
    distInfos: new Map(),
    bytecode: new Map(bytecode),
    sourceHashes: new Map([['a.py', hash]]),
    binaries: new Map(),
  }
}

describe('what Python does with a compiled file', () => {
  test.each<[string, string, Contents]>([
    ['unchecked', 'of the right source', contents([[CACHED, unchecked]])],
    ['differs', 'of another source, which is not looked at', contents([[CACHED, unchecked]], { hash: '01' })],
    ['checked', 'of the right source, which is looked at', contents([[CACHED, checked]])],
    ['stale', 'of another source, which is looked at', contents([[CACHED, checked]], { hash: '01' })],
    ['timestamp', 'of the date and size of the source', contents([[CACHED, timestamp]])],
    ['stale', 'of another date', contents([[CACHED, { ...timestamp, sourceModified: MODIFIED + 1 }]])],
    ['stale', 'of another size', contents([[CACHED, { ...timestamp, sourceBytes: 21 }]])],
    ['other-python', 'with the magic number of another version', contents([[CACHED, { ...unchecked, magic: 3531 }]])],
    ['other-python', 'with the name of another version', contents([['__pycache__/a.cpython-312.pyc', unchecked]])],
    ['unused', 'with the name of PyPy', contents([['__pycache__/a.pypy310.pyc', unchecked]])],
    ['unused', 'beside its source', contents([['a.pyc', unchecked]])],
    ['unused', 'without a source, in __pycache__', contents([['__pycache__/b.cpython-313.pyc', unchecked]])],
    ['unused', 'optimised', contents([['__pycache__/a.cpython-313.opt-1.pyc', unchecked]])],
    ['sourceless', 'in place of a source', contents([['b.pyc', unchecked]])],
    ['damaged', 'that is cut off', contents([[CACHED, { kind: 'damaged' }]])],
    ['unchecked', 'of an unknown Python', contents([[CACHED, unchecked]], { pythonMinor: undefined })],
  ])('%s: %s', (state, _, given) => {
    expect(inspectBytecode(given).files.map((file) => file.state)).toEqual([state])
  })
})

test('sources are counted by what a start has to compile', () => {
  const sources = ['a.py', 'b.py', 'c.py', 'pkg/__init__.py'].map((path) => ({ ...SOURCE, path }))
  const found = inspectBytecode(
    contents(
      [
        [CACHED, unchecked],
        ['__pycache__/b.cpython-313.pyc', { ...timestamp, sourceModified: 0 }],
        ['pkg/__pycache__/__init__.cpython-313.pyc', unchecked],
      ],
      { sources },
    ),
  )
  expect(found).toMatchObject({ magic: MAGIC, sources: 4, loaded: 2, withoutBytecode: ['c.py'] })
})

describe('a header', () => {
  const header = (flags: number): Buffer => {
    const bytes = Buffer.alloc(20)
    bytes.writeUInt16LE(MAGIC, 0)
    bytes.write('\r\n', 2, 'latin1')
    bytes.writeUInt32LE(flags, 4)
    bytes.writeUInt32LE(MODIFIED, 8)
    bytes.writeUInt32LE(20, 12)
    return bytes
  }

  test.each<[string, Buffer, unknown]>([
    ['of a date', header(0), timestamp],
    ['of a hash that is not checked', header(1), { kind: 'unchecked', magic: MAGIC, sourceHash: '00f1536514000000' }],
    ['of a hash that is checked', header(3), { kind: 'checked', magic: MAGIC, sourceHash: '00f1536514000000' }],
    ['with flags that nobody knows', header(4), { kind: 'damaged' }],
    ['that checks a hash it has not', header(2), { kind: 'damaged' }],
    ['without code', header(1).subarray(0, 16), { kind: 'damaged' }],
    ['of nothing', Buffer.alloc(0), { kind: 'damaged' }],
    ['that is none', Buffer.from('# just a text, not bytecode'), { kind: 'damaged' }],
  ])('%s', (_, bytes, expected) => {
    expect(readHeader(bytes)).toEqual(expected)
  })
})
