import { type RecordedCall, recorded } from '../../__tests__/faults/recorded.ts'
import type { Fault } from '../environment/faults.ts'
import { numbersFrom, oneOf, weighted } from '../environment/random.ts'
import type { DatabaseLink } from './database-link.ts'
import type { Ground } from './ground.ts'

/** What a run can be reached by: what it asks of others goes this way. */
export interface Reach extends Pick<Ground, 'world' | 'github'> {
  /** To the databases of the function that it is about. */
  readonly link: DatabaseLink
}

/** What a run of the same kind has asked of others when all went well: where something can go wrong. */
export interface Experience {
  readonly calls: readonly RecordedCall[]
  readonly databaseMessages: number
  readonly githubCalls: number
}

/** Something that goes wrong during one run. */
export interface Mishap {
  readonly name: string
  /** Sees to it that it happens. @param signal to the run's process @returns whether it has happened so far */
  readonly arm: (reach: Reach, signal: (name: NodeJS.Signals) => void) => () => boolean
}

export function experienceOf({ world, link, github }: Reach): Experience {
  const calls = recorded(world.proxy.calls()).filter(({ operation }) => operation !== 'FunctionUrl')
  return { calls, databaseMessages: link.sent(), githubCalls: github.calls.length }
}

/** From now on nothing goes wrong, and everything that is asked is counted anew. */
export function clear({ world, links, github }: Ground): void {
  world.proxy.clear()
  for (const link of links) link.clear()
  github.calls.length = 0
  github.fault = () => undefined
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const

const FAILURES: readonly { readonly name: string; readonly fault: Omit<Fault, 'operation'> }[] = [
  {
    name: 'throttled twice',
    fault: { status: 429, type: 'TooManyRequestsException', message: 'Rate exceeded', times: 2 },
  },
  { name: 'server error', fault: { status: 500, type: 'ServiceException', message: 'An internal error occurred.' } },
  { name: 'dropped before its effect', fault: { drop: 'before' } },
  { name: 'dropped after its effect', fault: { drop: 'after' } },
  {
    name: 'denied',
    fault: { status: 403, type: 'AccessDeniedException', message: 'User is not authorized', times: Infinity },
  },
  {
    name: 'credentials expired from here',
    fault: { status: 403, type: 'ExpiredTokenException', message: 'The security token has expired', spreads: true },
  },
]

/**
 * One of all that can go wrong at one of all the moments of such a run; undefined before one has gone well.
 * @param chance from 0 to 1
 */
export function chooseMishap(experience: Experience | undefined, chance: number): Mishap | undefined {
  if (experience === undefined || experience.calls.length === 0) return undefined
  const random = numbersFrom(chance * 2 ** 31)
  const { calls, databaseMessages, githubCalls } = experience
  const call = oneOf(calls, random)
  const signal = oneOf(SIGNALS, random)
  const message = 1 + Math.floor(random() * databaseMessages)
  const asked = 1 + Math.floor(random() * githubCalls)
  return weighted(
    [
      { weight: 5, what: () => failedCall(call, oneOf(FAILURES, random)) },
      { weight: 5, what: () => signalAtCall(call, signal, random() < 0.5 ? 'before' : 'after') },
      ...(databaseMessages === 0
        ? []
        : [
            { weight: 2, what: () => brokenDatabase(message) },
            { weight: 2, what: () => signalAtDatabase(message, signal) },
          ]),
      ...(githubCalls === 0
        ? []
        : [
            { weight: 1, what: () => brokenGitHub(asked) },
            { weight: 1, what: () => signalAtGitHub(asked, signal) },
          ]),
    ],
    random,
  )()
}

const shown = ({ operation, qualifier }: RecordedCall): string => [operation, qualifier].filter(Boolean).join(' ')

function failedCall(call: RecordedCall, { name, fault }: (typeof FAILURES)[number]): Mishap {
  return atCall(`${shown(call)}: ${name}`, call, () => fault)
}

function signalAtCall(call: RecordedCall, name: NodeJS.Signals, moment: 'before' | 'after'): Mishap {
  // Nobody asks again who was killed, and somebody does who was told to end.
  const drop = name === 'SIGKILL' ? { drop: moment } : {}
  return atCall(`${name} ${moment} ${shown(call)}`, call, (signal) => ({
    ...drop,
    [moment]: () => {
      signal(name)
    },
  }))
}

function atCall(
  name: string,
  call: RecordedCall,
  faultOf: (signal: (name: NodeJS.Signals) => void) => Omit<Fault, 'operation'>,
): Mishap {
  const { operation, qualifier = null, afterWrites } = call
  return {
    name,
    arm: ({ world }, signal) => {
      let hasHappened = false
      const fault = faultOf(signal)
      world.proxy.inject({
        ...{ operation, qualifier, afterWrites },
        ...fault,
        before: async () => {
          hasHappened = true
          await fault.before?.()
        },
      })
      return () => hasHappened
    },
  }
}

function brokenDatabase(message: number): Mishap {
  return atMessage(`database connection broken at message ${message}`, message, () => 'break')
}

function signalAtDatabase(message: number, name: NodeJS.Signals): Mishap {
  return atMessage(`${name} at message ${message} to the database`, message, (signal) => {
    signal(name)
    return undefined
  })
}

function atMessage(
  name: string,
  message: number,
  happen: (signal: (name: NodeJS.Signals) => void) => 'break' | undefined,
): Mishap {
  return {
    name,
    arm: ({ link }, signal) => {
      let hasHappened = false
      link.watch = (number) => {
        if (number !== message) return undefined
        hasHappened = true
        return happen(signal)
      }
      return () => hasHappened
    },
  }
}

function brokenGitHub(asked: number): Mishap {
  return atGitHub(`GitHub out of service from call ${asked}`, (number) =>
    number >= asked ? { kind: 'drop' } : undefined,
  )
}

function signalAtGitHub(asked: number, name: NodeJS.Signals): Mishap {
  return atGitHub(`${name} at call ${asked} to GitHub`, (number, signal) => {
    if (number !== asked) return undefined
    signal(name)
    return { kind: 'drop', isDone: true }
  })
}

function atGitHub(
  name: string,
  happen: (
    number: number,
    signal: (name: NodeJS.Signals) => void,
  ) => { readonly kind: 'drop'; readonly isDone?: boolean } | undefined,
): Mishap {
  return {
    name,
    arm: ({ github }, signal) => {
      let number = 0
      let hasHappened = false
      github.fault = () => {
        number += 1
        const fault = happen(number, signal)
        hasHappened ||= fault !== undefined
        return fault
      }
      return () => hasHappened
    },
  }
}
