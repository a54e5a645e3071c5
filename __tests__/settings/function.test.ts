import { describe, expect, test } from '@jest/globals'
import type { Runtime } from '../../src/platform/runtimes.ts'
import { functionContradictions, misfits } from '../../src/settings/function-contradictions.ts'
import type { SettingName } from '../../src/settings/schema.ts'
import { loadDeploySettings } from '../../src/settings/settings.ts'
import { checkValues } from '../../src/settings/values.ts'
import { folderWith } from './project-folder.ts'

const check = (given: Readonly<Record<string, unknown>>) => checkValues([{ given, nameOf: (name) => `--${name}` }])
const mount = '/mnt/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d'
const layer = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:layer:${name}:1`

describe('what may be written', () => {
  test.each<[SettingName, unknown, unknown]>([
    ['vpc-subnets', 'subnet-0a1b2c3d\nsubnet-0a1b2c3e4f5a6b7c8', ['subnet-0a1b2c3d', 'subnet-0a1b2c3e4f5a6b7c8']],
    ['vpc-subnets', 'none', []],
    ['vpc-subnets', [], []],
    ['vpc-security-groups', ['sg-0a1b2c3d'], ['sg-0a1b2c3d']],
    ['layers', layer('fonts'), [layer('fonts')]],
    ['layers', 'none', []],
    ['file-systems', mount, [mount]],
    ['log-group', '/shop/{{stage}}', '/shop/{{stage}}'],
    ['log-retention', '30', '30'],
    ['log-retention', 30, '30'],
    ['log-retention', 'never', 'never'],
    ['kms-key', 'none', 'none'],
    ['dead-letter-target', 'arn:aws:sns:eu-west-1:123456789012:failed', 'arn:aws:sns:eu-west-1:123456789012:failed'],
    ['reserved-concurrency', 50, '50'],
    ['reserved-concurrency', 'none', 'none'],
    ['tags', 'team=shop\ncost center=7', { team: 'shop', 'cost center': '7' }],
    ['snap-start', 'false', false],
  ])('%s: %j', (name, given, value) => {
    const { values, problems } = check({ [name]: given })
    expect(problems).toEqual([])
    const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    expect(values).toMatchObject({ [camel]: value })
  })

  test.each<[SettingName, unknown]>([
    ['vpc-subnets', 'none\nsubnet-0a1b2c3d'],
    ['vpc-subnets', 'vpc-0a1b2c3d'],
    ['vpc-security-groups', 'default'],
    ['layers', 'arn:aws:lambda:eu-west-1:123456789012:layer:fonts'],
    ['file-systems', '/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d'],
    ['ephemeral-storage', '256'],
    ['log-retention', '31'],
    ['kms-key', 'alias/shop'],
    ['permissions-boundary', 'shop-boundary'],
    ['permissions-boundary', 'arn:aws:iam::123456789012:role/shop'],
    ['dead-letter-target', 'arn:aws:lambda:eu-west-1:123456789012:function:failed'],
    ['reserved-concurrency', '0'],
    ['code-signing-config', 'csc-1'],
  ])('not %s: %j', (name, given) => {
    expect(check({ [name]: given }).problems).toMatchObject([{ title: `--${name} is not valid` }])
  })

  test.each(['aws:team', 'AWS:team', 'managed-by', 'wsgi-lambda:role'])('not a tag %s', (tag) => {
    expect(check({ tags: { [tag]: 'x' } }).problems).toMatchObject([{ title: `--tags: ${tag} is not valid` }])
  })
})

describe('what does not fit together', () => {
  test.each<[string, Parameters<typeof misfits>[0], readonly string[]]>([
    ['nothing is known', {}, []],
    ['subnets and groups', { vpcSubnets: ['a'], vpcSecurityGroups: ['b'], fileSystems: [mount] }, []],
    ['subnets alone', { vpcSubnets: ['a'] }, ['vpc-subnets is set without vpc-security-groups']],
    ['groups alone', { vpcSecurityGroups: ['a'] }, ['vpc-security-groups is set without vpc-subnets']],
    ['a file system, and nobody knows of a VPC', { fileSystems: [mount] }, []],
    ['a file system without a VPC', { fileSystems: [mount], vpcSubnets: [] }, ['file-systems needs a VPC']],
    ['two file systems', { fileSystems: [mount, mount] }, ['file-systems has more than one line']],
    ['snapshots', { snapStart: true, runtime: 'python3.12', ephemeralStorage: 512, fileSystems: [] }, []],
    [
      'snapshots, and all that cannot be with them',
      {
        ...{ snapStart: true, runtime: 'python3.11', ephemeralStorage: 513, fileSystems: [mount] },
        provisionedConcurrency: 1,
      },
      [
        'snap-start cannot be used with provisioned-concurrency',
        'snap-start cannot be used with file-systems',
        'snap-start cannot be used with ephemeral-storage 513',
        'snap-start cannot be used with python3.11',
      ],
    ],
    ['the same without snapshots', { snapStart: false, runtime: 'python3.11', ephemeralStorage: 513 }, []],
    ['levels for json', { logFormat: 'json', logLevel: 'warn' }, []],
    ['levels, and nobody knows the format', { logLevel: 'warn' }, []],
    [
      'levels for text',
      { logFormat: 'text', logLevel: 'warn', systemLogLevel: 'warn' },
      ['log-level is set, and the log format is text', 'system-log-level is set, and the log format is text'],
    ],
  ])('%s', (_, options, titles) => {
    expect(misfits(options).map(({ title }) => title)).toEqual(titles)
  })

  const ROLE = 'arn:aws:iam::123456789012:role/shop'
  const five = ['a', 'b', 'c', 'd', 'e'].map(layer)

  test.each<[string, Record<string, unknown>, Runtime | undefined, readonly string[]]>([
    ['a function out of its VPC', { 'vpc-subnets': 'none' }, undefined, []],
    ['a role', { role: ROLE }, undefined, []],
    [
      'a boundary of no role',
      { role: ROLE, 'permissions-boundary': 'arn:aws:iam::123456789012:policy/shop-boundary' },
      undefined,
      ['permissions-boundary is set, and create-role is not'],
    ],
    ['two roles', { role: ROLE, 'create-role': 'true' }, undefined, ['role and create-role are both set']],
    [
      'a role with a name that is too long',
      { 'function-name': 'x'.repeat(60), 'create-role': 'true' },
      undefined,
      ['function-name is too long for create-role: 60 characters'],
    ],
    ['five layers', { layers: five }, undefined, []],
    ['six layers', { layers: [...five, layer('f')] }, undefined, ['layers has 6 lines, and Lambda takes 5 layers']],
    [
      'five layers and that of the dependencies',
      { layers: five, 'dependencies-layer': 'true' },
      undefined,
      ['layers has 5 lines, and Lambda takes 5 layers'],
    ],
    [
      'snapshots of a Python that has none',
      { 'snap-start': 'true' },
      'python3.11',
      ['snap-start cannot be used with python3.11'],
    ],
    ['code alone', { manage: 'code', 'function-url': 'none', migrate: 'true', alias: 'live' }, undefined, []],
    [
      'code alone, and more',
      {
        ...{ manage: 'code', memory: '512', environment: 'A=1', tags: 'a=b', 'log-retention': '30' },
        ...{ 'function-url': 'public', 'dependencies-layer': 'true', 'create-role': 'true' },
      },
      undefined,
      [
        'manage is code, and these settings change more than code: ' +
          'memory, environment, create-role, log-retention, tags, function-url, dependencies-layer',
      ],
    ],
  ])('of settings: %s', (_, given, runtime, titles) => {
    const { values, origins, problems } = check(given)
    expect(problems).toEqual([])
    const found = functionContradictions(values, runtime, (name) => origins.has(name))
    expect(found.map(({ title }) => title)).toEqual(titles)
    for (const { hint } of found) expect(hint).toBeDefined()
  })
})

describe('the settings of a deployment', () => {
  const load = async (given: Readonly<Record<string, unknown>>) => {
    const files = {
      ...{ 'app.py': 'app = 1\n', 'requirements.txt': '', '.python-version': '3.11' },
      'pyproject.toml': '[tool.wsgi-lambda.stages.test]\n',
    }
    const explicit = { given: { 'function-name': 'shop', ...given }, nameOf: (name: string) => `--${name}` }
    return await loadDeploySettings({ project: await folderWith(files), stage: 'test', environment: {}, explicit })
  }

  test('have the stage in tags and in the name of the log group', async () => {
    const settings = await load({ tags: 'stage={{stage}}\nteam=shop', 'log-group': '/shop/{{stage}}' })
    expect(settings).toMatchObject({ tags: { stage: 'test', team: 'shop' }, logGroup: '/shop/test' })
  })

  test('are judged by the Python that was found, and all mistakes are told at once', async () => {
    const given = { 'snap-start': 'true', 'vpc-subnets': 'subnet-0a1b2c3d', 'reserved-concurrency': '0' }
    await expect(load(given)).rejects.toMatchObject({
      exitCode: 2,
      problems: [
        expect.objectContaining({ title: '--reserved-concurrency is not valid' }),
        expect.objectContaining({ title: 'vpc-subnets is set without vpc-security-groups' }),
        expect.objectContaining({ title: 'snap-start cannot be used with python3.11' }),
      ],
    })
  })
})
