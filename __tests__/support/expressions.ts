/** What an expression may speak of, as in `{ github: { event_name: 'push' } }`. */
export type Contexts = Readonly<Record<string, unknown>>

/**
 * The value of an expression of GitHub's, as far as workflows here have them: names, texts, `==`, `!=`, `&&` and `||`, without
 * parentheses ("Evaluate expressions in workflows and actions"). What is not there is null.
 */
export function evaluate(expression: string, contexts: Contexts): unknown {
  let value: unknown
  for (const alternative of expression.split('||')) {
    for (const part of alternative.split('&&')) {
      value = compare(part.trim(), contexts)
      if (!isTrue(value)) break
    }
    if (isTrue(value)) return value
  }
  return value
}

/** A text with its expressions filled in. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.+?)\}\}/g, (_, expression: string) => textOf(evaluate(expression, contexts)))
}

/** The condition of a job or a step, with or without `${{ }}`. */
export function holds(condition: string | undefined, contexts: Contexts): boolean {
  const [, expression = condition] = /^\$\{\{(.+)\}\}$/.exec(condition ?? '') ?? []
  return expression === undefined || isTrue(evaluate(expression, contexts))
}

function compare(text: string, contexts: Contexts): unknown {
  const [left = '', operator, right] = text.split(/\s*(==|!=)\s*/)
  if (right === undefined) return valueOf(left, contexts)
  const [a, b] = [valueOf(left, contexts), valueOf(right, contexts)].map((value) => textOf(value).toLowerCase())
  return (a === b) === (operator === '==')
}

function valueOf(text: string, contexts: Contexts): unknown {
  if (/^(?:true|false|\d+)$/.test(text)) return JSON.parse(text)
  const [, quoted] = /^'([^']*)'$/.exec(text) ?? []
  if (quoted !== undefined) return quoted
  if (!/^[a-z]\w*(?:\.\w+)*$/.test(text)) throw new Error(`The expression ${text} is not understood.`)
  return (
    text.split('.').reduce<unknown>((value, key) => (value as Contexts | null | undefined)?.[key], contexts) ?? null
  )
}

function isTrue(value: unknown): boolean {
  return Boolean(value)
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
