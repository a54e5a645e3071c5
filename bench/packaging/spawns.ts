/**
 * Loaded into a Node process by `--import`: writes a line with the command of each process that it starts to the file that
 * the variable SPAWNS names.
 */
import childProcess, { ChildProcess } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

// Everything that is asynchronous comes through here.
replace(ChildProcess.prototype as unknown as Record<string, AnyFunction>, 'spawn', ([options]) => {
  return (options as { args: string[] }).args
})
const exported = childProcess as unknown as Record<string, AnyFunction>
for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  replace(exported, name, ([file, args]) => [file, ...(Array.isArray(args) ? (args as unknown[]) : [])])
}
syncBuiltinESMExports()

function replace(owner: Record<string, AnyFunction>, name: string, commandOf: (args: unknown[]) => unknown[]): void {
  const original = owner[name]
  if (!original) throw new Error(`This Node has no ${name}.`)
  owner[name] = function (...args) {
    appendFileSync(process.env['SPAWNS'] ?? '', `${JSON.stringify(commandOf(args))}\n`)
    return original.apply(this, args)
  }
}
