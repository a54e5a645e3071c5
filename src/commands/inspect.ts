import { checkVariables, LAMBDA_VARIABLES } from '../artifact/check-environment.ts'
import { type Contents, readContents } from '../artifact/inspect/contents.ts'
import { type Difference, difference } from '../artifact/inspect/difference.ts'
import { directRequirements } from '../artifact/inspect/direct.ts'
import { pathsTo } from '../artifact/inspect/graph.ts'
import type { ImportProfile } from '../artifact/inspect/import-profile.ts'
import { type Inspected, type Inspection, inspectContents } from '../artifact/inspect/inspection.ts'
import { measureImports } from '../artifact/inspect/measure-imports.ts'
import { type Parts, partsOf } from '../artifact/inspect/packages.ts'
import type { Toolchain } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import { normalise } from '../requirements/files.ts'
import type { InspectSettings } from '../settings/settings.ts'
import { suggestion } from '../settings/suggestion.ts'
import type { Store } from '../store/store.ts'

export interface InspectArguments {
  /** The zip; by default the one that `build` writes. */
  readonly artifact: string | undefined
  /** `--against`: another zip, to compare with. */
  readonly against: string | undefined
  /** `--why`: a distribution. */
  readonly why: string | undefined
  /** `--imports`: whether an import is measured. */
  readonly imports: boolean
  /** `--module`: of what; by default of the handler. */
  readonly module: string | undefined
}

export interface InspectCollaborators {
  readonly createToolchain: (target: Target, store: Store) => Promise<Toolchain>
  readonly createStore: () => Store
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
}

/** What `inspect --json` prints. */
export interface InspectResult extends Inspection {
  /** With `--why`. */
  readonly why?: Why
  /** With `--imports`. */
  readonly imports?: ImportProfile
  /** With `--against`. */
  readonly difference?: Difference & { readonly against: string }
}

export interface Why {
  readonly name: string
  readonly version: string
  /** From what the project asks for to the distribution, as requirements are written; shortest first, at most twenty. */
  readonly paths: readonly (readonly string[])[]
}

/** Looks into an artifact. @throws UserError */
export async function inspect(
  given: InspectArguments,
  settings: InspectSettings,
  { createToolchain, createStore, toolsFolder }: InspectCollaborators,
): Promise<InspectResult> {
  const { contents, parts, inspected } = await inspectZip(given.artifact ?? settings.output, settings)
  const { inspection } = inspected
  const why = given.why === undefined ? undefined : whyOf(given.why, inspected)
  const other = given.against === undefined ? undefined : await inspectZip(given.against, settings)
  const compared = other && {
    against: other.contents.path,
    ...difference(sideOf(other), sideOf({ contents, parts, inspected })),
  }
  if (!given.imports) return resultOf(inspection, why, compared)
  const module = given.module ?? handlerOf(contents)
  const target = measurableTarget(inspected)
  await using store = createStore()
  await using toolchain = await createToolchain(target, store)
  const measurement = {
    module,
    environment: {
      ...LAMBDA_VARIABLES,
      ...checkVariables(settings.environment, settings.secrets),
      ...settings.checkEnvironment,
    },
    toolsFolder,
  }
  const imports = await measureImports(contents, parts, measurement, await toolchain.open())
  return { ...resultOf(inspection, why, compared), imports }
}

/** Absent, rather than undefined: so that both outputs say only what was asked for. */
function resultOf(inspection: Inspection, why: Why | undefined, compared: InspectResult['difference']): InspectResult {
  return { ...inspection, ...(why && { why }), ...(compared && { difference: compared }) }
}

async function inspectZip(path: string, { project, manifest, assumed }: InspectSettings) {
  const contents = await readContents(path, assumed)
  const parts: Parts = partsOf(contents)
  const present = new Set(parts.distributions.map(({ name }) => name))
  const direct = await directRequirements(project, manifest, present)
  return { contents, parts, inspected: inspectContents(contents, parts, direct) }
}

type Zip = Awaited<ReturnType<typeof inspectZip>>

function sideOf({ contents, inspected: { inspection } }: Zip): Parameters<typeof difference>[0] {
  return { zipBytes: contents.zipBytes, packages: inspection.packages, files: contents.files }
}

function whyOf(given: string, { inspection: { packages }, graph }: Inspected): Why {
  const name = normalise(given)
  const found = packages.find((each) => each.name === name)
  if (!found) {
    throw new UserError(
      {
        title: `${given} is not in the artifact`,
        hint: suggestion(
          name,
          packages.map((each) => each.name),
        ),
      },
      { exitCode: 2 },
    )
  }
  return { name, version: found.version, paths: pathsTo(name, graph) }
}

/** The module of our handler. @throws UserError for a zip of another program, whose handler only its function knows. */
function handlerOf({ files }: Contents): string {
  if (files.some(({ path }) => path === `${HANDLER}.py` || path === `${HANDLER}.pyc`)) return HANDLER
  throw new UserError(
    {
      title: `The artifact has no ${HANDLER}.py, whose import is measured`,
      hint: 'Name the module that its function is configured with: --imports --module app',
    },
    { exitCode: 2 },
  )
}

const HANDLER = 'wsgi_handler'

/** The target that a builder can be made for. @throws UserError where the artifact's is not known or not Lambda's. */
function measurableTarget({ target, inspection: { artifact } }: Inspected): Target {
  if (target) return target
  throw new UserError(
    {
      title: "The time of the imports cannot be measured: the Python of the artifact is not one of Lambda's",
      detail:
        artifact.runtime === undefined ? 'Nothing in it says which one it is for.' : `It is for ${artifact.runtime}.`,
      hint: 'Say which it is for, as in: --runtime python3.13',
    },
    { exitCode: 2 },
  )
}
