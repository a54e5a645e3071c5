import type { AlarmApi } from './alarms.ts'
import type { ClientOptions } from './call.ts'

/** The client is only loaded where alarms are asked: few releases do. */
export function createAlarmApi(options: ClientOptions): AlarmApi {
  let opened: Promise<AlarmApi> | undefined
  return {
    read: async (names) => {
      opened ??= import('./alarms.ts').then(({ createCloudWatchAlarms }) => createCloudWatchAlarms(options))
      return await (await opened).read(names)
    },
  }
}
