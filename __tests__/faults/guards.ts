import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { buildBundles } from '../../scripts/build.ts'
import { REPOSITORY } from '../support/world.ts'

/** What keeps a release safe, and a bundle without it. */
export interface Guard {
  readonly name: string
  /** By file: what stands there, and what stands there without the guard. */
  readonly without: Readonly<Record<string, readonly (readonly [string, string])[]>>
  /** The case that it is tried with. */
  readonly case: string
  /** Lines of the combinations that it is there for. */
  readonly combinations: RegExp
}

export const GUARDS: readonly Guard[] = [
  {
    name: 'waits for an update to end',
    without: { 'src/release/wait.ts': [['if (state && isDone(state)) return state', 'if (state) return state']] },
    case: 'update',
    combinations: /^update .*(?:update fails)/,
  },
  {
    name: 'publishes only the code that it sent',
    without: {
      'src/aws/lambda-client.ts': [
        ['CodeSha256: codeSha256,', ''],
        ['RevisionId: revisionId,\n            Description', 'Description'],
      ],
    },
    case: 'update',
    combinations: /^update .*code overwritten/,
  },
  {
    name: 'sends a command once',
    without: { 'src/aws/invoke.ts': [['maxAttempts: 1,', 'maxAttempts: 3,']] },
    case: 'update',
    combinations: /^update .*Invoke .*dropped after/,
  },
  {
    name: 'moves the alias last',
    without: {
      'src/release/plan/plan.ts': [
        ['    ...proofSteps(desired),\n', '    ...(servesIt ? [] : [traffic.move]),\n    ...proofSteps(desired),\n'],
      ],
    },
    case: 'update',
    combinations: /^update .*Invoke .*killed before/,
  },
  {
    name: 'keeps other deployments away',
    without: {
      'src/release/order/turn.ts': [
        ['if (exists) await lock.take()', ''],
        ['  await turn.lock.take()\n', ''],
      ],
    },
    case: 'update',
    combinations: /^update .*Update.*another deployment/,
  },
  {
    name: 'marks what is still to run after traffic has moved',
    without: {
      'src/release/carry-out/traffic.ts': [
        ["desired.afterTraffic.length > 0 ? 'unfinished' : 'released'", "'released'"],
      ],
    },
    case: 'update',
    combinations: /^update .*Invoke .*killed before/,
  },
  {
    name: 'looks where the alias is before it says that a move failed',
    without: {
      'src/release/carry-out/alias.ts': [
        ['  } catch (error) {\n', '  } catch (error) {\n    if (error) throw error\n'],
      ],
    },
    case: 'update',
    combinations: /^update .*UpdateAlias live .*dropped after/,
  },
  {
    name: 'sends static files before the version that names them',
    without: {
      'src/release/plan/statics.ts': [
        [
          "first: [{ kind: 'upload-static', ...statics }], last: [",
          "first: [], last: [{ kind: 'upload-static', ...statics }, ",
        ],
      ],
    },
    case: 'static files',
    combinations: /^static files .*PutObject .*out of service/,
  },
  {
    name: 'waits while somebody else changes the bucket that it makes',
    without: { 'src/aws/own-bucket.ts': [["new Set(['OperationAborted', 'NoSuchBucket'])", 'new Set()']] },
    case: 'by its own',
    combinations: /^by its own .*another change of the bucket/,
  },
]

/** Builds a bundle without one guard. @returns the bundle's folder @throws Error where the source has changed */
export async function buildWithout({ without }: Guard, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const name of ['runtime', 'docker', 'package.json', 'action.yml']) {
    await symlink(join(REPOSITORY, name), join(folder, name))
  }
  const replaced: string[] = []
  const weakening: Plugin = {
    name: 'weakening',
    setup: (bundling) => {
      bundling.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const file = Object.keys(without).find((name) => path === join(REPOSITORY, name))
        if (file === undefined) return undefined
        let contents = await readFile(path, 'utf8')
        for (const [text, instead] of without[file] ?? []) {
          if (!contents.includes(text)) throw new Error(`${file} does not have this any more: ${text}`)
          contents = contents.replace(text, () => instead)
        }
        replaced.push(file)
        return { contents, loader: 'ts' }
      })
    },
  }
  const bundle = join(folder, 'dist')
  await buildBundles(bundle, [weakening])
  const missing = Object.keys(without).filter((file) => !replaced.includes(file))
  if (missing.length > 0) throw new Error(`not part of the bundle: ${missing.join(', ')}`)
  return bundle
}
