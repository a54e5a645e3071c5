import { createHash } from 'node:crypto'
import { sourceHash } from '../../src/artifact/inspect/source-hash.ts'
import { type RawEntry, rawZip } from '../support/wheels.ts'
import { makeElf } from '../wheels/make-elf.ts'

const HANDLER = 'handler = None\n'

/** A distribution of an artifact, with files of such sizes that an inspection has something to say. */
interface Part {
  readonly name: string
  readonly version: string
  readonly folder: string
  readonly kilobytes: number
  readonly requires?: readonly string[]
}

const PARTS: readonly Part[] = [
  {
    name: 'Flask',
    version: '3.1.2',
    folder: 'flask',
    kilobytes: 300,
    requires: [
      'blinker>=1.9.0',
      'click>=8.1.3',
      'jinja2>=3.1.2',
      'werkzeug>=3.1.0',
      'python-dotenv; extra == "dotenv"',
    ],
  },
  { name: 'Werkzeug', version: '3.1.3', folder: 'werkzeug', kilobytes: 800, requires: ['MarkupSafe>=2.1.1'] },
  { name: 'Jinja2', version: '3.1.6', folder: 'jinja2', kilobytes: 550, requires: ['MarkupSafe>=2.0'] },
  { name: 'click', version: '8.3.0', folder: 'click', kilobytes: 400 },
  { name: 'blinker', version: '1.9.0', folder: 'blinker', kilobytes: 30 },
  {
    name: 'psycopg',
    version: '3.2.10',
    folder: 'psycopg',
    kilobytes: 700,
    requires: ['psycopg-binary==3.2.10; extra == "binary"'],
  },
]
const BINARY_PARTS: readonly Part[] = [
  { name: 'MarkupSafe', version: '3.0.3', folder: 'markupsafe', kilobytes: 12 },
  { name: 'psycopg-binary', version: '3.2.10', folder: 'psycopg_binary', kilobytes: 40 },
]

export interface Changes {
  /** A version of Flask, and how much larger or smaller it is. */
  readonly flask?: { readonly version: string; readonly kilobytes: number }
  readonly withoutBlinker?: boolean
}

/** As a build for python3.13 makes it. Same changes, same bytes. */
export function exampleArtifact({ flask, withoutBlinker = false }: Changes = {}): Buffer {
  const parts = PARTS.filter(({ name }) => !(withoutBlinker && name === 'blinker')).map((part) =>
    part.name === 'Flask' && flask ? { ...part, ...flask } : part,
  )
  return rawZip([
    { name: 'shop.py', content: 'from flask import Flask\n\napp = Flask(__name__)\n' },
    { name: '__pycache__/shop.cpython-313.pyc', content: bytecode(CHECKED, 'another source') },
    { name: 'wsgi_handler.py', content: HANDLER },
    { name: '__pycache__/wsgi_handler.cpython-313.pyc', content: bytecode(UNCHECKED, HANDLER) },
    {
      name: 'wsgi_lambda.json',
      content: JSON.stringify({ app: 'shop:app', runtime: 'python3.13', architecture: 'x86_64', version: '0.1.0' }),
    },
    ...parts.flatMap((part) => distribution(part, [])),
    ...BINARY_PARTS.flatMap((part) => distribution(part, [binaryOf(part)])),
  ])
}

function distribution(
  { name, version, folder, kilobytes, requires = [] }: Part,
  more: readonly RawEntry[],
): RawEntry[] {
  const source = `${folder}/__init__.py`
  const compiled = `${folder}/__pycache__/__init__.cpython-313.pyc`
  const size = (kilobytes * 1000) / 2
  const text = `TEXT = """${filler(name, size)}"""\n`
  const metadata = [
    'Metadata-Version: 2.4',
    `Name: ${name}`,
    `Version: ${version}`,
    ...requires.map((text) => `Requires-Dist: ${text}`),
    '',
    '',
  ]
  const info = `${folder}-${version}.dist-info`
  const entries: RawEntry[] = [
    { name: source, content: text },
    { name: compiled, content: Buffer.concat([bytecode(UNCHECKED, text), Buffer.from(filler(version, size))]) },
    ...more,
    { name: `${info}/METADATA`, content: metadata.join('\n') },
    { name: `${info}/WHEEL`, content: `Wheel-Version: 1.0\nTag: ${tagOf(more)}\n` },
  ]
  const record = [...entries.map((entry) => `${String(entry.name)},,`), `${info}/RECORD,,`, '']
  return [...entries, { name: `${info}/RECORD`, content: record.join('\n') }]
}

function tagOf(binaries: readonly RawEntry[]): string {
  return binaries.length > 0 ? 'cp313-cp313-manylinux_2_28_x86_64' : 'py3-none-any'
}

/** One loads, and one needs a newer C library than the runtime has. */
function binaryOf({ folder }: Part): RawEntry {
  const version = folder === 'markupsafe' ? 'GLIBC_2.14' : 'GLIBC_2.38'
  return {
    name: `${folder}/_speedups.cpython-313-x86_64-linux-gnu.so`,
    content: makeElf({ needed: ['libc.so.6'], needs: [{ library: 'libc.so.6', versions: [version] }] }),
  }
}

const MAGIC = 3571
const UNCHECKED = 1
const CHECKED = 3

/** As Python 3.13 writes it for a source, but for the code. */
function bytecode(flags: number, source: string): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt16LE(MAGIC, 0)
  header.write('\r\n', 2, 'latin1')
  header.writeUInt32LE(flags, 4)
  header.write(sourceHash(Buffer.from(source), MAGIC, '3.13'), 8, 'hex')
  return header
}

/** Text that compresses about as well as code does. */
function filler(seed: string, length: number): string {
  let text = ''
  for (let index = 0; text.length < length; index++)
    text += `${createHash('sha256').update(`${seed} ${index}`).digest('hex').slice(0, 24)} = ${seed}.value\n`
  return text.slice(0, length)
}
