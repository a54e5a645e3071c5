import { type Problem, UserError } from '../../errors.ts'
import type { Reporter } from '../../report/reporter.ts'
import {
  type Answer,
  answerLine,
  failing,
  headersOf,
  type PublicRequest,
  request,
  unreachable,
  urlToAsk,
} from './public-url.ts'

const LONGEST_REFUSAL_MS = 60_000
const LONGEST_PAUSE_MS = 5000

interface Collaborators {
  readonly report: Reporter
  readonly clock: () => number
  readonly wait: (milliseconds: number, until: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
}

/**
 * Asks a public address as a visitor would, before anybody is told of it. Statements that were just written take a while to hold.
 * @returns whether it has answered: that this machine does not reach it says nothing of others
 * @throws UserError where AWS goes on to refuse visitors, or Lambda answers in place of the function
 */
export async function confirmPublicUrl(
  functionName: string,
  address: string | undefined,
  asked: PublicRequest,
  collaborators: Collaborators,
): Promise<'asked' | 'unreachable' | 'not to be asked'> {
  const { report, clock, signal } = collaborators
  const url = urlToAsk(address, asked)
  if (url === undefined) return 'not to be asked'
  const started = clock()
  const ask = (): Promise<Answer> => request(url, headersOf(asked.settings), signal)
  let answer: Answer
  try {
    answer = await ask()
    if (answer.isRefused) answer = await untilLetIn(answer, ask, collaborators)
  } catch (error) {
    signal.throwIfAborted()
    report.warning({
      ...unreachable(url, error),
      hint: 'The preview is released, and whether its address answers is not known: open it, or let the runner reach it.',
    })
    return 'unreachable'
  }
  const { status, isRefused, isLambdas } = answer
  report.info(answerLine(url, status, clock() - started))
  if (isRefused) throw new UserError(refused(functionName))
  if (isLambdas) throw new UserError(unanswered(functionName, url))
  if (status >= 500) report.warning(failing(url, status))
  return 'asked'
}

async function untilLetIn(
  first: Answer,
  ask: () => Promise<Answer>,
  { report, clock, wait, signal }: Collaborators,
): Promise<Answer> {
  return await report.phase('Wait until AWS lets visitors in', async () => {
    const started = clock()
    let answer = first
    for (let pause = 1000; answer.isRefused; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const waited = clock() - started
      if (waited >= LONGEST_REFUSAL_MS) return answer
      report.progress(`the Function URL still answers 403 (${(waited / 1000).toFixed(0)} s)`)
      await wait(pause, signal)
      signal.throwIfAborted()
      answer = await ask()
    }
    return answer
  })
}

function refused(functionName: string): Problem {
  return {
    title: `The Function URL of ${functionName} answers 403, after a minute too: AWS refuses visitors`,
    detail:
      'A public URL takes two statements in the policy of the alias, lambda:InvokeFunctionUrl and lambda:InvokeFunction, both for everybody (*).',
    hint: 'Look at the policy of the alias: where a statement is missing, let the role of this job call lambda:AddPermission and lambda:GetPolicy, and run it again. Where both are there, the account or its organisation forbids public URLs: ask whoever is in charge of it, or set function-url to iam.',
  }
}

function unanswered(functionName: string, url: string): Problem {
  return {
    title: `Lambda answers 502 in place of ${functionName}: the function fails, or what it answers is no answer`,
    detail: `GET ${url}`,
    hint: `Look at its log: wsgi-lambda logs --function-name ${functionName}`,
  }
}
