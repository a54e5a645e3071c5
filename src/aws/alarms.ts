import type { ClientOptions } from './call.ts'

export interface Alarm {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** In CloudWatch's words. */
  readonly reason: string
}

/** CloudWatch's alarms, of one metric or composite. Every failure is a UserError where advice is possible. */
export interface AlarmApi {
  /** Those of these names that exist. */
  read(names: readonly string[]): Promise<readonly Alarm[]>
}

/** The client is only loaded where alarms are asked: few releases do. */
export function createAlarmApi(options: ClientOptions): AlarmApi {
  let opened: Promise<AlarmApi> | undefined
  return {
    read: async (names) => {
      opened ??= import('./cloudwatch.ts').then(({ createCloudWatch }) => createCloudWatch(options))
      return await (await opened).read(names)
    },
  }
}
