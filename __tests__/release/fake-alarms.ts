import type { Alarm, AlarmApi } from '../../src/aws/alarms.ts'

export interface FakeAlarms extends AlarmApi {
  /** As it is from then on. */
  set(name: string, state: Alarm['state'], reason?: string): void
}

/** CloudWatch's alarms in memory. */
export function fakeAlarms(): FakeAlarms {
  const all = new Map<string, Alarm>()
  return {
    set: (name, state, reason = `Threshold Crossed: ${name}`) => {
      all.set(name, { name, state, reason })
    },
    read: (names) => Promise.resolve([...all.values()].filter(({ name }) => names.includes(name))),
  }
}
