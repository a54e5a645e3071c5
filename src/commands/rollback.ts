import type { AwsApis } from '../aws/apis.ts'
import type { FunctionUrl } from '../aws/function-url.ts'
import type { AliasState, VersionState } from '../aws/lambda.ts'
import { type Problem, UserError, withOutcome } from '../errors.ts'
import type { Order } from '../release/order/order.ts'
import { type Provenance, readProvenance } from '../release/order/provenance.ts'
import { inTurn } from '../release/order/turn.ts'
import { moveBack } from '../release/rollback/move-back.ts'
import { type RollbackTarget, rollbackTarget } from '../release/rollback/rollback.ts'
import { moveProvisioned, type ProvisionedMove } from '../release/traffic/provisioned.ts'
import { type SmokeTarget, smoke, smokeHostOf } from '../release/traffic/smoke.ts'
import { type Waiting, waitUntilActive, waitUntilAwake } from '../release/wait.ts'
import { authorizationOf } from '../settings/basic-auth.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { smokeRequestsOf } from '../settings/traffic.ts'

export interface RollbackCollaborators extends Waiting, Pick<AwsApis, 'urls' | 'versions' | 'provisioned'> {
  readonly order: Order
}

/** What `rollback --json` prints. */
export interface RollbackResult {
  readonly function: {
    readonly name: string
    /** That is served now. */
    readonly version: string
    readonly alias: string
    readonly aliasArn: string
    readonly url: string | undefined
  }
  /** The version that was served before. */
  readonly from: string
  readonly published: string
  /** Undefined where something else has published it. */
  readonly provenance: Provenance | undefined
  readonly seconds: number
}

/** The alias back to an earlier version, with its code and its configuration. @param to undefined for the one before */
export async function rollback(
  to: string | undefined,
  settings: FunctionSettings,
  collaborators: RollbackCollaborators,
): Promise<RollbackResult> {
  const { report, clock, lambda, urls, versions } = collaborators
  const { functionName, alias: name } = settings
  const started = clock()
  return await report.phase(`Roll back ${functionName}`, async () => {
    if (!(await lambda.getAlias(functionName, name))) throw nothingReleased(functionName, name)
    return await inTurn({ ...settings, exists: true }, collaborators, async ({ lock }) => {
      const [alias, url, listed = [], aliases] = await Promise.all([
        lambda.getAlias(functionName, name),
        urls.get(functionName, name),
        versions.list(functionName),
        versions.listAliases(functionName).catch(() => undefined),
      ])
      if (alias === undefined) throw nothingReleased(functionName, name)
      const target = rollbackTarget(alias, listed, to, aliases)
      const { version, published, description } = target.version
      if (!target.hasServed) report.warning(unproven(version))
      await prove(target, url, settings, collaborators).catch((error: unknown) => {
        throw notMoved(error, alias, name, 'Without smoke requests (--no-smoke) it moves all the same.')
      })
      await lock.confirm()
      const ready = await keepReady(alias, version, settings, collaborators).catch((error: unknown) => {
        throw notMoved(error, alias, name, 'Without provisioned-concurrency it moves all the same.')
      })
      const moved = await moveBack(target, { alias, url }, settings, collaborators).catch(async (error: unknown) => {
        await ready?.undo()
        throw error
      })
      report.info(`${name}: version ${alias.version} → ${version}`)
      await ready?.finish()
      report.notice({
        title: 'What migrations have done to a database is not reversed',
        detail: `Version ${version} runs with the schema as it is now.`,
      })
      return {
        function: { name: functionName, version, alias: name, aliasArn: moved.arn, url: url?.address },
        from: alias.version,
        published,
        provenance: readProvenance(description),
        seconds: Math.round(clock() - started) / 1000,
      }
    })
  })
}

/** Where that is asked for: the setting says that somebody looks after it, and it costs calls. */
async function keepReady(
  { version, weights }: AliasState,
  to: string,
  { functionName, provisionedConcurrency }: FunctionSettings,
  collaborators: RollbackCollaborators,
): Promise<ProvisionedMove | undefined> {
  if (provisionedConcurrency === undefined) return undefined
  return await moveProvisioned(functionName, { from: [version, ...Object.keys(weights)], to }, collaborators)
}

/** It was good once; but what it needs may be gone, and what nobody has called for weeks is asleep. */
async function prove(
  { version: { version } }: RollbackTarget,
  url: FunctionUrl | undefined,
  settings: FunctionSettings,
  collaborators: RollbackCollaborators,
): Promise<void> {
  const { functionName } = settings
  const state = await waitUntilActive(functionName, version, collaborators)
  const host = smokeHostOf(settings.smokeHost, url)
  const asked: SmokeTarget = {
    functionName,
    version,
    called: `version ${version}`,
    host,
    authorization: authorizationOf(settings),
    timeoutSeconds: state.timeout,
  }
  await wake(state, asked, settings, collaborators)
  if (settings.smoke) await smoke(smokeRequestsOf(settings), asked, collaborators)
}

/** A request makes Lambda ready a version that it has put away. */
async function wake(
  { state }: VersionState,
  asked: SmokeTarget,
  settings: FunctionSettings,
  collaborators: RollbackCollaborators,
): Promise<void> {
  if (state !== 'Inactive') return
  collaborators.report.info(`version ${asked.version} was not called for long: making it ready`)
  await smoke(smokeRequestsOf(settings).slice(0, 1), asked, collaborators).catch(() => undefined)
  await waitUntilAwake(asked.functionName, asked.version, collaborators)
}

function unproven(version: string): Problem {
  return {
    title: `It is not known whether version ${version} has ever served`,
    detail: 'The alias does not remember it. If its release failed, its migrations may not have run.',
    hint: 'The command versions lists what there is; --to names one.',
  }
}

/** Where traffic is has to be said, whatever fails. */
function notMoved(error: unknown, { version }: AliasState, alias: string, otherwise: string): unknown {
  if (!(error instanceof UserError)) return error
  return withOutcome(error, `The alias ${alias} has not moved: it serves version ${version}. ${otherwise}`, 1)
}

function nothingReleased(functionName: string, alias: string): UserError {
  return new UserError({
    title: `The function ${functionName} has no alias ${alias}: nothing was released by that name`,
    hint: 'Check function-name, alias and the region.',
  })
}
