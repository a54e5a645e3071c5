import { expect, test } from '@jest/globals'
import type { FunctionUrl } from '../../../src/aws/function-url.ts'
import type { AliasState, VersionState } from '../../../src/aws/lambda.ts'
import { servingOf } from '../../../src/preview/announce/serving.ts'
import { aliasDescription } from '../../../src/release/order/alias-mark.ts'
import { versionDescription } from '../../../src/release/order/provenance.ts'

const ADDRESS = 'https://abc.lambda-url.eu-west-1.on.aws/'
const COMMIT = 'b'.repeat(40)
const DESCRIPTION = versionDescription({
  ...{ kind: 'release', commit: COMMIT, hasChanges: false, streams: false },
  ...{ committedAt: undefined, actor: undefined, workflow: undefined },
})

/** @param phase of the alias; undefined where there is none */
const serving = (
  phase: 'released' | 'unfinished' | 'not-released' | undefined,
  url: string | undefined,
  version = DESCRIPTION,
) =>
  servingOf('shop-pr-7', 'live', {
    urls: { get: () => Promise.resolve(url === undefined ? undefined : ({ address: url } as FunctionUrl)) },
    lambda: {
      getAlias: () =>
        Promise.resolve(
          phase && ({ version: '3', description: aliasDescription({ phase, before: [] }) } as unknown as AliasState),
        ),
      getVersion: () => Promise.resolve({ version: '3', description: version } as unknown as VersionState),
    },
  })

test.each([
  ['what was released, with its own commit', 'released', ADDRESS, { url: ADDRESS, headSha: COMMIT }],
  ['what commands after traffic are still to run for', 'unfinished', ADDRESS, { url: ADDRESS, headSha: COMMIT }],
  ['nothing where the first release has failed', 'not-released', ADDRESS, undefined],
  ['nothing without an address', 'released', undefined, undefined],
  ['nothing without an alias', undefined, ADDRESS, undefined],
] as const)('%s', async (_, phase, url, expected) => {
  expect(await serving(phase, url)).toEqual(expected)
})

test('the commit is not known of a version that somebody else has published', async () => {
  expect(await serving('released', ADDRESS, 'by hand')).toEqual({ url: ADDRESS, headSha: undefined })
})
