import { spellingsOf, withoutSecrets } from '../report/secrets.ts'
import { isAccessDenied } from './errors.ts'

/**
 * Sends what has variables of a function. AWS may quote any part of a request that it refuses, and their values are nobody else's
 * business; a refusal for want of a permission names resources alone, whose names may be values too.
 */
export async function withoutValues<T>(
  environment: Readonly<Record<string, string>> | undefined,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof Error && environment !== undefined && !isAccessDenied(error)) mask(error, environment)
    throw error
  }
}

function mask(error: Error, environment: Readonly<Record<string, string>>): void {
  const texts = error as unknown as Record<string, unknown>
  for (const name of ['message', 'stack', 'Message', 'Reason']) {
    const text = texts[name]
    if (typeof text === 'string') texts[name] = masked(text, environment)
  }
}

/** A value that is short stands in every other word: it is masked behind its name. */
function masked(text: string, environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).filter(([, value]) => value !== '')
  const named = variables.reduce(
    (rest, [name, value]) =>
      rest
        .replaceAll(`${name}=${value}`, () => `${name}=***`)
        .replaceAll(`"${name}":${JSON.stringify(value)}`, () => `"${name}":"***"`),
    text,
  )
  return withoutSecrets(
    named,
    variables.flatMap(([, value]) => spellingsOf(value)),
  )
}
