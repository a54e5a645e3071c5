/** Which pages of other sites may read answers of the Function URL (Lambda API reference, "Cors"). Lists have no order. */
export interface Cors {
  /** None of them: nothing is said about other sites, and browsers let none of them read an answer. */
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposedHeaders: readonly string[]
  readonly credentials: boolean
  /** For how many seconds a browser may keep what it was told. */
  readonly maxAge: number
}

export const NO_CORS: Cors = {
  origins: [],
  methods: [],
  headers: [],
  exposedHeaders: [],
  credentials: false,
  maxAge: 0,
}
