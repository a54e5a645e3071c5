import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/**
 * Takes what a program prints, in pieces of any size, and answers all of it at the end. On the way, `onLine` hears each
 * line as it is complete, and the unfinished last one at the end.
 */
export function collectLines(onLine: ((line: string) => void) | undefined): { stream: Writable; end(): string } {
  const decoder = new StringDecoder('utf8')
  const pieces: string[] = []
  let unfinished = ''
  const take = (text: string): void => {
    pieces.push(text)
    if (!onLine) return
    const lines = (unfinished + text).split('\n')
    unfinished = lines.pop() ?? ''
    for (const line of lines) onLine(line.replace(/\r$/, ''))
  }
  return {
    stream: new Writable({
      write(chunk: Buffer, _encoding, done) {
        take(decoder.write(chunk))
        done()
      },
    }),
    end() {
      take(decoder.end())
      if (onLine && unfinished !== '') onLine(unfinished)
      unfinished = ''
      return pieces.join('')
    },
  }
}
