import { isUtf8 } from 'node:buffer'
import { writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import picocolors from 'picocolors'
import type { Invocation } from './cli-invocation.ts'
import type { CliRun } from './cli-wiring.ts'
import { build } from './commands/build.ts'
import { refuseForeignProject } from './preview/guard.ts'
import { readEvent } from './preview/pull.ts'
import { unshown } from './remote/live.ts'
import type { FoundEvent } from './remote/log-search.ts'
import { type CommandOutcome, exitStatus } from './remote/protocol.ts'
import { formatProblems } from './report/console.ts'
import { inertJson } from './report/inert.ts'
import {
  loadBuildSettings,
  loadDeploySettings,
  loadFunctionSettings,
  loadInspectSettings,
} from './settings/settings.ts'

/** How a command shows what came of it. */
export interface Screen {
  readonly isJson: boolean
  readonly hasColors: boolean
  readonly colors: ReturnType<typeof picocolors.createColors>
  /** As JSON, on standard output. */
  readonly print: (value: unknown) => void
}

/** What the command line does for each command. @returns the exit code */
export async function carryOut(invocation: Invocation, cli: CliRun, screen: Screen): Promise<number> {
  const { origin, environment, report, clock, signal, wait, building, openAws, releasing, forPulls } = cli
  const { isJson, hasColors, colors, print } = screen
  const { flags } = invocation
  switch (invocation.command) {
    case 'build': {
      refuseForeignProject(await readEvent(environment))
      const result = await build(await loadBuildSettings(origin), 'build', building)
      if (isJson) print(result)
      return 0
    }
    case 'deploy': {
      // First, since a wrong setting needs none of what a deployment is made of.
      refuseForeignProject(await readEvent(environment))
      const settings = await loadDeploySettings(origin)
      const { deploy } = await import('./commands/deploy.ts')
      const result = await deploy(settings, await releasing(settings))
      if (isJson) print(result)
      else if (result.function.version !== '')
        process.stdout.write(`${result.function.url ?? result.function.aliasArn}\n`)
      return 0
    }
    case 'plan': {
      refuseForeignProject(await readEvent(environment))
      const settings = await loadDeploySettings(origin)
      const { plan, planExitCode } = await import('./commands/plan.ts')
      const result = await plan(settings, await releasing(settings))
      if (isJson) print(result)
      return planExitCode(result, invocation)
    }
    case 'rollback': {
      refuseForeignProject(await readEvent(environment))
      const { rollback } = await import('./commands/rollback.ts')
      const settings = await loadFunctionSettings(origin)
      const result = await rollback(invocation.to, settings, await releasing(settings))
      if (isJson) print(result)
      else process.stdout.write(`${result.function.url ?? result.function.aliasArn}\n`)
      return 0
    }
    case 'preview': {
      const { runPreview } = await import('./cli-previews.ts')
      const done = await runPreview(invocation.pull, await forPulls())
      if (isJson) print(done.skipped === undefined ? done.result : done)
      else if (done.skipped === undefined && done.result.function.version !== '')
        process.stdout.write(`${done.result.function.url ?? done.result.function.aliasArn}\n`)
      return 0
    }
    case 'destroy': {
      const { runDestroy } = await import('./cli-previews.ts')
      const result = await runDestroy(invocation.pull, await forPulls())
      if (isJson) print(result)
      if ('skipped' in result) return 0
      process.stderr.write(formatProblems(result.problems, colors))
      return result.exitCode
    }
    case 'sweep': {
      const { runSweep } = await import('./cli-previews.ts')
      const { sweepText } = await import('./report/removal-summary.ts')
      const result = await runSweep(await forPulls())
      if (isJson) print(result)
      else process.stdout.write(sweepText(result))
      process.stderr.write(formatProblems(result.problems, colors))
      return result.exitCode
    }
    case 'versions': {
      const { versions, versionsText } = await import('./commands/versions.ts')
      const settings = await loadFunctionSettings(origin)
      const result = await versions(settings, (await openAws(settings)).versions)
      if (isJson) print(result)
      else process.stdout.write(versionsText(result))
      return 0
    }
    case 'permissions': {
      const { permissions } = await import('./commands/permissions.ts')
      print(permissions(await loadFunctionSettings(origin), invocation, { report, environment }))
      return 0
    }
    case 'bootstrap': {
      const { bootstrap, templateText } = await import('./commands/bootstrap.ts')
      const template = bootstrap(invocation.bootstrap, await loadFunctionSettings(origin), environment)
      if (invocation.output !== undefined) await writeFile(invocation.output, templateText(template))
      else if (isJson) print(template)
      else process.stdout.write(templateText(template))
      return 0
    }
    case 'inspect': {
      const { inspect } = await import('./commands/inspect.ts')
      const { inspectionText } = await import('./commands/inspection-text.ts')
      const settings = await loadInspectSettings(origin)
      const result = await inspect(invocation.inspect, settings, {
        createToolchain: (target, store) => cli.toolchainFor(target, { ...settings, target }, store),
        createStore: () => cli.createStore(settings),
        toolsFolder: cli.toolsFolder,
      })
      if (isJson) print(result)
      else process.stdout.write(inspectionText(result, colors))
      return 0
    }
    case 'logs': {
      const { logs } = await import('./commands/logs.ts')
      const { logRecord, logText } = await import('./remote/log-text.ts')
      const settings = await loadFunctionSettings(origin)
      const aws = await openAws(settings)
      const text = logText(
        picocolors.createColors(hasColors && (environment['FORCE_COLOR'] !== undefined || process.stdout.isTTY)),
      )
      const isFollowing = invocation.logs.follow
      const found: FoundEvent[] = []
      await logs(invocation.logs, settings, {
        ...{ lambda: aws.lambda, logs: aws.logs, report, wait, signal, now: Date.now },
        print: (event) => {
          if (!isJson) process.stdout.write(text(event))
          else if (isFollowing) process.stdout.write(`${inertJson(logRecord(event), 0)}\n`)
          else found.push(event)
        },
      })
      if (isJson && !isFollowing) print({ events: found.map(logRecord) })
      return 0
    }
    case 'remote': {
      refuseForeignProject(await readEvent(environment))
      const { remote } = await import('./commands/remote.ts')
      const settings = await loadFunctionSettings(origin, true)
      const isLiveOutput = !isJson && process.stdout.isTTY
      const { lambda, logs } = await openAws(settings)
      const { outcome, shown } = await remote(invocation.remote, flags.qualifier, settings, {
        ...{ lambda, logs, report, wait, clock, signal },
        readInput: () => buffer(process.stdin),
        variables: environment,
        show: showing(flags.follow ?? isLiveOutput, (line) => {
          if (isLiveOutput) process.stdout.write(`${line}\n`)
          else report.output(line)
        }),
      })
      if (isJson) print(asJson(outcome))
      else process.stdout.write(isLiveOutput ? unshown(outcome.output, shown) : outcome.output)
      return exitStatus(outcome)
    }
  }
}

function showing(isOn: boolean, show: (line: string) => void): typeof show | undefined {
  return isOn ? show : undefined
}

/** Output that is no text is base64, as in the reply of the function. */
function asJson({ exitCode, output, omittedBytes, run }: CommandOutcome) {
  const isText = isUtf8(output)
  const shown = { exitCode, output: output.toString(isText ? 'utf8' : 'base64') }
  return run ? { ...shown, isBase64Encoded: !isText, omittedBytes, ...run } : shown
}
