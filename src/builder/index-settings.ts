/**
 * The environment with pip's addresses of indexes in the words of uv, which does not read pip's: who has set up pip needs
 * nothing more. What is set for uv itself counts.
 */
export function withUvIndexes(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { PIP_INDEX_URL: main, PIP_EXTRA_INDEX_URL: extra } = environment
  return {
    ...(main === undefined || hasAny(environment, ['UV_INDEX_URL', 'UV_DEFAULT_INDEX'])
      ? {}
      : { UV_DEFAULT_INDEX: main }),
    ...(extra === undefined || hasAny(environment, ['UV_EXTRA_INDEX_URL', 'UV_INDEX']) ? {} : { UV_INDEX: extra }),
    ...environment,
  }
}

function hasAny(environment: Readonly<Record<string, string>>, names: readonly string[]): boolean {
  return names.some((name) => environment[name] !== undefined)
}
