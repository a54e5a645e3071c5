/** So long may nothing be said, in milliseconds. */
const LONGEST_SILENCE = 10_000
const LOOK_EVERY = 1000

/** Time, which tests have of their own. */
export interface Beat {
  /** Milliseconds. */
  readonly clock: () => number
  /** Calls again and again, until what it returns is called; no process lives longer for it. */
  readonly every: (milliseconds: number, task: () => void) => () => void
}

export interface Heartbeat {
  /** A phase, in which nobody is left without a word. */
  during<T>(title: string, work: () => Promise<T>): Promise<T>
  /** What goes on from now on. */
  doing(text: string): void
  /** A line was shown. @param isResult whether something has ended with it: a line that a program prints ends nothing */
  said(isResult: boolean): void
}

/** Says what goes on, and for how long it has, where nothing else was said for ten seconds. */
export function createHeartbeat(say: (text: string) => void, { clock, every }: Beat = BEAT): Heartbeat {
  const phases: { readonly title: string; readonly since: number }[] = []
  let doing: { readonly text: string; readonly since: number } | undefined
  let lastSaid = clock()
  let stop: (() => void) | undefined
  const look = (): void => {
    const now = clock()
    const phase = phases.at(-1)
    if (phase === undefined || now - lastSaid < LONGEST_SILENCE) return
    lastSaid = now
    const { text, since } = doing ?? { text: `${phase.title} goes on`, since: phase.since }
    say(TELLS_TIME.test(text) ? text : `${text} (${Math.round((now - since) / 1000)} s)`)
  }
  return {
    during: async (title, work) => {
      lastSaid = clock()
      phases.push({ title, since: lastSaid })
      stop ??= every(LOOK_EVERY, look)
      try {
        return await work()
      } finally {
        phases.pop()
        doing = undefined
        if (phases.length === 0) {
          stop()
          stop = undefined
        }
      }
    },
    doing: (text) => {
      if (doing?.text !== text) doing = { text, since: clock() }
    },
    said: (isResult) => {
      lastSaid = clock()
      if (isResult) doing = undefined
    },
  }
}

/** As in `waiting for the update (12 s)`, or `(12 s left)`. */
const TELLS_TIME = /\(\d+(?:\.\d+)? s(?: left)?\)$/

const BEAT: Beat = {
  clock: () => performance.now(),
  every: (milliseconds, task) => {
    const timer = setInterval(task, milliseconds).unref()
    return () => {
      clearInterval(timer)
    }
  },
}
