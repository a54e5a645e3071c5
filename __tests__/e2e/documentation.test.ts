import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { DOCUMENTS } from '../../scripts/documentation.ts'
import { SETTING_NAMES } from '../../src/settings/schema.ts'
import { loadDeploySettings } from '../../src/settings/settings.ts'
import { checkValues } from '../../src/settings/values.ts'
import { folderWith } from '../settings/project-folder.ts'
import { fences, fencesIn, filesBelow, PAGES, placeOf, read } from '../support/pages.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CLI = join(ROOT, 'dist/cli.cjs')

const OPTIONS_OF_PIP =
  '--constraint --extra-index-url --find-links --hash --index-url --no-binary --no-deps --no-index --only-binary --platform --pre --prefer-binary --require-hashes --target --trusted-host --user --check'.split(
    ' ',
  )

const OWN_PAGES = PAGES.filter((page) => page === 'README.md' || page.startsWith('docs/'))

test.each(Object.entries(DOCUMENTS))('%s says what the code says', (path, write) => {
  expect(write(read(path))).toBe(read(path))
})

test.each(['inputs', 'outputs'])('README.md has the generated table of %s', (name) => {
  expect(read('README.md')).toMatch(new RegExp(`<!-- ${name} -->\\n\\n\\| \\w`))
})

test('action.yml has expressions only where GitHub takes them: in the default of an input', () => {
  const { inputs, ...rest } = parseYaml(read('action.yml')) as {
    inputs: Readonly<Record<string, { default?: unknown; description: string }>>
  }
  const withoutDefaults = Object.values(inputs).map((input) => ({ ...input, default: undefined }))
  expect(JSON.stringify([rest, withoutDefaults])).not.toContain('${{')
})

describe('workflows', () => {
  interface Step {
    readonly uses?: string
    readonly with?: Readonly<Record<string, unknown>>
  }
  interface Workflow {
    readonly on?: unknown
    readonly permissions?: Readonly<Record<string, unknown>>
    readonly jobs: Readonly<Record<string, { permissions?: Readonly<Record<string, unknown>>; steps: readonly Step[] }>>
  }
  const parsed = fencesIn('yaml', 'yml').map(
    ([place, fence]) => [place, parseYaml(fence.text, { strict: true }) as unknown, fence] as const,
  )
  const isWorkflow = (value: unknown): value is Workflow =>
    typeof value === 'object' && value !== null && 'jobs' in value
  const stepsOf = (value: unknown): readonly Step[] => {
    if (Array.isArray(value)) return value as Step[]
    return isWorkflow(value) ? Object.values(value.jobs).flatMap(({ steps }) => steps) : []
  }
  const withSteps = parsed.filter(([, value]) => stepsOf(value).length > 0)
  const inputs = new Set(Object.keys((parseYaml(read('action.yml')) as { inputs: object }).inputs))

  test('are there', () => {
    expect(withSteps.length).toBeGreaterThanOrEqual(4)
  })

  test.each(withSteps)('%s gives the action inputs that it has, with values that it takes', (_, value) => {
    for (const { uses, with: given = {} } of stepsOf(value)) {
      if (!uses?.startsWith('OWNER/wsgi-lambda')) continue
      expect(uses).toBe('OWNER/wsgi-lambda@v1')
      expect(Object.keys(given).filter((name) => !inputs.has(name))).toEqual([])
      const settings = Object.entries(given).filter(
        ([name]) => !['command', 'project', 'stage', 'to', 'run', 'pr', 'github-token'].includes(name),
      )
      const texts = Object.fromEntries(settings.map(([name, input]) => [name, String(input)]))
      expect(checkValues([{ given: texts, nameOf: String }]).problems).toEqual([])
    }
  })

  test.each(withSteps)('%s pins the actions of others', (_, value, { text }) => {
    const used = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    expect(used).toHaveLength(stepsOf(value).filter(({ uses }) => uses !== undefined).length)
    for (const line of used.filter((line) => !line.includes('OWNER/')))
      expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('use one version of an action, the one of this repository’s own workflows', () => {
    const own = filesBelow('.github/workflows', /\.yml$/).map(read)
    const pins = new Map<string, Set<string>>()
    for (const text of [...own, ...parsed.map(([, , fence]) => fence.text)]) {
      for (const [, action = '', pin = ''] of text.matchAll(
        /uses: ([\w.-]+\/[\w.-]+)[^@\s]*@([0-9a-f]{40} # v[\d.]+)/g,
      ))
        pins.set(action, (pins.get(action) ?? new Set()).add(pin))
    }
    expect([...pins].filter(([, versions]) => versions.size > 1)).toEqual([])
    expect(pins.has('aws-actions/configure-aws-credentials')).toBe(true)
  })

  test.each(withSteps.filter(([, value]) => isWorkflow(value)))('%s asks for the token that it needs', (_, value) => {
    if (!isWorkflow(value)) throw new Error('not a workflow')
    for (const job of Object.values(value.jobs)) {
      const signsIn = job.steps.some(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'))
      const tells = value.on !== undefined && JSON.stringify(value.on).includes('pull_request')
      expect({ contents: 'read', ...value.permissions, ...job.permissions }).toEqual({
        contents: 'read',
        ...(signsIn && { 'id-token': 'write' }),
        ...(tells && { 'pull-requests': 'write', deployments: 'write' }),
      })
    }
  })

  test('the one in README.md is no longer than twenty lines', () => {
    const [first] = fences.filter(({ page, language }) => page === 'README.md' && language === 'yaml')
    expect(first?.text.split('\n').length).toBeLessThanOrEqual(20)
  })
})

describe('pyproject.toml', () => {
  const snippets = fencesIn('toml').filter(([, { text }]) => /^\[tool\.wsgi-lambda[.\]]/m.test(text))

  test('is shown', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(6)
  })

  test.each(snippets)('of %s is understood, with each of its stages', async (_, { text }) => {
    const table = (parseToml(text) as { tool: { 'wsgi-lambda': { stages?: object; 'function-name'?: string } } }).tool[
      'wsgi-lambda'
    ]
    const project = await folderWith({ 'pyproject.toml': text, 'app.py': 'app = object\n', 'requirements.txt': '' })
    const stages = Object.keys(table.stages ?? {})
    for (const stage of stages.length > 0 ? stages : [undefined]) {
      const explicit = {
        given: table['function-name'] === undefined ? { 'function-name': 'shop' } : {},
        nameOf: String,
      }
      const settings = await loadDeploySettings({ project, stage, environment: {}, explicit })
      expect(settings.functionName).not.toContain('{{')
    }
  })
})

interface Shown {
  readonly page: string
  readonly line: number
  readonly command: string
  readonly output: string
  readonly isRun: boolean
}

/** Commands in fences: each line in `sh`, what follows a `$` in `console`. */
const shown = fences.flatMap((fence) => {
  const commands: Shown[] = []
  if (!['console', 'sh'].includes(fence.language)) return commands
  let current: { line: number; command: string; output: string[] } | undefined
  const keep = (): void => {
    if (!current) return
    const { line, command, output } = current
    commands.push({ page: fence.page, line, command, output: output.join('\n'), isRun: fence.isRun })
  }
  for (const [index, text] of fence.text.split('\n').entries()) {
    const command = fence.language === 'sh' ? text : /^\$ (.*)$/.exec(text)?.[1]
    if (command === undefined) {
      current?.output.push(text)
      continue
    }
    keep()
    current = { line: fence.line + 1 + index, command, output: [] }
  }
  keep()
  return commands
})

/** One command of a line, split like a shell does, without what stands in front of it. */
interface Words {
  readonly variables: Readonly<Record<string, string>>
  readonly words: readonly string[]
}

function commandsOf(line: string): Words[] {
  return line.split(' && ').map((command) => {
    const parts = command.replace(/\s#.*$/, '').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
    const words = parts.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
    const count = words.findIndex((word) => !/^[A-Z_]+=/.test(word))
    const variables = words.slice(0, count).map((word) => word.split(/=(.*)/, 2) as [string, string])
    return { variables: Object.fromEntries(variables), words: words.slice(count) }
  })
}

/** The arguments of our own command line, or undefined for another program's. */
function ownArguments([program, ...rest]: readonly string[]): readonly string[] | undefined {
  if (program === 'npx' && rest[0] === 'wsgi-lambda') return rest.slice(1)
  return program === 'wsgi-lambda' ? rest : undefined
}

async function run(args: readonly string[], options: { cwd: string; variables: Readonly<Record<string, string>> }) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true', ...options.variables }
  const child = spawn(process.execPath, [CLI, ...args], { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [exitCode] = (await once(child, 'close')) as [number]
  return { exitCode, output }
}

describe('commands', () => {
  const others = [
    'git',
    'cd',
    'npm',
    'npx',
    'node',
    'python',
    'pip',
    'uv',
    'flask',
    'docker',
    'aws',
    'sha256sum',
    '.',
    'gh',
    'bash',
  ]
  const all = shown.flatMap((one) =>
    commandsOf(one.command).map((words) => [placeOf(one), one.command, words] as const),
  )
  const isRun = new Set(shown.filter((one) => one.isRun).map(placeOf))
  /** What is run shows mistakes on purpose. */
  const own = all.flatMap(([place, command, { variables, words }]) => {
    const args = ownArguments(words)
    return args === undefined || isRun.has(place) ? [] : [{ place, command, variables, args }]
  })

  test('are shown', () => {
    expect(own.length).toBeGreaterThanOrEqual(20)
  })

  test.each(all)('%s: %s', (_, __, { words }) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }
    const [program = '', verb = '', script = ''] = words
    expect([...others, 'wsgi-lambda']).toContain(program)
    if (program === 'npm' && verb === 'run') expect(Object.keys(scripts)).toContain(script)
    if (program === 'npm' && verb === 'test') expect(Object.keys(scripts)).toContain('test')
    if (program === 'npx') expect(verb).toBe('wsgi-lambda')
  })

  /** A variable that all commands read, with a mistake: it stops each after its own words have been checked, before it does anything. */
  const STOP =
    '✖ WSGI_LAMBDA_LOCK_WAIT is not valid\n  Given: "stop"\n  Allowed: a whole number, 0 to 86400 (seconds). Example: 1800\n'
  const checked = new Map<string, { exitCode: number; output: string }>()

  beforeAll(async () => {
    const stages = ['staging', 'production'].map((stage) => `[tool.wsgi-lambda.stages.${stage}]\n`).join('')
    const cwd = await folderWith({
      'pyproject.toml': `[tool.wsgi-lambda]\nfunction-name = "shop"\n${stages}`,
      'app.py': 'app = object\n',
      'requirements.txt': '',
      'requirements/production.txt': '',
    })
    const waiting = [...own]
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { place, command, args, variables } = next
        // In front, so that it wins over a project that the line names.
        const result = await run(['--project', cwd, ...args], {
          cwd,
          variables: { GITHUB_REPOSITORY_ID: '4711', ...variables, WSGI_LAMBDA_LOCK_WAIT: 'stop' },
        })
        checked.set(`${place} ${command}`, result)
      }
    }
    await Promise.all(Array.from({ length: 4 }, work))
  }, 120_000)

  test.each(own.map(({ place, command, args }) => [place, command, args] as const))(
    '%s is understood: %s',
    (place, command, args) => {
      const isAnsweredAtOnce = args.some((word) => ['--help', '--version', 'help'].includes(word))
      expect(checked.get(`${place} ${command}`)).toEqual(
        isAnsweredAtOnce ? expect.objectContaining({ exitCode: 0 }) : { exitCode: 2, output: STOP },
      )
    },
  )

  const toRun = shown.filter(({ isRun }) => isRun).map((one) => [placeOf(one), one] as const)

  test('some are run', () => {
    expect(toRun.length).toBeGreaterThanOrEqual(3)
  })

  test.each(toRun)('%s prints what is shown', async (_, { command, output }) => {
    const cwd = await folderWith({ 'app.py': 'app = object\n', 'requirements.txt': '' })
    const [{ words, variables } = { words: [], variables: {} }] = commandsOf(command)
    const result = await run(ownArguments(words) ?? [], { cwd, variables })
    expect(result.output.trimEnd()).toBe(output.trimEnd())
  })

  test('flags and variables that the text names exist', () => {
    const helps = [
      ...['build', 'deploy', 'plan', 'inspect', 'manage', 'exec', 'bootstrap', 'logs', 'rollback'],
      ...['permissions', 'preview', 'destroy', 'sweep'],
    ].map((name) => ['help', name])
    return Promise.all(helps.map((args) => run(args, { cwd: ROOT, variables: {} }))).then((answers) => {
      const help = answers.map(({ output }) => output).join('\n')
      const known = new Set([...help.matchAll(/--[a-z-]+/g)].map(([flag]) => flag))
      const settings = new Set(SETTING_NAMES.flatMap((name) => [`--${name}`, `--no-${name}`]))
      const variables = new Set([
        ...['PROJECT', 'STAGE'],
        ...['PR', 'PREVIEW'], // of lines of shell that make and remove databases
        'FOR', // of the configuration of a version for commands
        ...SETTING_NAMES.map((name) => name.toUpperCase().replaceAll('-', '_')),
      ])
      for (const page of OWN_PAGES) {
        const prose = read(page).replace(/^ *```[^]*?^ *```$/gm, '')
        const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
        const ours = spans.filter((span) => !/^(?:sls|docker|npm|pip|uv|curl|gh|aws) /.test(span))
        const flags = ours.flatMap((span) => [...span.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag))
        const notOurs = [
          '--noinput',
          '--pythonpath',
          '--env-file',
          ...(page.endsWith('serverless-wsgi.md') ? ['--function'] : []),
          ...(page.endsWith('requirements.md') ? OPTIONS_OF_PIP : []),
        ]
        expect([
          page,
          flags.filter((flag) => !known.has(flag) && !settings.has(flag) && !notOurs.includes(flag)),
        ]).toEqual([page, []])
        const named = [...prose.matchAll(/WSGI_LAMBDA_([A-Z_]+)/g)].map(([, name = '']) => name)
        expect([page, named.filter((name) => !variables.has(name) && name !== '')]).toEqual([page, []])
      }
    })
  })
})

describe('links', () => {
  /** As GitHub makes them of headings. */
  const anchorsOf = (page: string): Set<string> => {
    const anchors = new Set<string>()
    const headings = read(page)
      .replace(/^ *```[^]*?^ *```$/gm, '')
      .matchAll(/^#{1,6} +(.+)$/gm)
    for (const [, heading = ''] of headings) {
      const slug = heading
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-')
      let name = slug
      for (let count = 1; anchors.has(name); count++) name = `${slug}-${count}`
      anchors.add(name)
    }
    return anchors
  }
  const links = PAGES.flatMap((page) => {
    const prose = read(page).replace(/^ *```[^]*?^ *```$/gm, '')
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => [page, target] as const)
      .filter(([, target]) => !/^[a-z]+:/.test(target))
  })

  test('are there', () => {
    expect(links.length).toBeGreaterThan(20)
  })

  test.each(links)('%s → %s', (page, target) => {
    const [path = '', anchor] = target.split('#', 2)
    const file = path === '' ? page : normalize(join(dirname(page), path))
    expect(existsSync(join(ROOT, file))).toBe(true)
    if (anchor !== undefined) expect([...anchorsOf(file)]).toContain(anchor)
  })

  test.each(filesBelow('docs', /\.md$/))('README.md leads to %s', (page) => {
    expect(links.filter(([from]) => from === 'README.md').map(([, target]) => target.split('#', 1)[0])).toContain(page)
  })
})

describe('what the pages say of the code', () => {
  const sources = [...filesBelow('src', /\.ts$/), ...filesBelow('runtime', /\.py$/)].map((path) =>
    withoutExpressions(read(path)),
  )
  const titles = [...read('docs/troubleshooting.md').matchAll(/^### `(.+)`$/gm)].map(([, title = '']) => title)

  test('troubleshooting lists messages', () => {
    expect(titles.length).toBeGreaterThan(40)
    expect(read('docs/troubleshooting.md').match(/^### /gm)).toHaveLength(titles.length)
  })

  test.each(titles)('a message begins with: %s', (title) => {
    const parts = title.split('…').flatMap((part) => part.trim() || [])
    const pattern = new RegExp(parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[^\\n]*?'))
    expect(sources.filter((source) => pattern.test(source)).length).toBeGreaterThan(0)
  })

  test('every setting is explained outside of the tables, but for those that explain themselves', () => {
    const prose = OWN_PAGES.map((page) => read(page).replace(/<!-- ([\w ]+) -->[^]*?<!-- \/\1 -->/g, '')).join('\n')
    const selfExplaining = ['artifact', 'description', 'url-origin', 'after-traffic', 'alias', 'output']
    const missing = SETTING_NAMES.filter(
      (name) => !new RegExp(`\`(?:--)?${name}\\b`).test(prose) && !selfExplaining.includes(name),
    )
    expect(missing).toEqual([])
  })

  test('the policy for deployments is the one that is printed', async () => {
    const [policy] = /<!-- permissions -->\s+```json\n([^]*?)```/.exec(read('docs/permissions.md'))?.slice(1) ?? []
    const cwd = await folderWith({})
    const role = 'arn:aws:iam::123456789012:role/shop-execution'
    const settings = ['--function-name', 'shop', '--role', role, '--migrate']
    const { output } = await run(['permissions', '--quiet', ...settings], {
      cwd,
      variables: { AWS_REGION: 'eu-west-1' },
    })
    expect(JSON.parse(policy ?? '')).toEqual(JSON.parse(output))
  })

  test('the statements for previews are those that are printed', async () => {
    const [table = ''] =
      /<!-- preview permissions -->[^]*?<!-- \/preview permissions -->/.exec(read('docs/permissions.md')) ?? []
    const shownActions = [...table.matchAll(/^\| `(\w+)` +\| (`.+`) +\|.*\|$/gm)].map(([, sid, actions = '']) => [
      sid,
      actions.match(/[\w:]+/g),
    ])
    const role = 'arn:aws:iam::123456789012:role/shop-preview-execution'
    const settings = ['--preview-role', role, '--preview-database-admin', 'secretsmanager:shop/preview/database-admin']
    const { output } = await run(
      ['permissions', '--previews', '--quiet', '--function-name', 'shop', '--migrate', ...settings],
      {
        cwd: await folderWith({}),
        variables: { AWS_REGION: 'eu-west-1' },
      },
    )
    const { Statement: statements } = JSON.parse(output) as { Statement: { Sid: string; Action: string[] }[] }
    expect(shownActions).toEqual(statements.map(({ Sid, Action }) => [Sid, Action]))
  })

  test('what is shown as JSON is a policy, the file that the runtime reads, or a secret', () => {
    for (const [place, { text }] of fencesIn('json')) {
      const keys = Object.keys(JSON.parse(text) as object)
      const isOther = keys.includes('app') || keys.includes('password')
      expect([place, keys]).toEqual([place, isOther ? expect.anything() : ['Version', 'Statement']])
    }
  })
})

/** Template literals with their expressions left out: a message as far as the code has it as text. */
function withoutExpressions(source: string): string {
  let text = ''
  let depth = 0
  for (let at = 0; at < source.length; at++) {
    if (depth === 0 && !source.startsWith('${', at)) text += source[at] ?? ''
    else if (source[at] === '{') depth++
    else if (source[at] === '}') depth--
  }
  return text
}
