import { UserError } from '../errors.ts'
import type { CommandKind, RemoteCommand } from './protocol.ts'

const LONGEST_SECONDS = 900

/** A line of `before-traffic`, as in `manage migrate --noinput` or `timeout=600 manage migrate`. */
export function parseCommandLine(line: string): RemoteCommand {
  const [, seconds, text = ''] = /^(?:timeout=(\d+)\s+)?([^]*)$/.exec(line.trim()) ?? []
  const [, word = '', rest = ''] = /^(\S+)\s*([^]*)$/.exec(text) ?? []
  const kind = word === 'shell' ? 'command' : word
  if (!isCommandKind(kind)) {
    throw wrong(
      `${JSON.stringify(line)} is not a remote command`,
      'It starts with manage, flask, exec or shell, as in: manage migrate --noinput',
    )
  }
  if (seconds === undefined) return { kind, data: rest }
  const timeoutSeconds = Number(seconds)
  if (timeoutSeconds >= 1 && timeoutSeconds <= LONGEST_SECONDS) return { kind, data: rest, timeoutSeconds }
  throw wrong(`The timeout of ${JSON.stringify(line)} is out of range`, `1 to ${LONGEST_SECONDS} seconds are possible.`)
}

function isCommandKind(word: string): word is CommandKind {
  return ['manage', 'flask', 'exec', 'command'].includes(word)
}

function wrong(title: string, hint: string): UserError {
  return new UserError({ title, hint }, { exitCode: 2 })
}
