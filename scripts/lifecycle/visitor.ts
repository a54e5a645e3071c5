import { setTimeout as sleep } from 'node:timers/promises'

/** Somebody who asks for a page again and again. */
export interface Visitor {
  readonly answers: () => number
  /** What was not as it should be, since the last time that this was asked. */
  readonly takeComplaints: () => readonly string[]
  readonly stop: () => Promise<void>
}

const PAUSE_MILLISECONDS = 400
const LONGEST_MILLISECONDS = 30_000

/** @param complaintOf what is wrong with the body of an answer; undefined where nothing is */
export function startVisitor(address: string, complaintOf: (body: string) => string | undefined): Visitor {
  const stopping = new AbortController()
  const complaints: string[] = []
  let answers = 0
  async function visit(): Promise<string | undefined> {
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(LONGEST_MILLISECONDS) })
      const body = await answer.text()
      return answer.status === 200 ? complaintOf(body) : `it answered ${answer.status} ${body.slice(0, 200)}`
    } catch (error) {
      return `it did not answer: ${String(error)}`
    }
  }
  async function visitOften(): Promise<void> {
    while (!stopping.signal.aborted) {
      const complaint = await visit()
      answers += 1
      if (complaint !== undefined) complaints.push(complaint)
      await sleep(PAUSE_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const visiting = visitOften()
  return {
    answers: () => answers,
    takeComplaints: () => complaints.splice(0),
    stop: async () => {
      stopping.abort()
      await visiting
    },
  }
}
