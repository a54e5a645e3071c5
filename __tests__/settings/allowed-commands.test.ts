import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { commandContradictions, RUN_ANYTHING } from '../../src/settings/allowed-commands.ts'
import { loadFunctionSettings } from '../../src/settings/settings.ts'

const none = { commands: undefined, migrate: false, migratePlan: false, beforeTraffic: [], afterTraffic: [] }

function titles(settings: Partial<Parameters<typeof commandContradictions>[0]>): readonly string[] {
  return commandContradictions({ ...none, ...settings }).map(({ title }) => title)
}

describe('what a deployment runs and its function would refuse', () => {
  test.each<[readonly string[] | undefined, string, string | undefined]>([
    [undefined, 'manage migrate', undefined],
    [undefined, 'timeout=600 manage migrate', undefined],
    [undefined, 'flask db upgrade', undefined],
    [undefined, "exec print('manage')", 'exec'],
    [undefined, 'shell ls -l', 'shell'],
    [undefined, 'manage shell -c 1', 'manage shell'],
    [undefined, 'manage "shell_plus"', 'manage shell_plus'],
    [undefined, 'flask --debug shell', 'flask --debug shell'],
    [['exec'], 'exec 1', undefined],
    [['exec'], 'manage migrate', 'manage migrate'],
    [['none'], 'manage migrate', 'manage migrate'],
    [['manage migrate'], 'manage migrate --noinput', undefined],
    [['manage  migrate'], 'manage migrate', undefined],
    [['manage migrate'], 'manage createsuperuser', 'manage createsuperuser'],
    [['manage shell'], 'manage shell -c 1', undefined],
    [['shell'], 'shell manage migrate', undefined],
  ])('commands %j, line %j: %s is missing', (commands, line, missing) => {
    const problems = commandContradictions({ ...none, commands, beforeTraffic: [line] })
    expect(problems.map(({ hint }) => hint)).toEqual(
      missing === undefined ? [] : [expect.stringContaining(`${missing}; or remove the line.`)],
    )
  })

  test('the hint keeps what is allowed already', () => {
    const [problem] = commandContradictions({ ...none, beforeTraffic: ['exec 1'] })
    expect(problem?.hint).toBe('Set commands to manage, flask, exec; or remove the line.')
    const [other] = commandContradictions({ ...none, commands: ['none'], migrate: true })
    expect(other?.hint).toBe('Set commands to manage migrate; or remove migrate.')
  })

  test('is told of each setting', () => {
    const commands = ['exec']
    expect(
      titles({ commands, migrate: true, beforeTraffic: ['manage a'], afterTraffic: ['exec 1', 'flask b'] }),
    ).toEqual([
      'migrate runs manage migrate --noinput, which the function would refuse',
      'before-traffic has "manage a", which the function would refuse',
      'after-traffic has "flask b", which the function would refuse',
    ])
    expect(titles({ commands: ['manage migrate --noinput'], migrate: true, migratePlan: true })).toEqual([
      'migrate runs manage migrate --plan, which the function would refuse',
    ])
  })

  test('the list is that of the runtime', async () => {
    const policy = await readFile('runtime/wsgi_lambda/policy.py', 'utf8')
    const [, list = ''] = /_RUN_ANYTHING = frozenset\(([^]*?)\n\)/.exec(policy) ?? []
    const names = list.replaceAll(/#.*/g, '').match(/(?<=")\w+(?=")/g) ?? []
    expect([...RUN_ANYTHING].toSorted()).toEqual(names.toSorted())
  })
})

describe('settings with it', () => {
  const load = (given: Readonly<Record<string, unknown>>) =>
    loadFunctionSettings({
      ...{ project: '.', stage: undefined, environment: {} },
      explicit: { given: { 'function-name': 'shop', commands: 'exec', migrate: 'true', ...given }, nameOf: String },
    })

  test('are refused', async () => {
    await expect(load({})).rejects.toMatchObject({ exitCode: 2, title: expect.stringContaining('migrate runs') })
  })

  test.each([{ artifact: 'shop.zip' }, { handler: 'none' }])('are not where the zip has others: %j', async (given) => {
    expect((await load(given)).functionName).toBe('shop')
  })
})
