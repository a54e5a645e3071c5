/** What a function has beside its versions: it holds for all of them at once, and a rollback does not bring it back. */
export type AsideStep = never
