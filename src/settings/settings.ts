import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isOwnBucket } from '../aws/bucket-address.ts'
import { type Problem, SettingsError } from '../errors.ts'
import { DEFAULT_RUNTIME, type Runtime, targetOf } from '../platform/runtimes.ts'
import type { Architecture, Target } from '../platform/target.ts'
import { commandContradictions } from './allowed-commands.ts'
import { basicAuthContradictions } from './basic-auth.ts'
import { corsContradictions } from './cors.ts'
import { databaseContradictions } from './databases.ts'
import { findApplication } from './discovery.ts'
import { functionContradictions } from './function-contradictions.ts'
import type { Table } from './kinds.ts'
import { findManifest, type Manifest } from './manifest.ts'
import { previewContradictions, previewGaps } from './preview.ts'
import { type Pyproject, pyprojectSources, readIfPresent, readPyproject } from './pyproject.ts'
import { findRuntime } from './python-version.ts'
import { regionOf } from './region.ts'
import { REMOVAL_SETTINGS, type RemovalSettings } from './removal.ts'
import { camelCase, SETTING_NAMES, SETTINGS, type SettingName, type Values } from './schema.ts'
import { staticContradictions } from './static.ts'
import { trafficContradictions } from './traffic.ts'
import { checkValues, mistake, type Source } from './values.ts'

/** Where the settings come from. `explicit` are the action's inputs or the command line's flags. */
export interface SettingsOrigin {
  readonly project: string
  readonly stage: string | undefined
  /** The process's variables; those that start with `WSGI_LAMBDA_` are settings. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly explicit: Source
}

interface Common extends Values {
  /** Absolute path of the project's folder. */
  readonly project: string
  readonly stage: string | undefined
  /** Of AWS, where the variables name one: a profile may name one too. */
  readonly region: string | undefined
  /** One line for each thing that was found instead of being asked for. */
  readonly found: readonly string[]
}

export interface BuildSettings extends Common {
  readonly app: string
  readonly target: Target
  readonly manifest: Manifest
  readonly output: string
  /** Absolute. */
  readonly sbom: string | undefined
}

/** For what looks at an artifact: the project that it was built from need not be there. */
export interface InspectSettings extends Common {
  /** Where `build` writes. */
  readonly output: string
  /** Relative to the project; undefined where there is none. */
  readonly manifest: string | undefined
  /** What somebody set: an artifact that does not tell its target is held for this one's. */
  readonly assumed: { readonly runtime: Runtime | undefined; readonly architecture: Architecture | undefined }
}

export interface FunctionSettings extends Common {
  readonly functionName: string
}

export interface DeploySettings extends FunctionSettings {
  /** The project that is built first; undefined where `artifact` names a zip that was built before. */
  readonly build: BuildSettings | undefined
}

/** Variables that start like settings but are not. */
const NOT_SETTINGS = new Set(['WSGI_LAMBDA_PROJECT', 'WSGI_LAMBDA_STAGE'])

/** Settings for `build`. @throws SettingsError with every mistake at once. */
export async function loadBuildSettings(origin: SettingsOrigin): Promise<BuildSettings> {
  const loaded = await load(origin)
  return settle(loaded.problems, await buildPart(loaded))
}

/**
 * Settings for `deploy`, and for `preview`, for which the project's stage of that name stands where none is given.
 * @throws SettingsError with every mistake at once
 */
export async function loadDeploySettings(origin: SettingsOrigin, isForPreview = false): Promise<DeploySettings> {
  const loaded = await load(origin, isForPreview ? PREVIEW_STAGE : undefined)
  const { common, problems } = loaded
  const named = namePart(loaded)
  const build = common.artifact === undefined ? await buildPart(loaded) : undefined
  problems.push(...functionContradictions(common, build?.target.runtime, loaded.isGiven))
  if (isForPreview) problems.push(...previewGaps(common))
  const basicAuth = (isForPreview ? common.previewBasicAuth : undefined) ?? common.basicAuth
  return settle(problems, { ...common, ...named, basicAuth, build })
}

/** Settings for `inspect`. @throws SettingsError with every mistake at once. */
export async function loadInspectSettings(origin: SettingsOrigin): Promise<InspectSettings> {
  const { common, pyproject, isGiven, problems } = await load(origin)
  const manifest = findManifest(common.project, common.requirements, pyproject)
  return settle(problems, {
    ...common,
    assumed: {
      runtime: isGiven('runtime') ? common.runtime : undefined,
      architecture: isGiven('architecture') ? common.architecture : undefined,
    },
    output: outputOf(common),
    manifest: 'problem' in manifest ? undefined : manifest.path,
  })
}

/**
 * Settings for what only talks to a function that exists. @param isRemoteCommand whether all that stands behind the command is its own
 * @throws SettingsError with every mistake at once
 */
export async function loadFunctionSettings(origin: SettingsOrigin, isRemoteCommand = false): Promise<FunctionSettings> {
  const loaded = await load(origin)
  const hint = isRemoteCommand ? `${NAME_IT} ${OWN_OPTIONS_FIRST}` : NAME_IT
  return settle(loaded.problems, { ...loaded.common, ...namePart(loaded, hint) })
}

/**
 * Settings for what removes previews: of the project nothing is read, which need not be there. What was left to its file is not
 * known, so nothing is held against anything else; and a mistake in what it does not need leaves no preview behind.
 * @throws SettingsError with every mistake at once
 */
export function loadRemovalSettings({ stage, environment, explicit }: SettingsOrigin): RemovalSettings {
  const checked = checkValues([variablesSource(environment), explicit].map(ofRemoval))
  const { values } = fillStage(checked.values, stage)
  const { functionName } = values
  return settle(checked.problems, {
    ...values,
    functionName: functionName?.includes('{{') ? undefined : functionName,
    region: regionOf(environment),
  })
}

/**
 * The same with what the project's file says of it, by the stage of previews: for a run that has the project beside it. A file that cannot
 * be read must say none of it: an account that is not allowed, or a command that is to run before, would be lost.
 * @throws SettingsError with every mistake at once
 */
export async function loadProjectRemovalSettings(
  origin: SettingsOrigin,
): Promise<RemovalSettings & { readonly functionName: string }> {
  const { environment, explicit } = origin
  const { sources, stage, problems } = await readProject(origin, PREVIEW_STAGE).catch(withoutFile(origin))
  const checked = checkValues([...sources, variablesSource(environment), explicit].map(ofRemoval))
  const filled = fillStage(checked.values, stage)
  const loaded = {
    ...{ common: filled.values, isGiven: (name: SettingName) => checked.origins.has(name) },
    problems: [...problems, ...checked.problems, ...filled.problems],
  }
  const named = namePart(loaded)
  return settle(loaded.problems, { ...filled.values, ...named, region: regionOf(environment) })
}

/** What is known of a project whose file cannot be read, where it says nothing of the removal. */
function withoutFile({ project, stage }: SettingsOrigin): (error: unknown) => Promise<Omit<Project, 'pyproject'>> {
  return async (error) => {
    const folder = await folderOf(project)
    const text = await readIfPresent(join(folder, 'pyproject.toml'))
    if (text === undefined || REMOVAL_SETTINGS.some((name) => new RegExp(`(?<![\\w-])${name}["']?\\s*=`).test(text)))
      throw error
    return { folder, stage, sources: [], problems: [] }
  }
}

/** Without the settings of other commands. A name that none has stays a mistake: it may be one of these, misspelled. */
function ofRemoval(source: Source): Source {
  const isOther = (name: string): boolean =>
    (SETTING_NAMES as readonly string[]).includes(name) && !(REMOVAL_SETTINGS as readonly string[]).includes(name)
  return { ...source, given: Object.fromEntries(Object.entries(source.given).filter(([name]) => !isOther(name))) }
}

/** What says where a pull request is told of a mistake in the others, and whether it is; and what is never shown. */
export type PlaceSettings = Pick<
  Values,
  | ('functionName' | 'comment' | 'githubEnvironment' | 'previewLabel' | 'previewDrafts' | 'dryRun')
  | ('environment' | 'previewEnvironment' | 'previewSecrets')
>

/**
 * What of these is wrong, or cannot be read, is as if nobody had set it.
 * @param readsProject false where nothing of a project may be read, such as that of a stranger
 */
export async function loadPlaceSettings(origin: SettingsOrigin, readsProject: boolean): Promise<PlaceSettings> {
  const loaded = readsProject ? await load(origin, PREVIEW_STAGE).catch(() => undefined) : undefined
  const { stage, environment, explicit } = origin
  const { functionName = '', ...values } =
    loaded?.common ?? fillStage(checkValues([variablesSource(environment), explicit]).values, stage).values
  return { ...values, functionName: NO_NAME.test(functionName) ? undefined : functionName }
}

/** Lambda API reference, CreateFunction: a name. */
const NO_NAME = /^$|[^\w-]|.{65}/

interface Loaded {
  readonly common: Common
  readonly pyproject: Pyproject
  /** What somebody set: a wrong value is reported as wrong, and not as missing too. */
  readonly isGiven: (name: SettingName) => boolean
  /** Grows while the parts are looked at. */
  readonly problems: Problem[]
}

const PREVIEW_STAGE = 'preview'

/** What its file says. */
interface Project {
  /** Absolute. */
  readonly folder: string
  readonly pyproject: Pyproject
  readonly stage: string | undefined
  readonly sources: readonly Source[]
  readonly problems: readonly Problem[]
}

/** @param defaultStage what stands for the stage where none is given and the project has one of this name */
async function readProject(origin: SettingsOrigin, defaultStage?: string): Promise<Project> {
  const folder = await folderOf(origin.project)
  const pyproject = await readPyproject(folder)
  const isThere = defaultStage !== undefined && Object.hasOwn(pyproject.stages, defaultStage)
  const stage = origin.stage ?? (isThere ? defaultStage : undefined)
  return { folder, pyproject, stage, ...pyprojectSources(pyproject, stage) }
}

async function folderOf(project: string): Promise<string> {
  const folder = resolve(project)
  if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder
  throw new SettingsError([
    {
      title: `The project ${JSON.stringify(project)} is not a folder`,
      hint: 'Give the folder that holds the application: --project DIR, or the input project.',
    },
  ])
}

/** @param defaultStage as above */
async function load(origin: SettingsOrigin, defaultStage?: string): Promise<Loaded> {
  const { environment, explicit } = origin
  const { folder, pyproject, stage, sources, problems } = await readProject(origin, defaultStage)
  const checked = checkValues([...sources, variablesSource(environment), explicit])
  const filled = fillStage(checked.values, stage)
  return {
    common: { ...filled.values, project: folder, stage, region: regionOf(environment), found: [] },
    pyproject,
    isGiven: (name) => checked.origins.has(name),
    problems: [
      ...problems,
      ...checked.problems,
      ...filled.problems,
      ...contradictions(filled.values, (name) => checked.origins.has(name)),
    ],
  }
}

function settle<T>(problems: readonly Problem[], settings: T): T {
  if (problems.length > 0) throw new SettingsError(problems)
  return settings
}

function variablesSource(environment: SettingsOrigin['environment']): Source {
  const prefix = 'WSGI_LAMBDA_'
  const kebab = (variable: string): string => variable.slice(prefix.length).toLowerCase().replaceAll('_', '-')
  const given = Object.entries(environment).filter(
    ([name, value]) => name.startsWith(prefix) && !NOT_SETTINGS.has(name) && value !== '',
  )
  return {
    given: Object.fromEntries(given.map(([name, value]) => [kebab(name), value])),
    nameOf: (name) => prefix + name.toUpperCase().replaceAll('-', '_'),
  }
}

const NAME_IT =
  'Name the Lambda function: --function-name NAME, the input function-name, or the key in [tool.wsgi-lambda].'

const OWN_OPTIONS_FIRST = 'Own options stand before the command, as in: wsgi-lambda --function-name NAME manage check'

function namePart(
  { common, isGiven, problems }: Pick<Loaded, 'isGiven' | 'problems'> & { readonly common: Values },
  hint = NAME_IT,
): { readonly functionName: string } {
  const { functionName = '' } = common
  if (!isGiven('function-name')) {
    problems.push({ title: 'function-name is missing', hint })
  } else if (functionName !== '' && NO_NAME.test(functionName) && !functionName.includes('{{')) {
    // A stage was filled in since it was checked.
    problems.push(mistake('function-name', functionName, SETTINGS['function-name']))
  }
  return { functionName }
}

async function buildPart({ common, pyproject, isGiven, problems }: Loaded): Promise<BuildSettings> {
  const found: string[] = []
  const app = isGiven('app') ? (common.app ?? '') : await discover(common.project, found, problems)
  const runtime = isGiven('runtime')
    ? (common.runtime ?? DEFAULT_RUNTIME)
    : await discoverRuntime(common.project, pyproject, found, problems)
  const manifest = findManifest(common.project, common.requirements, pyproject)
  if ('problem' in manifest) problems.push(manifest.problem)
  else if (common.requirements === undefined) found.push(`requirements: ${manifest.path}`)
  return {
    ...common,
    app,
    target: targetOf(runtime, common.architecture),
    manifest: 'problem' in manifest ? { kind: 'requirements', path: '' } : manifest,
    output: outputOf(common),
    sbom: common.sbom === undefined ? undefined : resolve(common.sbom),
    found,
  }
}

function outputOf({ output, project }: Common): string {
  return resolve(output ?? join(project, '.wsgi-lambda', `${basename(project)}.zip`))
}

async function discover(project: string, found: string[], problems: Problem[]): Promise<string> {
  const application = await findApplication(project)
  if (application) {
    found.push(`app: ${application.app} (${application.from})`)
    return application.app
  }
  problems.push({
    title: `No WSGI application was found in ${project}`,
    detail:
      'Looked for manage.py (Django), and for app, application or create_app() in app.py, wsgi.py, api.py, main.py, application.py, or in one package.',
    hint: 'Name it: --app mysite.wsgi:application, the input app, or the key in [tool.wsgi-lambda].',
  })
  return ''
}

async function discoverRuntime(
  project: string,
  pyproject: Pyproject,
  found: string[],
  problems: Problem[],
): Promise<Runtime> {
  const result = await findRuntime(project, pyproject)
  if ('problem' in result) {
    problems.push(result.problem)
    return DEFAULT_RUNTIME
  }
  found.push(`runtime: ${result.runtime} (${result.from})`)
  return result.runtime
}

function contradictions({ environment, secrets, ...values }: Values, isGiven: Loaded['isGiven']): Problem[] {
  const twice = Object.keys(secrets).filter((name) => Object.hasOwn(environment, name))
  const ofNoBucket = isGiven('upload-bucket') ? [] : (['upload-kms-key', 'upload-bucket-owner'] as const)
  return [
    ...twice.map((name) => ({
      title: `${name} stands in environment and in secrets`,
      hint: 'Keep one of them: a value that may be read by all, or a reference.',
    })),
    ...(values.uploadBucketOwner !== undefined && isOwnBucket(values.uploadBucket ?? '')
      ? [
          {
            title: 'upload-bucket is auto, and upload-bucket-owner is set',
            hint: 'Remove upload-bucket-owner: such a bucket must belong to the account that deploys, and no other is taken.',
          },
        ]
      : []),
    ...ofNoBucket
      .filter(isGiven)
      .map((name) => ({ title: `${name} is set, and upload-bucket is not`, hint: `Set it, or remove ${name}.` })),
    ...trafficContradictions(values),
    // What a zip obeys that was built before, its own settings have said; and another handler may obey anything.
    ...(isGiven('artifact') || values.handler === 'none' ? [] : commandContradictions(values)),
    ...basicAuthContradictions(values),
    ...databaseContradictions(values),
    ...corsContradictions(values, isGiven),
    ...staticContradictions({ ...values, environment }),
    ...previewContradictions(values),
  ]
}

/** What is known only when there is an address, or a preview: it is filled in then. */
const ADDRESSES = ['url', 'host', 'origin'] as const
const PREVIEW_WORDS = ['pr', 'preview'] as const

/** What is no name, or a secret: braces mean nothing in it. */
const AS_WRITTEN = /^(?:url-origin|(?:preview-)?basic-auth|preview-database-.*)$/

/** Fills `{{stage}}` in names and in tables. */
function fillStage(values: Values, stage: string | undefined): { values: Values; problems: Problem[] } {
  const problems: Problem[] = []
  const fill = (text: string, where: string, later: readonly string[] = []): string =>
    text.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, name: string) => {
      if (name === 'stage' && stage !== undefined) return stage
      if (later.includes(name)) return `{{${name}}}`
      problems.push(
        name === 'stage'
          ? {
              title: `${where} uses {{stage}}, but no stage is given`,
              hint: 'Give one with --stage NAME or the input stage.',
            }
          : {
              title: `${where} uses ${whole}, which is not known here`,
              hint: 'Known: {{stage}} in names and variables, {{url}}, {{host}} and {{origin}} in variables, {{pr}} and {{preview}} in settings of previews.',
            },
      )
      return whole
    })
  const fillTable = (table: Table, where: string, later: readonly string[] = []): Table =>
    Object.fromEntries(
      Object.entries(table).map(
        ([name, value]) => [fill(name, `${where} ${name}`, later), fill(value, `${where} ${name}`, later)] as const,
      ),
    )
  const filled: Record<string, unknown> = {
    ...values,
    environment: fillTable(values.environment, 'environment variable', ADDRESSES),
    commandEnvironment: fillTable(values.commandEnvironment, 'environment variable of commands', ADDRESSES),
    previewEnvironment: fillTable(values.previewEnvironment, 'environment variable of previews', [
      ...ADDRESSES,
      ...PREVIEW_WORDS,
    ]),
    secrets: fillTable(values.secrets, 'secret'),
    previewSecrets: fillTable(values.previewSecrets, 'secret of previews', PREVIEW_WORDS),
    tags: fillTable(values.tags, 'tag'),
    events: fillTable(values.events, 'event'),
  }
  for (const name of SETTING_NAMES) {
    const value = filled[camelCase(name)]
    if (typeof value === 'string' && !AS_WRITTEN.test(name)) filled[camelCase(name)] = fill(value, name)
  }
  return { values: filled as unknown as Values, problems }
}
