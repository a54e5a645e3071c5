import { hasCommands, readAliasMark } from '../order/alias-mark.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'
import { asideSteps, descriptionSteps } from './aside.ts'
import { changeSteps, commandSteps } from './change.ts'
import { withConfiguration } from './command-version.ts'
import { databaseSteps } from './database-version.ts'
import { matches, usesAddress, withAddress } from './difference.ts'
import { preparationSteps } from './preparation.ts'
import { proofSteps, runSteps } from './proof.ts'
import { provisionedSteps } from './provisioned.ts'
import { pruneSteps } from './prune.ts'
import { staticsSteps } from './statics.ts'
import type { Step } from './steps.ts'
import { isDivided, trafficSteps } from './traffic.ts'
import { corsSteps, modeSteps, wayInSteps } from './way-in.ts'

/**
 * The steps from what is there to what should be, in the order that keeps traffic on the old version until the new one
 * has proven itself. Nothing to do is an empty list: code, configuration, alias and way in of the *served* version are
 * what should be, and so is what a function has beside its versions; where only that differs, only that is done. Otherwise the
 * commands run, whatever an earlier run may have reached.
 */
export function planRelease(current: CurrentRelease, desired: DesiredRelease): readonly Step[] {
  const configuration = withAddress(desired.configuration, current.url?.address)
  // No version can be right whose environment lacks an address that there is not yet.
  const needsAddress =
    [desired.configuration, desired.commands].some((part) => part && usesAddress(part)) && current.url === undefined
  const isServedVersionRight =
    current.served !== undefined && !needsAddress && matches(current.served, configuration, desired)
  const commands = desired.commands && withAddress(desired.commands, current.url?.address)
  const makesCommands =
    commands !== undefined && (current.commands === undefined || !matches(current.commands, commands, desired))
  const isMarked = commands === undefined || hasCommands(current.alias)
  const servesIt = isServedVersionRight && !isPending(current) && isMarked
  const wayIn = wayInSteps(current, desired)
  const mode = modeSteps(current, desired)
  const aside = asideSteps(current, desired)
  const provisioned = provisionedSteps(current, desired, isServedVersionRight)
  const retirement: readonly Step[] =
    commands === undefined && hasCommands(current.alias) ? [{ kind: 'retire-commands' }] : []
  const databases = databaseSteps(current, desired)
  const besides = [
    ...aside.first,
    ...corsSteps(current, desired),
    ...(isServedVersionRight ? descriptionSteps(current, desired) : []),
  ]
  if (servesIt && wayIn.before.length === 0 && wayIn.last.length === 0 && mode.length === 0 && !makesCommands) {
    const change = databases.length > 0 ? changeSteps(current.latest, configuration, desired) : []
    return [...besides, ...provisioned.before, ...retirement, ...provisioned.after, ...change, ...databases]
  }
  const traffic = trafficSteps(current, desired, isServedVersionRight)
  const change: Step[] =
    isServedVersionRight && !makesCommands && databases.length === 0
      ? []
      : changeSteps(current.latest, configuration, desired, makesCommands && !needsAddress ? commands : undefined)
  // Where the address is written, it is that version which counts; an earlier one only makes the alias possible.
  const isPublished = isServedVersionRight || (needsAddress && current.alias !== undefined)
  const hasAfterTraffic = desired.afterTraffic.length > 0
  const isNew = current.latest === undefined
  const statics = staticsSteps(current, desired, configuration)
  return [
    ...traffic.first,
    ...(isNew ? [] : statics.first),
    ...besides,
    // Before anything else is as it should be: what then fails, or is ended, is gone on with.
    ...(servesIt && hasAfterTraffic ? [{ kind: 'mark-unfinished' } as const] : []),
    // Where the alias is on the right version, the mode is wrong for it already.
    ...(isServedVersionRight ? mode : []),
    ...change,
    ...aside.created,
    // By the tags of a preview's function its files are found again: no run that ends between leaves them to nobody.
    ...(isNew ? statics.first : []),
    ...(isPublished ? [] : [{ kind: 'publish' } as const]),
    ...wayIn.before,
    ...(makesCommands && needsAddress
      ? commandSteps(withConfiguration(configuration), commands, configuration).filter(isNoUpdate)
      : []),
    ...(needsAddress ? [{ kind: 'fill-url' } as const] : []),
    ...preparationSteps(desired),
    ...proofSteps(desired),
    ...provisioned.before,
    ...(makesCommands ? [{ kind: 'point-commands' } as const] : []),
    ...(isServedVersionRight ? [] : mode),
    ...traffic.shifts,
    ...(servesIt ? [] : [traffic.move]),
    ...wayIn.last,
    ...runSteps('after-traffic', desired.afterTraffic),
    ...(hasAfterTraffic ? [{ kind: 'finish' } as const] : []),
    ...retirement,
    ...provisioned.after,
    ...databases,
    ...statics.last,
    ...pruneSteps(current, desired),
  ]
}

/** The address is written into the configuration for requests right after it anyway. */
function isNoUpdate({ kind }: Step): boolean {
  return kind !== 'update-configuration'
}

/** The alias is on a version that has not proven itself, or on several. */
function isPending({ alias }: CurrentRelease): boolean {
  if (alias === undefined) return false
  return readAliasMark(alias.description).phase !== 'released' || isDivided(alias)
}
