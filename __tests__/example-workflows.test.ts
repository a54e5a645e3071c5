import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { checkValues } from '../src/settings/values.ts'
import { holds, interpolate } from './support/expressions.ts'
import { fencesIn, filesBelow, read } from './support/pages.ts'
import {
  contextsOf,
  documented,
  type Event,
  examples,
  isCheckout,
  isOurs,
  jobsOf,
  type Step,
  starts,
  type Trigger,
} from './support/workflows.ts'

const named = Object.fromEntries(examples)
const jobs = examples.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => [`${file}, ${name}`, job] as const),
)

test('docs/github-actions.md lists them all, with those of other CI', () => {
  const listed = [...read('docs/github-actions.md').matchAll(/examples\/workflows\/([\w-]+\.\w+)/g)].map(
    ([, file]) => file,
  )
  expect(new Set(listed)).toEqual(new Set([...examples.map(([file]) => file), 'gitlab-ci.yml', 'previews.sh']))
})

test.each(examples)('%s grants nothing as a whole, and cancels no run that may be in a migration', (_, workflow) => {
  expect(workflow.permissions).toEqual({})
  expect(workflow.concurrency).toEqual({ group: expect.any(String), 'cancel-in-progress': false })
})

/** What is told of in GitHub: a job that only deploys tells nothing. */
const TELLING = new Set(['auto', 'preview', 'destroy', 'sweep'])
const isDeployment = ({ if: condition }: { readonly if?: string }) =>
  condition?.startsWith("github.event_name == 'push'")

test.each(jobs)('%s takes a bounded time, and has the rights that its steps need', (_, { steps, ...job }) => {
  const inputs = steps.find(isOurs)?.with ?? {}
  const tells = TELLING.has(String(inputs['command'])) && !isDeployment(job)
  expect(job['timeout-minutes']).toBeGreaterThan(0)
  expect(job.permissions).toEqual({
    'id-token': 'write',
    ...(steps.some(isCheckout) && { contents: 'read' }),
    ...(steps.some(({ uses }) => uses?.startsWith('actions/attest')) && { attestations: 'write' }),
    ...(tells && { 'pull-requests': 'write', deployments: 'write' }),
  })
})

test.each(jobs)('%s signs in right before its last step, which is ours, and runs no shell', (_, { steps }) => {
  const used = steps.map(({ uses = '' }) => uses.replace(/@.*/, ''))
  expect(used.slice(-2)).toEqual(['aws-actions/configure-aws-credentials', 'OWNER/wsgi-lambda'])
  expect(used.filter((uses) => uses.startsWith('aws-actions/'))).toHaveLength(1)
  expect(steps.filter(({ run }) => run !== undefined)).toEqual([])
  for (const step of steps.filter(isCheckout)) expect(step.with).toEqual({ 'persist-credentials': false })
})

test.each(examples)('%s uses the actions of others as the workflows of this repository do', (file) => {
  const own = filesBelow('.github/workflows', /\.yml$/).map(read)
  const shown = ['docs/getting-started.md', 'docs/sbom.md'].map(read)
  const known = new Set([...own, ...shown].flatMap((text) => text.match(/[\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+/g)))
  const used = read(`examples/workflows/${file}`).match(/(?<=uses: ).+/g) ?? []
  expect(used.filter((each) => !known.has(each) && each !== 'OWNER/wsgi-lambda@v1')).toEqual([])
})

test.each(jobs)('%s gives inputs that there are, with values that they take', (_, { steps }) => {
  const known = Object.keys((parse(read('action.yml')) as { inputs: object }).inputs)
  const own = ['command', 'project', 'stage', 'to', 'run', 'pr', 'github-token', 'only']
  const given = steps.filter(isOurs).flatMap((step) => Object.entries(step.with ?? {}))
  expect(given.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([])
  const settings = given.filter(([name, value]) => !own.includes(name) && !String(value).includes('${{'))
  const texts = Object.fromEntries(settings.map(([name, value]) => [name, String(value)]))
  expect(checkValues([{ given: texts, nameOf: String }]).problems).toEqual([])
})

describe('triggers', () => {
  const startedBy = (event: Event): string[] =>
    examples.filter(([, workflow]) => starts(workflow, event)).map(([file]) => file)

  test.each<[string, Event, string[]]>([
    ['a push to main', { name: 'push' }, ['attest.yml', 'django.yml', 'flask.yml', 'monorepo.yml', 'regions.yml']],
    ['a push to another branch', { name: 'push', branch: 'topic' }, []],
    ...['opened', 'synchronize', 'reopened', 'labeled', 'unlabeled', 'closed'].map(
      (action): [string, Event, string[]] => [
        `a pull request that is ${action}`,
        { name: 'pull_request', action },
        ['django.yml', 'flask.yml'],
      ],
    ),
    ['a pull request that is edited', { name: 'pull_request', action: 'edited' }, []],
    ['the night', { name: 'schedule' }, ['django.yml', 'sweep.yml']],
    [
      'somebody by hand',
      { name: 'workflow_dispatch' },
      ['attest.yml', 'django.yml', 'manage.yml', 'monorepo.yml', 'regions.yml', 'sweep.yml'],
    ],
    ['a pull request that runs with secrets', { name: 'pull_request_target', action: 'opened' }, []],
  ])('of %s', (_, event, expected) => {
    expect(startedBy(event)).toEqual(expected)
  })

  const byHand = (command: string, pr = ''): Event => ({ name: 'workflow_dispatch', inputs: { command, pr } })
  const ofPull = (number: number, action = 'synchronize'): Event => ({ name: 'pull_request', action, number })
  const PUSH = { name: 'push' }
  const NIGHT = { name: 'schedule' }

  test.each<[string, string, Event[], Event[]]>([
    ['django.yml', 'of main', [PUSH, byHand('deploy')], [NIGHT, ofPull(7), byHand('sweep'), byHand('plan')]],
    ['django.yml', 'of a pull request', [ofPull(7), ofPull(7, 'closed'), byHand('destroy', '7')], [ofPull(8), PUSH]],
    ['django.yml', 'of the sweep', [NIGHT, byHand('sweep')], [PUSH, ofPull(7), byHand('plan')]],
    ['flask.yml', 'of main', [PUSH], [ofPull(7)]],
    ['flask.yml', 'of a pull request', [ofPull(7), ofPull(7, 'closed')], [ofPull(8), PUSH]],
  ])('%s: runs %s wait for each other, and for no others', (file, _, together, apart) => {
    const groupOf = (event: Event) => interpolate(named[file]?.concurrency?.group ?? '', contextsOf(event))
    expect(new Set(together.map(groupOf)).size).toBe(1)
    expect(apart.map(groupOf)).not.toContain(groupOf(together[0] ?? PUSH))
  })

  test.each<[string, Event, string[]]>([
    ['django.yml', PUSH, ['deploy']],
    ['django.yml', byHand('deploy'), ['deploy']],
    ['django.yml', byHand('plan'), ['deploy']],
    ['django.yml', byHand('sweep'), ['previews']],
    ['django.yml', byHand('destroy', '7'), ['previews']],
    ['django.yml', NIGHT, ['previews']],
    ['django.yml', ofPull(7), ['previews']],
    ['flask.yml', PUSH, ['deploy']],
    ['flask.yml', ofPull(7), ['preview']],
  ])('%s: %j starts one job, with the rights that it needs', (file, event, expected) => {
    const workflow = named[file]
    expect(workflow && jobsOf(workflow, event).map(([name]) => name)).toEqual(expected)
  })

  test('what is typed by hand reaches no shell', () => {
    const typed = examples.filter(([, { on }]) =>
      Object.values((on['workflow_dispatch'] as Trigger | null | undefined)?.inputs ?? {}).some(
        ({ type }) => type === 'string',
      ),
    )
    expect(typed.map(([file]) => file)).toEqual(['manage.yml'])
  })

  const ofPulls = [...examples, ...documented].filter(([, { on }]) => on['pull_request'] !== undefined)

  test('README.md, django.yml and flask.yml have previews', () => {
    const pages = ofPulls.map(([place]) => place.replace(/:\d+$/, ''))
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'django.yml', 'flask.yml']))
  })

  test.each(ofPulls)('%s: what closes a pull request needs none of its files', (_, workflow) => {
    const checkouts = (action: string): Step[] =>
      jobsOf(workflow, ofPull(7, action)).flatMap(([, { steps }, contexts]) =>
        steps.filter((step) => isCheckout(step) && holds(step.if, contexts)),
      )
    expect(checkouts('opened')).toHaveLength(1)
    expect(checkouts('closed')).toEqual([])
  })

  test.each(ofPulls)('%s: removes previews at night too, or says which file does', (place, workflow) => {
    const says = place.endsWith('.yml') && read(`examples/workflows/${place}`).includes('Put sweep.yml beside it')
    expect([place, starts(workflow, NIGHT) || says]).toEqual([place, true])
  })
})

test('docs/sbom.md shows the steps of attest.yml', () => {
  const [[, fence] = []] = fencesIn('yaml').filter(
    ([place, { text }]) => place.startsWith('docs/sbom.md') && text.includes('attest-sbom'),
  )
  expect(parse(fence?.text ?? '')).toEqual(named['attest.yml']?.jobs['deploy']?.steps)
})
