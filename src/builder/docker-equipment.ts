import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Equipment } from './builder.ts'
import { Container } from './docker-container.ts'
import type { Engine } from './docker-engine.ts'
import { AUTHORITIES_INSIDE, TOOLS_INSIDE } from './docker-environment.ts'
import {
  type BuilderImage,
  type BuilderImageOptions,
  blank,
  FACTS_LABEL,
  type KeyedImage,
  keep,
  keptImage,
  probe,
  REPOSITORY,
  runStep,
  runSteps,
} from './docker-image.ts'
import {
  equipmentPackages,
  equipmentRecipe,
  headerPackages,
  type ImageFacts,
  installCommands,
  lackingEquipment,
  PACKAGE_MANAGERS,
  parseFacts,
} from './docker-setup.ts'

/** What of `docker/` makes an image with equipment. */
const RECIPE_FILES = ['equip.sh', 'build-tools.txt'] as const

/**
 * The builder image with equipment: made from it when it is asked for, and kept by the engine beside it, so that who
 * compiles nothing never waits for a compiler.
 *
 * @throws UserError when a package manager does not bring it
 */
export async function ensureEquippedImage(
  engine: Engine,
  target: Target,
  builderImage: KeyedImage,
  equipment: readonly Equipment[],
  options: BuilderImageOptions,
  report: Reporter,
): Promise<BuilderImage> {
  if (equipment.length === 0) return builderImage
  const recipe = await Promise.all(
    RECIPE_FILES.map(async (name) => [name, await readFile(join(options.toolsFolder, name))] as const),
  )
  const tag = `${REPOSITORY}:${equippedKey(builderImage.key, target.pythonMinor, equipment, recipe)}`
  const kept = await keptImage(engine, tag)
  if (kept) return kept
  return await report.phase(`Add ${equipment.join(', ')} to the build image`, () =>
    makeEquipped(engine, target, builderImage, { ...options, equipment, recipe, tag }, report),
  )
}

/** Of all that can change the image. */
export function equippedKey(
  builderKey: string,
  pythonMinor: string,
  equipment: readonly Equipment[],
  recipe: readonly (readonly [string, Buffer])[],
): string {
  const hash = createHash('sha256').update(JSON.stringify([builderKey, equipment, equipmentRecipe(pythonMinor)]))
  for (const [name, content] of recipe) hash.update(`\0${name}\0${content.length}\0`).update(content)
  return hash.digest('hex').slice(0, 32)
}

interface Making extends BuilderImageOptions {
  readonly equipment: readonly Equipment[]
  readonly recipe: readonly (readonly [string, Buffer])[]
  readonly tag: string
}

async function makeEquipped(
  engine: Engine,
  target: Target,
  builderImage: BuilderImage,
  making: Making,
  report: Reporter,
): Promise<BuilderImage> {
  const { labels, signal, authorities, equipment, baseImage } = making
  const container = await Container.create(engine, { image: builderImage.id, labels, signal })
  try {
    for (const [name, content] of making.recipe) await container.putFile(`${TOOLS_INSIDE}/${name}`, content)
    if (authorities) await container.putFile(AUTHORITIES_INSIDE, authorities)
    const facts = parseFacts(await runStep(container, making, probe(target), report))
    await installEquipment(container, facts, target, making, report)
    if (equipment.includes('compilers'))
      await runStep(
        container,
        making,
        ['/bin/sh', `${TOOLS_INSIDE}/equip.sh`, builderImage.python, TOOLS_INSIDE],
        report,
      )
    if (authorities) await runStep(container, making, ['rm', '-f', AUTHORITIES_INSIDE], report)
    const { python, pythonVersion, glibc } = builderImage
    const id = await container.commit(
      { ...blank(labels), [FACTS_LABEL]: JSON.stringify({ python, pythonVersion, glibc }) },
      `Builds Lambda packages of Python ${target.pythonMinor} with ${equipment.join(', ')}; made from ${baseImage}`,
    )
    return await keep(engine, making.tag, { python, pythonVersion, glibc, id })
  } finally {
    await container.remove()
  }
}

async function installEquipment(
  container: Container,
  facts: ImageFacts,
  target: Target,
  making: Making,
  report: Reporter,
): Promise<void> {
  const lacking = lackingEquipment(facts, making.equipment)
  const manager = facts.packageManager
  if (manager === undefined) {
    if (lacking.length === 0) return
    throw new UserError({
      title: `${making.baseImage} has no ${lacking.join(' and no ')}, and no package manager that brings it`,
      detail: `Looked for ${PACKAGE_MANAGERS.join(', ')}.`,
      hint: 'Make an image that has it, with a dockerfile.',
    })
  }
  const packages = equipmentPackages(manager, lacking)
  const failure = await runSteps(container, making, installCommands(manager, packages), report)
  if (failure) {
    throw new UserError({
      title: `${manager} did not bring ${lacking.join(', ')} to ${making.baseImage}`,
      detail: failure.detail,
      hint: lacking.includes('rust')
        ? 'Where the distribution has no Rust, install it in a dockerfile: RUN curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain stable, with CARGO_HOME=/opt/cargo and /opt/cargo/bin in PATH.'
        : failure.hint,
    })
  }
  const headers = headerPackages(facts, target.pythonMinor, making.equipment)
  const missing = await runSteps(container, making, installCommands(manager, headers), report)
  // No package of that name: what needs the headers says so, and much does not.
  if (missing) report.debug(`${manager} did not bring the headers of Python: ${missing.detail ?? ''}`)
}
