import { expect, test } from '@jest/globals'
import { collectLines } from '../../src/builder/docker-lines.ts'

function lines(...chunks: (string | Buffer)[]): { lines: string[]; all: string } {
  const heard: string[] = []
  const collector = collectLines((line) => heard.push(line))
  for (const chunk of chunks) collector.stream.write(chunk)
  return { all: collector.end(), lines: heard }
}

const snowman = Buffer.from('☃\n')

test.each([
  ['nothing', [], [], ''],
  ['whole lines', ['a\nb\n'], ['a', 'b'], 'a\nb\n'],
  ['pieces of a line', ['a', 'b', 'c\nd'], ['abc', 'd'], 'abc\nd'],
  ['empty lines', ['\n\na\n'], ['', '', 'a'], '\n\na\n'],
  ['line ends of Windows', ['a\r\nb'], ['a', 'b'], 'a\r\nb'],
  ['a character cut in two', [snowman.subarray(0, 1), snowman.subarray(1)], ['☃'], '☃\n'],
] as [string, (string | Buffer)[], string[], string][])('%s', (_, chunks, heard, all) => {
  expect(lines(...chunks)).toEqual({ lines: heard, all })
})
