/** What goes wrong with which call: AWS on a bad day. */

export type Json = Record<string, unknown>

/** What happens to the calls of one operation. */
export interface Fault {
  readonly operation: string
  /** Only calls about this version or alias, or with null about none. Default: all. */
  readonly qualifier?: string | null
  /** Only calls that come after so many that change something. Default 0. */
  readonly afterWrites?: number
  /** The first of those calls that it happens to, counted from the injection. Default 1. */
  readonly nth?: number
  /** To how many calls in a row; `Infinity` for all that follow. Default 1. */
  readonly times?: number
  /** From the first one on it happens to every call, whatever its operation. */
  readonly spreads?: boolean
  /** Answers with this status and error instead of asking the emulator. */
  readonly status?: number
  readonly type?: string // 'TooManyRequestsException'
  readonly message?: string
  /** More headers of the answer, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>
  /** Time before anything else happens. */
  readonly delayMs?: number
  /** Done before the emulator is asked, and before the fault itself. */
  readonly before?: () => unknown
  /** Done after the emulator has done the work, before it is answered. */
  readonly after?: () => unknown
  /** Closes the connection without an answer: before the emulator was asked, or after it has done the work. */
  readonly drop?: 'before' | 'after'
  /** Changes the emulator's answer. */
  readonly rewrite?: (json: Json) => unknown
  /** Eventual consistency: so many reads of each thing answer as if the call had not been made yet. */
  readonly staleReads?: number
  /** The update, or the version, is in progress for so long, and then fails where there is a reason. */
  readonly unfinished?: { readonly milliseconds: number; readonly failure?: string }
}

export interface FaultedCall {
  readonly operation: string
  readonly qualifier?: string | undefined
}

export interface Faults {
  readonly inject: (fault: Fault) => void
  readonly clear: () => void
  /** What happens to a call that arrives now. */
  readonly due: (call: FaultedCall) => Fault | undefined
}

/** Whether a call can change something; requests to a Function URL are the visitors'. */
export function isWrite({ operation }: Pick<FaultedCall, 'operation'>): boolean {
  return !/^(?:Get|List|Filter|Describe|Head|FunctionUrl$)/.test(operation)
}

interface Injected extends Fault {
  seen: number
}

export function createFaults(): Faults {
  let faults: Injected[] = []
  let writes = 0

  function due(call: FaultedCall): Fault | undefined {
    let found: Fault | undefined
    for (const fault of faults) {
      const { operation, qualifier, afterWrites = 0, nth = 1, times = 1, spreads = false } = fault
      const hasSpread = spreads && fault.seen >= nth
      const isMeant =
        operation === call.operation &&
        (qualifier === undefined || qualifier === (call.qualifier ?? null)) &&
        writes >= afterWrites
      if (!isMeant && !hasSpread) continue
      fault.seen += 1
      if (found === undefined && fault.seen >= nth && (spreads || fault.seen < nth + times)) found = fault
    }
    if (isWrite(call)) writes += 1
    return found
  }

  return {
    inject: (fault) => {
      faults.push({ ...fault, seen: 0 })
    },
    clear: () => {
      faults = []
      writes = 0
    },
    due,
  }
}
