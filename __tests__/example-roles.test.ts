import { describe, expect, test } from '@jest/globals'
import { type BootstrapOptions, bootstrapTemplate } from '../src/release/permissions/bootstrap-template.ts'
import { SETTINGS } from '../src/settings/schema.ts'
import { loadFunctionSettings } from '../src/settings/settings.ts'
import { folderWith } from './settings/project-folder.ts'
import { interpolate } from './support/expressions.ts'
import { fences, placeOf } from './support/pages.ts'
import { documented, type Event, examples, type Job, jobsOf } from './support/workflows.ts'

interface Role {
  readonly Type: string
  readonly Properties: {
    readonly RoleName: { readonly 'Fn::If': readonly [string, { readonly 'Fn::Sub': string }, object] }
    readonly AssumeRolePolicyDocument: { readonly Statement: readonly [{ readonly Condition?: object }] }
  }
}

const REPOSITORY = 'acme/shop'
const ACCOUNT = '123456789012'

/** Whom the roles of a template trust, by their ARNs. */
async function rolesFor(
  names: string,
  options: Pick<BootstrapOptions, 'environment' | 'branch'>,
  more: Readonly<Record<string, string>> = {},
) {
  const explicit = { given: { 'function-name': 'shop', ...more }, nameOf: String }
  const settings = await loadFunctionSettings({
    ...{ project: await folderWith({}), stage: undefined, environment: {} },
    explicit,
  })
  const { Resources } = bootstrapTemplate(settings, { repository: REPOSITORY, ...options })
  const parameters = {
    ...{ RoleNames: names, GitHubRepository: REPOSITORY, SweepBranch: 'main' },
    ...{ GitHubEnvironment: options.environment ?? '', GitHubBranch: options.branch ?? '' },
  }
  const filled = (text: string) => text.replace(/\$\{(\w+)\}/g, (_, name: keyof typeof parameters) => parameters[name])
  return Object.fromEntries(
    (Object.entries(Resources) as [string, Role][])
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .map(
        ([
          name,
          {
            Properties: { RoleName, AssumeRolePolicyDocument: trust },
          },
        ]) => [
          `arn:aws:iam::${ACCOUNT}:role/${filled(RoleName['Fn::If'][1]['Fn::Sub'])}`,
          { name, trusted: filled(JSON.stringify(trust)) },
        ],
      ),
  )
}

/** GitHub documentation, "OpenID Connect reference": the subject of the token of a job. */
function subjectOf({ environment }: Job, { name, branch = 'main' }: Event): string {
  if (environment !== undefined) return `repo:${REPOSITORY}:environment:${environment}`
  return name === 'pull_request' ? `repo:${REPOSITORY}:pull_request` : `repo:${REPOSITORY}:ref:refs/heads/${branch}`
}

const PUSH: Event = { name: 'push' }
const NIGHT: Event = { name: 'schedule' }
const OPENED: Event = { name: 'pull_request', action: 'opened', number: 7 }
const CLOSED: Event = { ...OPENED, action: 'closed' }
const byHand = (inputs: Event['inputs'] = {}): Event => ({ name: 'workflow_dispatch', inputs })

/** Who takes which role: for `role-to-assume`, by what started the run. */
const TAKEN: readonly (readonly [string, string, readonly Event[]])[] = [
  ['README.md', 'DeployRole', [PUSH]],
  ['README.md', 'PreviewRole', [OPENED, CLOSED, NIGHT]],
  ['docs/getting-started.md', 'DeployRole', [PUSH]],
  ['attest.yml', 'DeployRole', [PUSH, byHand()]],
  ['django.yml', 'DeployRole', [PUSH, byHand({ command: 'deploy' }), byHand({ command: 'plan' })]],
  ['django.yml', 'PreviewRole', [OPENED, CLOSED, NIGHT, byHand({ command: 'sweep' })]],
  ['django.yml', 'PreviewRole', [byHand({ command: 'destroy', pr: '7' })]],
  ['flask.yml', 'DeployRole', [PUSH]],
  ['flask.yml', 'PreviewRole', [OPENED, CLOSED]],
  ['manage.yml', 'DeployRole', [byHand({ run: 'manage check' })]],
  ['monorepo.yml', 'DeployRole', [PUSH, byHand()]],
  ['regions.yml', 'DeployRole', [PUSH, byHand()]],
  ['sweep.yml', 'PreviewRole', [NIGHT, byHand()]],
]
const BESIDE = { role: 'ExecutionRole', 'preview-role': 'PreviewExecutionRole' } as const

const inPages = documented.map(([place, workflow]) => [place.replace(/:\d+$/, ''), workflow] as const)
const workflows = Object.fromEntries([...examples, ...inPages])

/** Each role that a workflow names, as each event leads to it. */
const named = TAKEN.flatMap(([file, taken, events]) =>
  events.flatMap((event) => {
    const workflow = workflows[file]
    return (workflow ? jobsOf(workflow, event) : []).flatMap(([, job, contexts]) =>
      job.steps.flatMap(({ with: given = {} }) =>
        Object.entries({ 'role-to-assume': taken, ...BESIDE }).flatMap(([input, expected]) => {
          const text = given[input]
          if (typeof text !== 'string') return []
          const taker = expected === taken ? subjectOf(job, event) : 'lambda.amazonaws.com'
          return [{ file, event, arn: interpolate(text, contexts), expected, taker, environment: job.environment }]
        }),
      ),
    )
  }),
)

describe('the roles that workflows name', () => {
  test('are those of all examples and pages', () => {
    expect(new Set(named.map(({ file }) => file))).toEqual(new Set(Object.keys(workflows)))
  })

  test.each(named.map((each) => [each.file, each.event, each.arn, each] as const))(
    '%s, %j: the template makes %s, and who takes it may',
    async (_, __, arn, { expected, taker, environment }) => {
      const [names = ''] = /(?<=role\/).+?(?=-(?:deploy|previews|preview-execution|execution)$)/.exec(arn) ?? []
      const roles = await rolesFor(names, { environment, branch: environment === undefined ? 'main' : undefined })
      expect(roles[arn]?.name).toBe(expected)
      expect(roles[arn]?.trusted).toContain(`"${taker}"`)
    },
  )
})

describe('the roles that settings name beside them', () => {
  const OWN = {
    role: 'ExecutionRole',
    'preview-role': 'PreviewExecutionRole',
    'database-role': 'DatabaseRole',
  } as const
  const databasesOf = (role: string) => ({
    ...{ 'preview-database-admin': 'ssm:/shop/admin', 'preview-database-access': 'function' },
    'database-role': role,
  })

  test.each(Object.entries(OWN))('the example of %s is the one that the template makes', async (setting, name) => {
    const { example } = SETTINGS[setting as keyof typeof OWN]
    const options = { environment: undefined, branch: 'main' }
    const roles = await rolesFor('shop', options, databasesOf(SETTINGS['database-role'].example))
    expect(roles[example]?.name).toBe(name)
  })

  const pages = ['README.md', 'docs/previews.md', 'docs/preview-databases.md']
  const snippets = fences.filter(({ page, language, text }) => {
    return pages.includes(page) && language === 'toml' && /^(?:preview-|database-)?role = /m.test(text)
  })

  test('are in the pages about previews', () => {
    expect(new Set(snippets.map(({ page }) => page))).toEqual(new Set(pages))
  })

  test.each(snippets.map((fence) => [placeOf(fence), fence.text] as const))(
    '%s: the template makes them for the function that is named there',
    async (_, text) => {
      const [, functionName = ''] = /^function-name = "(.+)"$/m.exec(text) ?? []
      const given = [...text.matchAll(/^(role|preview-role|database-role) = "(.+)"$/gm)].map(
        ([, key = '', arn = '']) => {
          return [key as keyof typeof OWN, arn] as const
        },
      )
      const [, databases] = given.find(([key]) => key === 'database-role') ?? []
      const roles = await rolesFor(
        functionName,
        { environment: undefined, branch: 'main' },
        databases === undefined ? {} : databasesOf(databases),
      )
      expect(given.map(([key, arn]) => [key, roles[arn]?.name])).toEqual(given.map(([key]) => [key, OWN[key]]))
    },
  )
})
