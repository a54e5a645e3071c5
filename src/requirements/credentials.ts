/** A text whose addresses have no user names, passwords and tokens. The user of `ssh://git@…` is no secret. */
export function withoutCredentials(text: string): string {
  return text.replace(
    /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@'"]+(?:@[^\s/@'"]+)*)@/gi,
    (whole, scheme: string, user: string) => (/ssh/i.test(scheme) && !user.includes(':') ? whole : scheme),
  )
}
