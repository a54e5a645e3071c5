import { describe, expect, test } from '@jest/globals'
import type { Code } from '../../../src/aws/lambda.ts'
import type { LayerContent } from '../../../src/aws/layers.ts'
import { desiredRelease } from '../../../src/release/desired/desired.ts'
import { withLayer } from '../../../src/release/plan/difference.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease, DesiredLayer, DesiredRelease } from '../../../src/release/state.ts'
import { readLayer } from '../../../src/release/upload/layer.ts'
import { loadDeploySettings } from '../../../src/settings/settings.ts'
import { folderWith } from '../../settings/project-folder.ts'
import { configured, current, latest, nothing, same, version7 } from '../releases.ts'
import { createReleasedWorld, createWorld } from '../world.ts'

const LAYERS = 'arn:aws:lambda:eu-west-1:123456789012:layer'
const OWN = `${LAYERS}:shop-dependencies:2`
const THEIRS = `${LAYERS}:monitoring:14`
const layer: DesiredLayer = { name: 'shop-dependencies', codeSha256: 'layer', arn: undefined, upload: undefined }
const using = (...arns: readonly string[]): CurrentRelease => {
  const layers = arns.map((arn) => ({ arn, zipBytes: 7 }))
  return { ...current, latest: { ...latest, layers }, served: { ...version7, layers } }
}
const kinds = (from: CurrentRelease, desired: DesiredRelease): string[] =>
  planRelease(from, desired)
    .map(({ kind }) => kind)
    .filter((kind) =>
      ['publish-layer', 'upload', 'create-function', 'update-code', 'update-configuration'].includes(kind),
    )

describe('which layers a function gets', () => {
  const layersOf = async (from: CurrentRelease, wanted: DesiredLayer | undefined) => {
    const project = await folderWith({ 'app.py': 'app = object\n', 'requirements.txt': '' })
    const explicit = { given: { 'function-name': 'shop', role: version7.role }, nameOf: String }
    const settings = await loadDeploySettings({ project, stage: undefined, environment: {}, explicit })
    const code = { codeSha256: 'new', runtime: 'python3.13', architecture: 'x86_64', streaming: false }
    return desiredRelease(settings, { ...code, upload: undefined, layer: wanted }, from).configuration.layers
  }

  test.each([
    ['none is wanted, and none is there: left alone', using(), undefined, undefined],
    ['none is wanted, and the user has one: left alone', using(THEIRS), undefined, undefined],
    ['none is wanted any more: the user’s stay', using(THEIRS, OWN), undefined, [THEIRS]],
    ['a new function', nothing, layer, ['{{layer}}']],
    ['one that is published already', nothing, { ...layer, arn: OWN }, [OWN]],
    ['over those of the user', using(THEIRS), layer, [THEIRS, '{{layer}}']],
    ['instead of an older one', using(OWN, THEIRS), layer, [THEIRS, '{{layer}}']],
  ])('%s', async (_, from, wanted, layers) => {
    expect(await layersOf(from, wanted)).toEqual(layers)
  })

  test('no more than five', async () => {
    const four = [1, 2, 3, 4].map((number) => `${LAYERS}:their-${number}:1`)
    expect(await layersOf(using(...four), layer)).toHaveLength(5)
    await expect(layersOf(using(...four, THEIRS), layer)).rejects.toMatchObject({
      title: 'shop has 5 layers, and Lambda takes 5 with the one of the dependencies',
      exitCode: 2,
    })
  })
})

test.each([
  ['nothing has changed', using(OWN), { layers: [OWN] }, { ...layer, arn: OWN }, []],
  ['other dependencies', using(OWN), { layers: ['{{layer}}'] }, layer, ['publish-layer', 'update-configuration']],
  [
    'dependencies of before',
    using(OWN),
    { layers: [`${LAYERS}:shop-dependencies:1`] },
    layer,
    ['publish-layer', 'update-configuration'],
  ],
  ['a function without layers that are looked at', using(THEIRS), { layers: undefined }, undefined, []],
  ['a new function', nothing, { layers: ['{{layer}}'] }, layer, ['publish-layer', 'create-function']],
] as const)('the plan: %s', (_, from, changes, wanted, steps) => {
  const desired = { ...configured(changes), layer: wanted }
  expect(kinds(from, desired)).toEqual(steps)
})

test.each([
  ['a layer that goes by it', { ...layer, upload: 's3://own/layer.zip' }, ['make-bucket', 'publish-layer']],
  ['a layer that a request takes', layer, ['publish-layer']],
  ['a layer that is there', { ...layer, arn: OWN, upload: 's3://own/layer.zip' }, []],
])('a bucket is made for %s', (_, wanted, steps) => {
  const ownBucket = { name: 'own', isThere: false }
  const layers = [wanted.arn ?? '{{layer}}']
  const desired = { ...configured({ layers }), layer: wanted, ownBucket }
  const planned = planRelease(using(OWN), desired).map(({ kind }) => kind)
  expect(planned.filter((kind) => ['make-bucket', 'publish-layer'].includes(kind))).toEqual(steps)
})

test('the layer that was published stands in the configuration', () => {
  const { configuration } = configured({ layers: [THEIRS, '{{layer}}'] })
  expect(withLayer(configuration, OWN).layers).toEqual([THEIRS, OWN])
  expect(withLayer(configuration, undefined).layers).toEqual([THEIRS, '{{layer}}'])
  expect(withLayer(same.configuration, OWN).layers).toBeUndefined()
})

describe('a release with a layer', () => {
  const desired = { ...configured({ layers: ['{{layer}}'] }, { ...same, codeSha256: 'one' }), layer }

  test('publishes it before a new function names it', async () => {
    const { lambda, release } = createWorld()
    await release(desired)
    expect(lambda.calls.indexOf('publishLayer shop-dependencies')).toBeLessThan(
      lambda.calls.indexOf('createFunction shop'),
    )
    expect((await lambda.getVersion('shop', 'live'))?.layers.map(({ arn }) => arn)).toEqual([
      'arn:aws:lambda:eu-west-1:1:layer:shop-dependencies:2',
    ])
  })

  test('moves a function to it that had none, in a new version', async () => {
    const { lambda, release } = await createReleasedWorld()
    await release(desired)
    expect((await lambda.getVersion('shop', 'live'))?.layers).toHaveLength(1)
    expect((await lambda.getVersion('shop', '1'))?.layers).toEqual([])
  })
})

describe('looking for the layer', () => {
  const published: (LayerContent & { code: Code })[] = []
  const layers = (arn?: string) => ({
    find: () => Promise.resolve(arn),
    publish: (content: LayerContent, code: Code) => {
      published.push({ ...content, code })
      return Promise.resolve(OWN)
    },
  })
  const uploads: string[] = []
  const zip = {
    functionName: 'shop',
    codeSha256: 'layer',
    runtime: 'python3.13',
    architecture: 'arm64',
    transport: {
      address: 's3://uploads/layer.zip',
      readCode: (architecture: string) =>
        Promise.resolve({ object: { bucket: 'uploads', key: 'layer.zip' }, architecture }),
      upload: () => {
        uploads.push('layer.zip')
        return Promise.resolve()
      },
    },
  }

  test('one that is there is used', async () => {
    expect((await readLayer(zip, layers(OWN))).desired).toEqual({
      name: 'shop-dependencies',
      codeSha256: 'layer',
      arn: OWN,
      upload: 's3://uploads/layer.zip',
    })
  })

  test('one that is not is uploaded and published', async () => {
    const { desired, publish } = await readLayer(zip, layers())
    expect(desired?.arn).toBeUndefined()
    expect([uploads, published]).toEqual([[], []])
    expect(await publish()).toBe(OWN)
    expect(uploads).toEqual(['layer.zip'])
    expect(published).toEqual([
      {
        name: 'shop-dependencies',
        codeSha256: 'layer',
        runtime: 'python3.13',
        code: { object: { bucket: 'uploads', key: 'layer.zip' }, architecture: 'arm64' },
      },
    ])
  })

  test('without one nobody is asked', async () => {
    const asking = { ...layers(), find: () => Promise.reject(new Error('asked')) }
    expect((await readLayer(undefined, asking)).desired).toBeUndefined()
  })
})
