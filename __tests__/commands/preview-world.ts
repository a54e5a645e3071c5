import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PreviewApi } from '../../src/aws/previews.ts'
import type { Tags } from '../../src/aws/tags.ts'
import { type PreviewRun, runForPull } from '../../src/commands/preview-run.ts'
import type { Comment, GitHubApi, PullState } from '../../src/github/api.ts'
import { servingOf } from '../../src/preview/announce/serving.ts'
import type { PreparedDatabase } from '../../src/preview/database/prepare.ts'
import type { Pull, RunEvent } from '../../src/preview/pull.ts'
import type { DeploySettings } from '../../src/settings/settings.ts'
import { folderStore } from '../../src/store/folder.ts'
import { fakeAside } from '../release/fake-aside.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { fakeProvisioned } from '../release/fake-provisioned.ts'
import { fakeOrder, run as ownRun } from '../release/order.ts'
import { ROLE } from '../release/releases.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'
import { exampleArtifact } from './example-artifact.ts'

/** Runs for pull request 7 of one function, with all that they ask in memory: what they tell stands among what they do. */

export const SHA = 'a'.repeat(40)
const PLACE = '123456789012/eu-west-1'
const COMMENT = /^### .*<\/code>: (.*)$/m

const NO_DATA: PreparedDatabase = {
  tags: { database: 'none', databaseAdmin: undefined, databaseAccess: undefined },
  ...{ environment: () => Promise.resolve({}), isMadeByAsking: false, preparation: undefined, discard: undefined },
}

interface Given {
  readonly event?: Partial<RunEvent>
  readonly pull?: Partial<Pull>
  /** What the settings are besides those that are always there; undefined takes one away. */
  readonly settings?: Readonly<Record<string, string | undefined>>
  readonly isAuto?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

export async function createPreviewWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  const project = join(folder, 'shop')
  await mkdir(project)
  await writeFile(join(folder, 'shop.zip'), exampleArtifact())
  const lambda = fakeLambda({
    sha256Of: (code) => ('zip' in code ? createHash('sha256').update(code.zip).digest('base64') : code.object.key),
  })
  const aside = fakeAside(lambda.calls)
  const report = recordingReporter()
  const controller = new AbortController()
  const comments: Comment[] = []
  const masked: string[] = []
  const state: PullState = { number: 7, isOpen: true, headSha: SHA, labels: [] }
  const world = {
    ...{ project, lambda, report, controller, comments, masked },
    /** What GitHub says of the pull request, asked for the first time, the second, … */
    states: [state] as readonly PullState[],
    previews: 0,
    data: NO_DATA,
    /** Why nothing can be opened. */
    closedDoor: undefined as Error | undefined,
    hasToken: true,
    /** What was told and what became of the function, one after the other. */
    story: (): string[] =>
      lambda.calls.filter((line) => /^tells |^createFunction |^updateAlias live|^remove /.test(line)),
    /** How often GitHub was asked about the pull request. */
    asked: (): number => asked,
    told: (): string => comments[0]?.body ?? '',
    exists: (name: string): boolean => aside.functionTags.has(name),
    setTags: (name: string, tags: Tags) => aside.functionTags.set(name, tags),
    run,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }

  let asked = 0
  const say = <T>(line: string, answer: T): Promise<T> => {
    lambda.calls.push(`tells ${line}`)
    return Promise.resolve(answer)
  }
  const write = (id: number, body: string): void => {
    const comment = { id, body, author: 'us', isOurs: true }
    if (comments[id]) comments[id] = comment
    else comments.push(comment)
  }
  const github: GitHubApi = {
    getPull: () => Promise.resolve(world.states[Math.min(asked++, world.states.length - 1)]),
    pullsOf: () => Promise.resolve([7]),
    comments: () => Promise.resolve(comments),
    createComment: (_, body) => {
      write(comments.length, body)
      return say(COMMENT.exec(body)?.[1] ?? body, comments.length - 1)
    },
    updateComment: (id, body) => {
      write(id, body)
      return say(COMMENT.exec(body)?.[1] ?? body, undefined)
    },
    createDeployment: ({ environment }) => say(`deployment in ${environment}`, 1),
    deploymentsOf: () => Promise.resolve([]),
    isActive: () => Promise.resolve(true),
    setDeploymentStatus: (_, status) => say(`deployment ${status.state}`, undefined),
    within: () => github,
  }

  const tagged: typeof lambda = {
    ...lambda,
    createFunction: async (name, configuration, code, beside) => {
      await lambda.createFunction(name, configuration, code)
      aside.functionTags.set(name, beside?.tags ?? {})
    },
  }
  const unneeded = () => Promise.reject(new Error('this is not needed here'))
  const releasing = {
    ...{ createToolchain: unneeded, code: { find: unneeded }, layers: { find: unneeded, publish: unneeded } },
    createStore: () => folderStore({ folder: join(folder, 'store'), mostBytes: 1e9, onUnwritable: () => undefined }),
    ...{ openBucket: unneeded, openOwnBucket: unneeded, openStaticBucket: unneeded, alarms: { read: unneeded } },
    product: { toolsFolder: '', runtimeFolder: '', version: '1.2.3', compressor: 'zlib' },
    ...{ lambda: tagged, urls: lambda.urls, versions: lambda.versions, logs: fakeLogs() },
    provisioned: { ...fakeProvisioned(lambda), list: unneeded },
    aside: {
      ...aside,
      tags: { ...aside.tags, get: (name: string) => Promise.resolve(aside.functionTags.get(name)) },
    },
    ...{ report, clock: () => performance.now(), wait: () => Promise.resolve(), signal: controller.signal },
    ...{ order: fakeOrder, environment: {} },
  }
  const api: PreviewApi = {
    readPlace: () => Promise.resolve(PLACE),
    findTagged: () => Promise.resolve([]),
    readFunction: (name) => {
      const tags = aside.functionTags.get(name)
      return Promise.resolve(tags && { arn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`, tags })
    },
    removeFunction: (name) => {
      lambda.calls.push(`remove ${name}`)
      return Promise.resolve(aside.functionTags.delete(name))
    },
    openLayers: () =>
      Promise.resolve({ list: () => Promise.resolve([]), names: () => Promise.resolve([]), remove: unneeded }),
    openLogGroups: () =>
      Promise.resolve({ tags: () => Promise.resolve(undefined), remove: () => Promise.resolve(false) }),
    openRoles: () =>
      Promise.resolve({
        tags: () => Promise.resolve(undefined),
        remove: () => Promise.resolve(false),
        list: () => Promise.resolve([]),
      }),
    openStatics: unneeded,
  }

  async function run({ event, pull, settings = {}, isAuto = true, environment = {} }: Given = {}): Promise<PreviewRun> {
    lambda.calls.length = 0
    asked = 0
    const variables = { GITHUB_SERVER_URL: 'https://github.com', AWS_ACCESS_KEY_ID: 'AKIA', ...environment }
    const given = {
      ...{ 'function-name': 'shop', 'preview-role': ROLE, artifact: join(folder, 'shop.zip'), 'function-url': 'iam' },
      ...settings,
    }
    return await runForPull(
      {
        ...{ name: 'pull_request', action: 'synchronize', isDeletion: false, inputs: {} },
        pull: {
          ...{ number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop', headSha: SHA },
          ...{ headRepository: 'octo/shop', labels: [] },
          ...pull,
        },
        ...event,
      },
      isAuto,
      { project, stage: undefined, environment: {}, explicit: { given, nameOf: (name) => `input ${name}` } },
      {
        ...{ environment: variables, secrets: () => [], report, signal: controller.signal },
        region: 'eu-west-1',
        github: world.hasToken ? github : undefined,
        mask: (variables) => masked.push(...Object.values(variables)),
        servingOf: (name: string, { alias }: DeploySettings) => servingOf(name, alias, { lambda, urls: lambda.urls }),
        open: () => {
          if (world.closedDoor) return Promise.reject(world.closedDoor)
          return Promise.resolve({
            ...releasing,
            // Each commit has a run of its own.
            order: { ...fakeOrder, readRun: () => Promise.resolve({ ...ownRun, isManual: true }) },
            ...{ dataOf: () => Promise.resolve(world.data), readPlace: () => Promise.resolve(PLACE) },
            roleTags: () => Promise.resolve(undefined),
            ...{ count: () => Promise.resolve(world.previews), mask: () => undefined, runId: '1' },
          })
        },
        openRemoval: () =>
          Promise.resolve({
            ...{ lambda: tagged, logs: fakeLogs(), report, clock: () => 0, order: fakeOrder, previews: api },
            ...{ wait: () => Promise.resolve(), signal: controller.signal },
            removeDatabase: () => Promise.resolve('missing' as const),
          }),
      },
    )
  }

  return world
}
