#!/usr/bin/env node
// Runs `node ARGUMENTS…` with Node 24: this one if it is new enough, else the one that `npm ci` brought (Linux).
// Development tools are TypeScript that Node 24 runs as it is; the bundles in dist/ need only Node 20.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const brought = fileURLToPath(new URL(`../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url))
const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24
if (!isNewEnough && !existsSync(brought)) {
  console.error(
    `Node 24 is needed for development, and this is Node ${process.versions.node}: install Node 24 and try again.`,
  )
  process.exit(1)
}
const node = isNewEnough ? process.execPath : brought
const child = spawn(node, process.argv.slice(2), {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
})
// The terminal sends Ctrl-C to the child as well; this process only waits for it. Other signals are passed on.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
