import { deploymentComment } from '../../src/report/deployment-comment.ts'
import type { PlanFacts } from '../../src/report/plan-facts.ts'
import {
  type DeploymentFacts,
  deploymentSummary,
  failureSummary,
  rollbackSummary,
  runSummary,
} from '../../src/report/summary.ts'
import { SECRET } from './planted.ts'

export const NO_DIFFERENCE: PlanFacts = {
  served: '6',
  configuration: [],
  environment: { added: [], changed: [], removed: [] },
  code: undefined,
  migrations: [],
  permissions: [],
}

export const SHOP: DeploymentFacts = {
  functionName: 'shop',
  region: 'eu-west-1',
  version: '8',
  alias: 'live',
  url: 'https://abc.lambda-url.eu-west-1.on.aws/',
  changed: true,
  isDryRun: false,
  runtime: 'python3.13',
  zipBytes: 1_234_567,
  unzippedBytes: 4_000_000,
  plan: ['update the code', 'publish a version'],
  difference: NO_DIFFERENCE,
  coldStartMs: undefined,
  commands: [{ command: 'manage migrate', phase: 'before-traffic', exitCode: 0, seconds: 1.25, output: 'OK\n' }],
  packages: [
    { name: 'django', version: '5.2', zipBytes: 3_000_000, unzippedBytes: 8_000_000 },
    { name: 'sqlparse', version: '0.5', zipBytes: 40_000, unzippedBytes: 150_000 },
  ],
}

/** One text wherever a difference has one. */
export function plantedDifference(line: string): PlanFacts {
  return {
    served: line,
    configuration: [{ setting: line, before: line, after: line }],
    environment: { added: [line], changed: [line], removed: [line] },
    code: {
      ...{ before: line, after: line, zipBytes: 1, unzippedBytes: 1 },
      contents: {
        ...{ zipBytes: 1, unzippedBytes: 1 },
        packages: [{ name: line, before: line, after: line, zipBytes: 1, unzippedBytes: 1 }],
        files: { added: [line], removed: [line], changed: [line] },
      },
    },
    migrations: [
      {
        ...{ path: line, tool: 'django', isBytecodeOnly: false },
        remarks: [{ line: 1, operation: line, reason: line }],
      },
    ],
    permissions: [{ why: line, actions: [line], resources: [line] }],
  }
}

/** One text wherever a deployment has one, but for its address, which AWS makes. */
export function plantedDeployment(line: string): DeploymentFacts {
  return {
    ...SHOP,
    ...{ functionName: line, region: line, version: line, alias: line, runtime: line, plan: [line] },
    difference: plantedDifference(line),
    commands: [{ command: line, phase: line, exitCode: 1, seconds: 1, output: line }],
    packages: [{ name: line, version: line, zipBytes: 1, unzippedBytes: 1 }],
    imports: {
      ...{ measuredOn: line, seconds: 1 },
      packages: [{ package: line, selfSeconds: 1, cumulativeSeconds: 1 }],
    },
  }
}

export interface State {
  /** With one text wherever others have a say. */
  readonly markdown: (line: string) => string
  /** The links that stand in it. */
  readonly links: readonly string[]
}

const LINKS = [SHOP.url ?? '']

/** Everything that is shown as Markdown. */
export const STATES: Readonly<Record<string, State>> = {
  deployed: { markdown: (line) => deploymentSummary(plantedDeployment(line)), links: LINKS },
  commented: { markdown: (line) => deploymentComment(plantedDeployment(line), [SECRET]), links: LINKS },
  planned: { markdown: (line) => deploymentSummary({ ...plantedDeployment(line), isDryRun: true }), links: LINKS },
  previewed: {
    markdown: (line) =>
      deploymentSummary({
        ...plantedDeployment(line),
        preview: { pull: 7, headSha: line, access: line, database: line, expires: line },
      }),
    links: LINKS,
  },
  failed: {
    markdown: (line) =>
      failureSummary([
        { title: line, detail: line, hint: line },
        { title: line, output: line },
      ]),
    links: [],
  },
  'rolled-back': {
    markdown: (line) =>
      rollbackSummary({
        function: { name: line, alias: line, version: line, url: SHOP.url },
        from: line,
        published: line,
        provenance: { commit: line, actor: line },
      }),
    links: LINKS,
  },
  ran: {
    markdown: (line) =>
      runSummary({
        ...{ functionName: line, qualifier: line, exitCode: 1 },
        commands: [{ command: line, exitCode: 1, seconds: 1, output: line }],
        problem: { title: line, detail: line, hint: line },
      }),
    links: [],
  },
}

const DJANGO_MIGRATIONS =
  'Operations to perform:\n  Apply all migrations: admin, auth, shop\nRunning migrations:\n  Applying shop.0007_price... OK\n'

/** A deployment with all that there may be. */
export const FULL: DeploymentFacts = {
  ...SHOP,
  ...{ zipBytes: 26_204_000, unzippedBytes: 81_300_000, unzippedLimitBytes: 262_144_000, coldStartMs: 917 },
  plan: ['update the code', 'publish a version', 'run manage migrate --noinput', 'request /', 'move the alias live'],
  difference: {
    ...NO_DIFFERENCE,
    servedColdStartMs: 850,
    configuration: [{ setting: 'memory', before: '512', after: '1024' }],
    environment: { added: ['PAYMENT_URL'], changed: [], removed: ['OLD_KEY'] },
    code: {
      ...{ before: 'VtQ0mN6c8mS1Wk0iQ1S4Yw=', after: 'Zx9pB3nH2kF7Jd5tR8L6Cw=' },
      ...{ zipBytes: 26_204_000, unzippedBytes: 81_300_000 },
      contents: {
        ...{ zipBytes: 120_000, unzippedBytes: 1_410_000 },
        packages: [{ name: 'django', before: '5.1.4', after: '5.2', zipBytes: 80_000, unzippedBytes: 410_000 }],
        files: { added: ['shop/migrations/0007_price.py'], removed: [], changed: ['shop/models.py'] },
      },
    },
    migrations: [
      {
        ...{ path: 'shop/migrations/0007_price.py', tool: 'django', isBytecodeOnly: false },
        remarks: [{ line: 12, operation: 'RemoveField', reason: 'the version that serves still reads it' }],
      },
    ],
  },
  seconds: { builder: 0.02, requirements: 1.21, artifact: 8.4, check: 3.3, release: 14.06 },
  commands: [
    {
      ...{ command: 'manage migrate --noinput', phase: 'before-traffic', exitCode: 0, seconds: 2.4 },
      output: DJANGO_MIGRATIONS,
    },
    { command: 'manage clearsessions', phase: 'after-traffic', exitCode: 0, seconds: 0.8, output: '' },
  ],
  packages: [
    ...['django', 'pillow', 'psycopg-binary', 'lxml', 'cryptography', 'babel', 'pytz', 'sqlparse'].map(
      (name, index) => ({
        ...{
          name,
          version: `${index + 1}.0`,
          zipBytes: 4_000_000 / (index + 1),
          unzippedBytes: 15_000_000 / (index + 1),
        },
      }),
    ),
    ...Array.from({ length: 6 }, (_, index) => ({
      ...{ name: `small-${index}`, version: '0.1', zipBytes: 20_000, unzippedBytes: 60_000 },
    })),
  ],
  imports: {
    ...{ measuredOn: 'public.ecr.aws/lambda/python:3.13', seconds: 0.6121 },
    packages: [
      ...(
        [
          ['django', 0.2104, 0.2811],
          ['(Python itself)', 0.1207, 0.1207],
          ['psycopg', 0.0712, 0.0854],
          ['PIL', 0.0533, 0.0602],
          ['cryptography', 0.0421, 0.0421],
          ['shop', 0.0405, 0.5611],
          ['babel', 0.021, 0.0213],
          ['lxml', 0.0152, 0.0152],
          ['pytz', 0.009, 0.009],
          ['(runtime)', 0.0081, 0.6121],
          ['sqlparse', 0.0041, 0.0041],
        ] as const
      ).map(([name, selfSeconds, cumulativeSeconds]) => ({ package: name, selfSeconds, cumulativeSeconds })),
    ],
  },
}

const MIGRATION_FAILED = {
  title: 'manage migrate --noinput failed with exit code 1',
  detail: 'django.db.utils.OperationalError: connection to server at "10.0.1.7", port 5432 failed: timeout expired',
  hint: 'The alias live has not moved: it serves version 6.',
}

export const PREVIEW = {
  ...{ pull: 7, headSha: '0123456789abcdef0123456789abcdef01234567', access: 'Asks for a user and a password' },
  ...{ database: 'PostgreSQL, database shop_pr_7', expires: '2026-11-30T13:05:00.000Z' },
}

/** The same with what is usual. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  deployed: deploymentSummary(FULL),
  commented: deploymentComment(FULL, []),
  planned: deploymentSummary({
    ...FULL,
    ...{ isDryRun: true, version: '6', commands: [], coldStartMs: undefined },
    difference: {
      ...FULL.difference,
      permissions: [
        {
          why: 'release',
          actions: ['lambda:UpdateFunctionCode', 'lambda:PublishVersion'],
          resources: ['arn:aws:lambda:eu-west-1:123456789012:function:shop'],
        },
      ],
    },
  }),
  previewed: deploymentSummary({ ...FULL, functionName: 'shop-pr-7', preview: PREVIEW }),
  failed: failureSummary([MIGRATION_FAILED]),
  'rolled-back': rollbackSummary({
    function: { name: 'shop', alias: 'live', version: '6', url: SHOP.url },
    ...{ from: '8', published: '2 days ago', provenance: { commit: 'abc1234', actor: 'octocat' } },
  }),
  ran: runSummary({
    ...{ functionName: 'shop', qualifier: 'live', exitCode: 1, problem: MIGRATION_FAILED },
    commands: [{ command: 'manage migrate --plan', exitCode: 0, seconds: 1, output: DJANGO_MIGRATIONS }],
  }),
}
