/** The alias, last of all. */
export type TrafficStep =
  | { readonly kind: 'move-alias' }
  /** Nothing is left to do after the move: the alias says so. */
  | { readonly kind: 'finish' }
