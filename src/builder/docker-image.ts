import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Architecture, Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import { Container } from './docker-container.ts'
import { type Engine, engineCall } from './docker-engine.ts'
import { AUTHORITIES_INSIDE, TOOLS_INSIDE } from './docker-environment.ts'
import { lastLines, stepAdvice } from './docker-errors.ts'
import { ensureBaseImage, imageIfThere } from './docker-pull.ts'
import {
  type ImageFacts,
  installCommands,
  PACKAGE_MANAGERS,
  parseFacts,
  pythonPackages,
  unfitProblem,
} from './docker-setup.ts'

/** What of `docker/` makes an image; the rest is brought to each build. */
const RECIPE_FILES = ['probe.sh', 'setup.sh', 'uv.txt'] as const
export const FACTS_LABEL = 'wsgi-lambda.builder'
export const REPOSITORY = 'wsgi-lambda-builder'

/** An image with the target's Python, pip, uv and the system packages, kept by the engine under a name of its own. */
export interface BuilderImage {
  readonly id: string
  readonly python: string
  readonly pythonVersion: string
  readonly glibc: string
}

export interface KeyedImage extends BuilderImage {
  /** Of all that it was made from: the same on every machine, unlike the id of an image that each makes for itself. */
  readonly key: string
}

export interface BuilderImageOptions {
  readonly baseImage: string
  /** Of what the base image was made from, where that is known: its id is another one on each machine that makes it. */
  readonly baseKey?: string | undefined
  readonly systemPackages: readonly string[]
  readonly toolsFolder: string
  /** For programs in the container; in no image or container configuration. */
  readonly env: Readonly<Record<string, string>>
  readonly authorities: Buffer | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** The builder image for this base, recipe and system packages: the kept one, else a new one. */
export async function ensureBuilderImage(
  engine: Engine,
  target: Target,
  options: BuilderImageOptions,
  report: Reporter,
): Promise<KeyedImage> {
  const base = await ensureBaseImage(engine, options.baseImage, target.architecture, { report, signal: options.signal })
  const recipe = await readRecipe(options.toolsFolder)
  const key = imageKey(options.baseKey ?? base.id, target, recipe, options.systemPackages)
  const tag = `${REPOSITORY}:${key}`
  const kept = await keptImage(engine, tag)
  if (kept) {
    report.debug(`${tag} is there: made from ${options.baseImage}, Python ${kept.pythonVersion}, glibc ${kept.glibc}`)
    return { ...kept, key }
  }
  const made = await report.phase(`Prepare the build image from ${options.baseImage}`, () =>
    makeImage(engine, target, { ...options, baseId: base.id, recipe, tag }, report),
  )
  return { ...made, key }
}

type Recipe = ReadonlyMap<string, Buffer>

async function readRecipe(toolsFolder: string): Promise<Recipe> {
  const files = RECIPE_FILES.map(async (name) => [name, await readFile(join(toolsFolder, name))] as const)
  return new Map(await Promise.all(files))
}

/** Of all that can change the image; uv's version and hashes are in `uv.txt`. */
export function imageKey(
  baseId: string,
  target: { readonly pythonMinor: string; readonly architecture: Architecture },
  recipe: Recipe,
  systemPackages: readonly string[],
): string {
  const nothing: ImageFacts = parseFacts('')
  const commands = PACKAGE_MANAGERS.map((packageManager) => {
    const python = pythonPackages({ ...nothing, packageManager }, target.pythonMinor)
    return [python, systemPackages].map((packages) => installCommands(packageManager, packages))
  })
  const hash = createHash('sha256').update(JSON.stringify([baseId, target.pythonMinor, target.architecture, commands]))
  for (const [name, content] of recipe) hash.update(`\0${name}\0${content.length}\0`).update(content)
  return hash.digest('hex').slice(0, 32)
}

export async function keptImage(engine: Engine, tag: string): Promise<BuilderImage | undefined> {
  const image = await imageIfThere(engine, tag)
  const label = image?.labels[FACTS_LABEL]
  if (!image || label === undefined) return undefined
  return { ...(JSON.parse(label) as Omit<BuilderImage, 'id'>), id: image.id }
}

export type StepOptions = Pick<BuilderImageOptions, 'env' | 'baseImage'>

interface Making extends BuilderImageOptions {
  readonly baseId: string
  readonly recipe: Recipe
  readonly tag: string
}

async function makeImage(engine: Engine, target: Target, making: Making, report: Reporter): Promise<BuilderImage> {
  const { baseImage, labels, signal, authorities } = making
  const container = await Container.create(engine, { image: making.baseId, labels, signal })
  try {
    for (const [name, content] of making.recipe) await container.putFile(`${TOOLS_INSIDE}/${name}`, content)
    if (authorities) await container.putFile(AUTHORITIES_INSIDE, authorities)

    const found = parseFacts(await runStep(container, making, probe(target), report))
    const problem = unfitProblem(baseImage, found, target, 'found')
    if (problem) throw new UserError(problem)
    const facts = await installPackages(container, found, target, making, report)
    const { python, pythonVersion, glibc } = facts
    if (python === undefined || pythonVersion === undefined || glibc === undefined)
      throw new Error(`probe.sh said too little about ${baseImage}`)
    await runStep(container, making, ['/bin/sh', `${TOOLS_INSIDE}/setup.sh`, python, TOOLS_INSIDE], report)

    if (authorities) await runStep(container, making, ['rm', '-f', AUTHORITIES_INSIDE], report)
    const image = { python, pythonVersion, glibc }
    const id = await container.commit(
      { ...blank(labels), [FACTS_LABEL]: JSON.stringify(image) },
      `Builds Lambda packages of Python ${target.pythonMinor}; made from ${baseImage}`,
    )
    return await keep(engine, making.tag, { ...image, id })
  } finally {
    await container.remove()
  }
}

async function installPackages(
  container: Container,
  found: ImageFacts,
  target: Target,
  making: Making,
  report: Reporter,
): Promise<ImageFacts> {
  const { baseImage, systemPackages } = making
  const manager = found.packageManager
  if (manager === undefined) {
    if (systemPackages.length === 0) return found
    throw new UserError({
      title: `${baseImage} has no package manager for system-packages`,
      detail: `Looked for ${PACKAGE_MANAGERS.join(', ')}.`,
      hint: 'Name a base-image that has one, or one that has the packages already.',
    })
  }
  let facts = found
  const python = pythonPackages(found, target.pythonMinor)
  if (python.length > 0) {
    const failure = await runSteps(container, making, installCommands(manager, python), report)
    facts = parseFacts(await runStep(container, making, probe(target), report))
    const problem = unfitProblem(baseImage, facts, target, 'set up')
    if (problem)
      throw new UserError({ ...problem, detail: [problem.detail, failure?.detail].filter(Boolean).join('\n') })
  }
  const failure = await runSteps(container, making, installCommands(manager, systemPackages), report)
  if (failure) throw failure
  return facts
}

export async function runSteps(
  container: Container,
  making: StepOptions,
  commands: readonly (readonly string[])[],
  report: Reporter,
): Promise<StepFailure | undefined> {
  try {
    for (const command of commands) await runStep(container, making, command, report)
  } catch (error) {
    if (error instanceof StepFailure) return error
    throw error
  }
  return undefined
}

export const probe = (target: Target): string[] => ['/bin/sh', `${TOOLS_INSIDE}/probe.sh`, target.pythonMinor]

/** An image hands its labels on to containers: a run's own must not be found on another run's. */
export const blank = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(labels).map((name) => [name, '']))

/** Another build may have made the same image meanwhile: the first one stays, so that none is left without a name. */
export function keep(engine: Engine, tag: string, image: BuilderImage): Promise<BuilderImage> {
  return inTurn(() => nameOrDrop(engine, tag, image))
}

let lastTurn: Promise<unknown> = Promise.resolve()

/** One after another in this process: between the look for a name and giving it, no other builder may come. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(work)
  lastTurn = turn.catch(() => undefined)
  return turn
}

async function nameOrDrop(engine: Engine, tag: string, image: BuilderImage): Promise<BuilderImage> {
  const other = await keptImage(engine, tag)
  if (other) {
    await engineCall(engine, 'remove an image', () => engine.docker.getImage(image.id).remove())
    return other
  }
  const [repo = '', version = ''] = tag.split(':')
  await engineCall(engine, 'name an image', () => engine.docker.getImage(image.id).tag({ repo, tag: version }))
  return image
}

/** A program of the preparation said no. */
export class StepFailure extends UserError {}

export async function runStep(
  container: Container,
  { env, baseImage }: StepOptions,
  command: readonly string[],
  report: Reporter,
): Promise<string> {
  const { exitCode, stdout, stderr } = await container.exec(command, {
    cwd: '/',
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line) => {
      report.progress(line)
      report.debug(line)
    },
  })
  if (exitCode === 0) return stdout
  throw new StepFailure({
    title: `${baseImage} could not be prepared: ${command.slice(0, 3).join(' ')} ended with ${exitCode}`,
    detail: lastLines(`${stdout}\n${stderr}`),
    hint: stepAdvice(`${stdout}\n${stderr}`),
  })
}
