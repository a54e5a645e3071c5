import { AlarmType, CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

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

export function createCloudWatchAlarms({ version, wait, signal }: ClientOptions): AlarmApi {
  const client = new CloudWatchClient(clientConfig(version))
  // DescribeAlarms can be allowed for all alarms only (CloudWatch user guide, "Permissions reference").
  const { call } = createCaller(wait, () => '*', 'cloudwatch')
  return {
    read: async (names) => {
      const command = new DescribeAlarmsCommand({
        AlarmNames: [...names],
        // Without it composite alarms are left out.
        AlarmTypes: [AlarmType.MetricAlarm, AlarmType.CompositeAlarm],
        MaxRecords: 100,
      })
      const found = await call('DescribeAlarms', names.join(', '), () => client.send(command, { abortSignal: signal }))
      return [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])].map(
        ({ AlarmName: name = '', StateValue: state = 'INSUFFICIENT_DATA', StateReason: reason = '' }): Alarm => ({
          name,
          state,
          reason,
        }),
      )
    },
  }
}
