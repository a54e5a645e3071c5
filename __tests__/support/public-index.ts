/** The index that everybody uses, and where its files lie. Fixtures stand for them by names that nobody can look up. */
const HOST = ['pypi', 'org'].join('.')
const FILES_HOST = ['files', 'pythonhosted', 'org'].join('.')

export const PUBLIC_INDEX = `https://${HOST}/simple`
export const PUBLIC_FILES = `https://${FILES_HOST}`

/** A fixture's text with the real addresses. */
export function withPublicIndex(text: string): string {
  return text
    .replaceAll('https://index.public.example/simple', PUBLIC_INDEX)
    .replaceAll('https://files.public.example', PUBLIC_FILES)
}
