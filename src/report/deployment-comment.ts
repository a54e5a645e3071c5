import type { DeploymentFacts } from './deployment-facts.ts'
import { withoutSecrets } from './secrets.ts'
import { deploymentText } from './summary.ts'

/** GitHub takes 65,536 characters; the rest is for who posts it, and marks it as ours. */
const LONGEST = 65_000
/** Of each output, in characters. It is halved until the comment is short enough. */
const LONGEST_OUTPUT = 8_000

/** What the summary of the job says, as a comment, in which GitHub masks nothing. @param secrets however they are spelled */
export function deploymentComment(facts: DeploymentFacts, secrets: readonly string[]): string {
  const masked = withTexts(facts, (text) => withoutSecrets(text, secrets))
  for (let longest = LONGEST_OUTPUT; longest >= 100; longest = Math.floor(longest / 2)) {
    const comment = deploymentText(masked, longest)
    if (comment.length <= LONGEST) return comment
  }
  return deploymentText(withTexts({ ...masked, commands: [], plan: [] }, cut), 0)
}

const LONGEST_TEXT = 200

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT).toWellFormed()} […]`
}

/** The same with other texts, however deep they stand. */
function withTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map((each: unknown) => withTexts(each, change)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTexts<unknown>(each, change)])) as T
}
